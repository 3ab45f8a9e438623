package io.wardbell.demo;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/// What the server does with organizations, their members, collections and policies.
public final class ServerOrganizations {
  /// What a member is, as `users_organizations.atype` has it.
  public enum Role {
    OWNER(0),
    ADMIN(1),
    USER(2),
    MANAGER(3);

    final int number;

    Role(int number) {
      this.number = number;
    }
  }

  /// What a new organization consists of.
  ///
  /// @param membership the owner's
  /// @param collection the first one
  public record Created(String organization, String membership, String collection) {}

  private static final int INVITED = 0;
  private static final int ACCEPTED = 1;
  private static final int CONFIRMED = 2;
  private static final int REVOKED = -128;

  private final ServerRows rows;
  private final ServerRevisions bump;
  private final ServerCiphers ciphers;

  ServerOrganizations(ServerRows rows, ServerRevisions bump, ServerCiphers ciphers) {
    this.rows = rows;
    this.bump = bump;
    this.ciphers = ciphers;
  }

  /// An organization with its owner, who sees all, and a first collection.
  public Created create(String owner, String name) throws SQLException {
    String organization = rows.newId();
    rows.save(
        rows.blank("organizations")
            .set("uuid", organization)
            .set("name", name)
            .set("billing_email", "billing@example.org")
            .set("private_key", rows.ciphertext(1_700))
            .set("public_key", rows.ciphertext(294)));
    String membership = addMember(organization, owner, Role.OWNER, true, CONFIRMED);
    return new Created(organization, membership, createCollection(organization, List.of()));
  }

  /// Another name or billing address; all members are bumped.
  public void rename(String organization, String name) throws SQLException {
    bump.organization(organization);
    rows.save(rows.load("organizations", "uuid", organization).set("name", name));
  }

  /// The organization and all that belongs to it.
  public void delete(String organization) throws SQLException {
    for (Row cipher : rows.find("ciphers", "organization_uuid", organization)) {
      ciphers.delete(cipher);
    }
    for (Row collection : rows.find("collections", "org_uuid", organization)) {
      deleteCollection(collection.text("uuid"));
    }
    for (Row membership : rows.find("users_organizations", "org_uuid", organization)) {
      delete(membership);
    }
    rows.delete("org_policies", Map.of("org_uuid", organization));
    if (rows.has("groups")) {
      rows.delete("groups", Map.of("organizations_uuid", organization));
    }
    if (rows.has("organization_api_key")) {
      rows.delete("organization_api_key", Map.of("org_uuid", organization));
    }
    bump.organization(organization);
    rows.delete("organizations", Map.of("uuid", organization));
  }

  /// Invited; returns the membership's id.
  public String invite(String organization, String user, Role role, boolean accessAll)
      throws SQLException {
    return addMember(organization, user, role, accessAll, INVITED);
  }

  /// Invited, accepted and confirmed; returns the membership's id.
  public String join(String organization, String user, Role role, boolean accessAll)
      throws SQLException {
    String membership = invite(organization, user, role, accessAll);
    accept(membership);
    confirm(membership);
    return membership;
  }

  /// The invited one says yes.
  public void accept(String membership) throws SQLException {
    store(membership(membership).set("status", ACCEPTED));
  }

  /// An administrator hands over the organization's key; from now on the member sees items.
  public void confirm(String membership) throws SQLException {
    store(membership(membership).set("status", CONFIRMED).set("akey", rows.ciphertext(256)));
  }

  /// Access is taken; the row stays, and so do the member's users_collections.
  public void revoke(String membership) throws SQLException {
    Row row = membership(membership);
    store(row.set("status", row.number("status") + REVOKED));
  }

  /// Access is given back.
  public void restore(String membership) throws SQLException {
    Row row = membership(membership);
    store(row.set("status", row.number("status") - REVOKED));
  }

  /// The member leaves or is removed.
  public void remove(String membership) throws SQLException {
    delete(membership(membership));
  }

  /// The edit dialog: all the member's collections are removed and written again, then the member.
  public void edit(String membership, Role role, boolean accessAll, List<String> collections)
      throws SQLException {
    Row row = membership(membership);
    dropCollections(row);
    for (String collection : collections) {
      grant(row.text("user_uuid"), collection);
    }
    store(row.set("atype", role.number).set("access_all", accessAll));
  }

  /// A collection for these users; returns its id.
  public String createCollection(String organization, List<String> users) throws SQLException {
    String collection = rows.newId();
    rows.save(
        rows.blank("collections")
            .set("uuid", collection)
            .set("org_uuid", organization)
            .set("name", rows.ciphertext(16)));
    for (String user : users) {
      grant(user, collection);
    }
    return collection;
  }

  /// The collection's dialog: renamed, all its user rows removed in one statement and written
  /// again.
  public void updateCollection(String collection, List<String> users) throws SQLException {
    bump.collection(collection);
    rows.save(rows.load("collections", "uuid", collection).set("name", rows.ciphertext(16)));
    if (rows.has("collections_groups")) {
      List<Row> groups = rows.find("collections_groups", "collections_uuid", collection);
      rows.delete("collections_groups", Map.of("collections_uuid", collection));
      for (Row group : groups) {
        bump.group(group.text("groups_uuid"));
        rows.save(group);
      }
    }
    rows.delete("users_collections", Map.of("collection_uuid", collection));
    for (String user : users) {
      grant(user, collection);
    }
  }

  /// The collection goes, its items stay.
  public void deleteCollection(String collection) throws SQLException {
    bump.collection(collection);
    rows.delete("ciphers_collections", Map.of("collection_uuid", collection));
    bump.collection(collection);
    rows.delete("users_collections", Map.of("collection_uuid", collection));
    if (rows.has("collections_groups")) {
      for (Row group : rows.find("collections_groups", "collections_uuid", collection)) {
        bump.group(group.text("groups_uuid"));
      }
      rows.delete("collections_groups", Map.of("collections_uuid", collection));
    }
    rows.delete("collections", Map.of("uuid", collection));
  }

  /// The user sees the collection.
  public void grant(String user, String collection) throws SQLException {
    grant(user, collection, false);
  }

  /// The user sees the collection, and may change its items or not.
  public void grant(String user, String collection, boolean readOnly) throws SQLException {
    bump.user(user);
    rows.save(
        rows.blank("users_collections")
            .set("user_uuid", user)
            .set("collection_uuid", collection)
            .set("read_only", readOnly)
            .set("hide_passwords", false)
            .set("manage", false));
  }

  /// The user no longer sees the collection.
  public void withdraw(String user, String collection) throws SQLException {
    bump.user(user);
    rows.delete("users_collections", Map.of("user_uuid", user, "collection_uuid", collection));
  }

  /// A policy on or off; nobody is bumped.
  public void setPolicy(String organization, int type, boolean enabled) throws SQLException {
    Row policy = null;
    for (Row existing : rows.find("org_policies", "org_uuid", organization)) {
      if (existing.number("atype") == type) {
        policy = existing;
      }
    }
    if (policy == null) {
      policy =
          rows.blank("org_policies")
              .set("uuid", rows.newId())
              .set("org_uuid", organization)
              .set("atype", type)
              .set("data", "null");
    }
    if (rows.dialect().deletesClashingRowsFirst()) {
      rows.delete("org_policies", Map.of("org_uuid", organization, "atype", type));
    }
    rows.save(policy.set("enabled", enabled));
  }

  void delete(Row membership) throws SQLException {
    bump.user(membership.text("user_uuid"));
    dropCollections(membership);
    if (rows.has("groups_users")) {
      bump.user(membership.text("user_uuid"));
      rows.delete("groups_users", Map.of("users_organizations_uuid", membership.text("uuid")));
    }
    rows.delete("users_organizations", Map.of("uuid", membership.text("uuid")));
  }

  private String addMember(
      String organization, String user, Role role, boolean accessAll, int status)
      throws SQLException {
    Row row =
        rows.blank("users_organizations")
            .set("uuid", rows.newId())
            .set("user_uuid", user)
            .set("org_uuid", organization)
            .set("access_all", accessAll)
            .set("akey", status == CONFIRMED ? rows.ciphertext(256) : "")
            .set("status", status)
            .set("atype", role.number);
    store(row);
    return row.text("uuid");
  }

  private Row membership(String id) throws SQLException {
    return rows.load("users_organizations", "uuid", id);
  }

  private void store(Row membership) throws SQLException {
    bump.user(membership.text("user_uuid"));
    rows.save(membership);
  }

  private void dropCollections(Row membership) throws SQLException {
    String user = membership.text("user_uuid");
    List<String> collections =
        rows.texts(
            """
            SELECT u.collection_uuid FROM users_collections u
            JOIN collections c ON c.uuid = u.collection_uuid
            WHERE u.user_uuid = ? AND c.org_uuid = ?
            """,
            user,
            membership.text("org_uuid"));
    for (String collection : collections) {
      withdraw(user, collection);
    }
  }
}
