package io.wardbell.vault;

import io.wardbell.change.Capture;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// The tables and columns of the vault server that Wardbell reads: this list and no other. The
/// grants of `setup.sql` and the sources' include lists are made from it or tested against it.
///
/// `devices` is not among them and must never be published: its primary key changed in 1.25.0. What
/// holds a secret (`data`, `name`, `notes`, keys, hashes) is not either, but for
/// `users.security_stamp`, of which only a hash is kept.
public final class VaultTables {
  static final String USERS = "users";
  static final String ORGANIZATIONS = "organizations";
  static final String MEMBERSHIPS = "users_organizations";
  static final String COLLECTIONS = "collections";
  static final String USERS_COLLECTIONS = "users_collections";
  static final String GROUPS = "groups";
  static final String GROUPS_USERS = "groups_users";
  static final String COLLECTIONS_GROUPS = "collections_groups";
  static final String POLICIES = "org_policies";
  static final String CIPHERS = "ciphers";
  static final String CIPHERS_COLLECTIONS = "ciphers_collections";
  static final String FOLDERS = "folders";
  static final String FOLDERS_CIPHERS = "folders_ciphers";
  static final String FAVORITES = "favorites";
  static final String ARCHIVES = "archives";
  static final String ATTACHMENTS = "attachments";
  static final String SENDS = "sends";
  static final String AUTH_REQUESTS = "auth_requests";
  static final String EMERGENCY_ACCESS = "emergency_access";

  /// What a source is to read. Tables that are not required came after bitwarden_rs 1.17.
  public static final Capture CAPTURE = new Capture(tables());

  private VaultTables() {}

  private static SequencedMap<String, Capture.Table> tables() {
    SequencedMap<String, Capture.Table> tables = new LinkedHashMap<>();
    tables.put(
        USERS,
        required("uuid", "updated_at", "security_stamp", "equivalent_domains", "excluded_globals")
            .andLater("enabled"));
    tables.put(ORGANIZATIONS, required("uuid"));
    tables.put(
        MEMBERSHIPS, required("uuid", "user_uuid", "org_uuid", "status", "atype", "access_all"));
    tables.put(COLLECTIONS, required("uuid", "org_uuid"));
    tables.put(
        USERS_COLLECTIONS,
        required(List.of("user_uuid", "collection_uuid"), "read_only", "hide_passwords")
            .andLater("manage"));
    tables.put(GROUPS, later(List.of("uuid"), "organizations_uuid", "access_all"));
    tables.put(GROUPS_USERS, later(List.of("groups_uuid", "users_organizations_uuid")));
    tables.put(
        COLLECTIONS_GROUPS,
        later(List.of("collections_uuid", "groups_uuid"), "read_only", "hide_passwords")
            .andLater("manage"));
    tables.put(POLICIES, required("uuid", "org_uuid", "atype", "enabled"));
    tables.put(
        CIPHERS, required("uuid", "user_uuid", "organization_uuid", "updated_at", "deleted_at"));
    tables.put(CIPHERS_COLLECTIONS, required(List.of("cipher_uuid", "collection_uuid")));
    tables.put(FOLDERS, required("uuid", "user_uuid", "updated_at"));
    tables.put(FOLDERS_CIPHERS, required(List.of("cipher_uuid", "folder_uuid")));
    tables.put(FAVORITES, required(List.of("user_uuid", "cipher_uuid")));
    tables.put(ARCHIVES, later(List.of("user_uuid", "cipher_uuid")));
    tables.put(ATTACHMENTS, required("id", "cipher_uuid"));
    tables.put(SENDS, later(List.of("uuid"), "user_uuid", "revision_date", "access_count"));
    tables.put(
        AUTH_REQUESTS,
        later(
            List.of("uuid"),
            "user_uuid",
            "request_device_identifier",
            "response_device_id",
            "approved",
            "creation_date",
            "response_date"));
    tables.put(EMERGENCY_ACCESS, later(List.of("uuid"), "grantor_uuid", "grantee_uuid", "status"));
    return tables;
  }

  private static Capture.Table required(String key, String... columns) {
    return table(List.of(key), true, columns);
  }

  private static Capture.Table required(List<String> key, String... columns) {
    return table(key, true, columns);
  }

  private static Capture.Table later(List<String> key, String... columns) {
    return table(key, false, columns);
  }

  private static Capture.Table table(List<String> key, boolean required, String... columns) {
    List<String> all = new java.util.ArrayList<>(key);
    all.addAll(List.of(columns));
    return new Capture.Table(key, all, required);
  }
}
