package io.wardbell.demo;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/// What the server does with groups; since 1.27.0.
public final class ServerGroups {
  private final ServerRows rows;
  private final ServerRevisions bump;

  ServerGroups(ServerRows rows, ServerRevisions bump) {
    this.rows = rows;
    this.bump = bump;
  }

  /// A group with its collections and members (by membership id); returns its id.
  public String create(
      String organization, boolean accessAll, List<String> collections, List<String> members)
      throws SQLException {
    Row group =
        rows.blank("groups")
            .set("uuid", rows.newId())
            .set("organizations_uuid", organization)
            .set("access_all", accessAll)
            .set("creation_date", rows.now());
    store(group);
    fill(group.text("uuid"), collections, members);
    return group.text("uuid");
  }

  /// The edit dialog: everybody out, the group written, everybody in again.
  public void update(
      String group, boolean accessAll, List<String> collections, List<String> members)
      throws SQLException {
    empty(group);
    store(rows.load("groups", "uuid", group).set("access_all", accessAll));
    fill(group, collections, members);
  }

  /// One more member, by membership id.
  public void addMember(String group, String membership) throws SQLException {
    bump.user(rows.load("users_organizations", "uuid", membership).text("user_uuid"));
    rows.relate(
        rows.blank("groups_users")
            .set("groups_uuid", group)
            .set("users_organizations_uuid", membership));
  }

  /// One member less, by membership id.
  public void removeMember(String group, String membership) throws SQLException {
    bump.user(rows.load("users_organizations", "uuid", membership).text("user_uuid"));
    rows.delete(
        "groups_users", Map.of("groups_uuid", group, "users_organizations_uuid", membership));
  }

  /// The group goes.
  public void delete(String group) throws SQLException {
    empty(group);
    rows.delete("groups", Map.of("uuid", group));
  }

  private void store(Row group) throws SQLException {
    rows.save(group.set("name", "group " + rows.newId()).set("revision_date", rows.now()));
  }

  private void fill(String group, List<String> collections, List<String> members)
      throws SQLException {
    for (String collection : collections) {
      bump.group(group);
      rows.save(
          rows.blank("collections_groups")
              .set("collections_uuid", collection)
              .set("groups_uuid", group)
              .set("read_only", false)
              .set("hide_passwords", false)
              .set("manage", false));
    }
    for (String member : members) {
      addMember(group, member);
    }
  }

  private void empty(String group) throws SQLException {
    bump.group(group);
    rows.delete("collections_groups", Map.of("groups_uuid", group));
    bump.group(group);
    rows.delete("groups_users", Map.of("groups_uuid", group));
  }
}
