package io.wardbell.demo;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/// The server's habit of moving `users.updated_at` for those whom a change concerns, one UPDATE a
/// user. The audience of an organization's item is the server's own (m/cipher.rs,
/// update_users_revision): any membership status, direct and group members one after the other and
/// not made distinct.
final class ServerRevisions {
  private final ServerRows rows;
  private final boolean groupsEnabled;

  ServerRevisions(ServerRows rows, boolean groupsEnabled) {
    this.rows = rows;
    this.groupsEnabled = groupsEnabled;
  }

  void user(String user) throws SQLException {
    rows.execute("UPDATE users SET updated_at = ? WHERE uuid = ?", List.of(rows.now(), user));
  }

  void users(List<String> users) throws SQLException {
    for (String user : users) {
      user(user);
    }
  }

  /// Those who are concerned by a cipher as it stands in the given row.
  void cipher(Row cipher) throws SQLException {
    users(audience(cipher));
  }

  List<String> audience(Row cipher) throws SQLException {
    if (cipher.get("organization_uuid") == null) {
      return List.of(cipher.text("user_uuid"));
    }
    String id = cipher.text("uuid");
    String organization = cipher.text("organization_uuid");
    List<String> all =
        new ArrayList<>(
            rows.texts(
                """
                SELECT m.user_uuid FROM users_organizations m
                WHERE m.org_uuid = ? AND (m.access_all OR EXISTS (
                  SELECT 1 FROM users_collections u
                  JOIN ciphers_collections c ON c.collection_uuid = u.collection_uuid
                  WHERE u.user_uuid = m.user_uuid AND c.cipher_uuid = ?))
                """,
                organization,
                id));
    if (groupsEnabled && rows.has("groups_users")) {
      all.addAll(
          rows.texts(
              """
              SELECT DISTINCT m.user_uuid FROM users_organizations m
              JOIN groups_users gu ON gu.users_organizations_uuid = m.uuid
              JOIN groups g ON g.uuid = gu.groups_uuid
              WHERE m.org_uuid = ? AND (g.access_all OR EXISTS (
                SELECT 1 FROM collections_groups cg
                JOIN ciphers_collections c ON c.collection_uuid = cg.collections_uuid
                WHERE cg.groups_uuid = g.uuid AND c.cipher_uuid = ?))
              """,
              organization,
              id));
    }
    return all;
  }

  /// The members with a row of their own for the collection; no groups.
  void collection(String collection) throws SQLException {
    users(
        rows.texts(
            "SELECT user_uuid FROM users_collections WHERE collection_uuid = ?", collection));
  }

  void group(String group) throws SQLException {
    users(
        rows.texts(
            """
            SELECT m.user_uuid FROM users_organizations m
            JOIN groups_users gu ON gu.users_organizations_uuid = m.uuid WHERE gu.groups_uuid = ?
            """,
            group));
  }

  void organization(String organization) throws SQLException {
    users(rows.texts("SELECT user_uuid FROM users_organizations WHERE org_uuid = ?", organization));
  }
}
