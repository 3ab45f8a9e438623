package io.wardbell.change;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Row changes for tests, in one line each.
public final class Changes {
  private Changes() {}

  /// A row with these columns and values, in turns. Whole numbers may be `Integer`.
  public static Row row(@Nullable Object... columnsAndValues) {
    List<String> names = new ArrayList<>();
    @Nullable Object[] values = new @Nullable Object[columnsAndValues.length / 2];
    for (int i = 0; i < values.length; i++) {
      names.add(String.valueOf(columnsAndValues[2 * i]));
      @Nullable Object value = columnsAndValues[2 * i + 1];
      values[i] = value instanceof Integer number ? (Object) number.longValue() : value;
    }
    return new Row(new Columns(names), values);
  }

  /// The row is there.
  public static RowChange put(String table, @Nullable Object... columnsAndValues) {
    return new RowChange.Upserted(table, row(columnsAndValues));
  }

  /// The row is gone.
  public static RowChange drop(String table, Object... key) {
    return new RowChange.Deleted(table, row(key));
  }

  public static RowChange user(String id, Instant updatedAt, String stamp, boolean enabled) {
    return put(
        "users", "uuid", id, "updated_at", updatedAt, "security_stamp", stamp, "enabled", enabled);
  }

  public static RowChange organization(String id) {
    return put("organizations", "uuid", id);
  }

  public static RowChange member(
      String id, String user, String organization, int status, boolean accessAll) {
    return put(
        "users_organizations",
        "uuid",
        id,
        "user_uuid",
        user,
        "org_uuid",
        organization,
        "status",
        status,
        "atype",
        2,
        "access_all",
        accessAll);
  }

  public static RowChange collection(String id, String organization) {
    return put("collections", "uuid", id, "org_uuid", organization);
  }

  public static RowChange grant(String user, String collection, boolean readOnly) {
    return put(
        "users_collections",
        "user_uuid",
        user,
        "collection_uuid",
        collection,
        "read_only",
        readOnly,
        "hide_passwords",
        false,
        "manage",
        false);
  }

  public static RowChange noGrant(String user, String collection) {
    return drop("users_collections", "user_uuid", user, "collection_uuid", collection);
  }

  public static RowChange personal(String id, String owner, Instant updatedAt) {
    return cipher(id, owner, null, updatedAt, null);
  }

  public static RowChange shared(String id, String organization, Instant updatedAt) {
    return cipher(id, null, organization, updatedAt, null);
  }

  public static RowChange cipher(
      String id,
      @Nullable String owner,
      @Nullable String organization,
      Instant updatedAt,
      @Nullable Instant deletedAt) {
    return put(
        "ciphers",
        "uuid",
        id,
        "user_uuid",
        owner,
        "organization_uuid",
        organization,
        "updated_at",
        updatedAt,
        "deleted_at",
        deletedAt);
  }

  public static RowChange link(String cipher, String collection) {
    return put("ciphers_collections", "cipher_uuid", cipher, "collection_uuid", collection);
  }

  public static RowChange unlink(String cipher, String collection) {
    return drop("ciphers_collections", "cipher_uuid", cipher, "collection_uuid", collection);
  }

  public static RowChange group(String id, String organization, boolean accessAll) {
    return put("groups", "uuid", id, "organizations_uuid", organization, "access_all", accessAll);
  }

  public static RowChange groupMember(String group, String membership) {
    return put("groups_users", "groups_uuid", group, "users_organizations_uuid", membership);
  }

  public static RowChange groupGrant(String collection, String group) {
    return put(
        "collections_groups",
        "collections_uuid",
        collection,
        "groups_uuid",
        group,
        "read_only",
        false);
  }

  public static RowChange folder(String id, String owner, Instant updatedAt) {
    return put("folders", "uuid", id, "user_uuid", owner, "updated_at", updatedAt);
  }

  public static RowChange send(String id, String owner, Instant revisionDate, int accesses) {
    return put(
        "sends",
        "uuid",
        id,
        "user_uuid",
        owner,
        "revision_date",
        revisionDate,
        "access_count",
        accesses);
  }
}
