package io.wardbell.sim;

import static io.wardbell.sim.Database.row;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What the server does with organizations, members, collections, groups and policies, statement by
/// statement (facts of Vaultwarden 1.37, `src/api/core/organizations.rs`).
final class OrganizationRequests {
  private final Database db;
  private final ItemRequests items;

  OrganizationRequests(Database db, ItemRequests items) {
    this.db = db;
    this.items = items;
  }

  private void bumpMembers(Request r, String organization) {
    r.then(() ->
        db.where("users_organizations", "org_uuid", organization)
            .forEach(member -> items.bump(r, (String) member.get("user_uuid"))));
  }

  private void bumpGroup(Request r, String group) {
    r.then(() ->
        db.where("groups_users", "groups_uuid", group)
            .forEach(link -> bumpMember(r, (String) link.get("users_organizations_uuid"))));
  }

  private void bumpMember(Request r, String membership) {
    r.then(() -> {
      Map<String, Object> member = db.get("users_organizations", membership);
      if (member != null) {
        items.bump(r, (String) member.get("user_uuid"));
      }
    });
  }

  // ---- organizations ----

  String create(Request r, String owner) {
    String id = db.newId("orga");
    r.then(() -> db.save("organizations", row("uuid", id, "x_name", items.nextVersion())));
    items.bump(r, owner);
    r.then(() -> db.save("users_organizations", member(db.newId("memb"), owner, id, 2, 0, true)));
    r.then(() -> db.save("collections", collection(db.newId("coll"), id)));
    return id;
  }

  static Map<String, Object> member(
      String id, String user, String organization, int status, int type, boolean all) {
    return row(
        "uuid",
        id,
        "user_uuid",
        user,
        "org_uuid",
        organization,
        "status",
        status,
        "atype",
        type,
        "access_all",
        all);
  }

  private Map<String, Object> collection(String id, String organization) {
    return row("uuid", id, "org_uuid", organization, "x_name", items.nextVersion());
  }

  void rename(Request r, String id) {
    bumpMembers(r, id);
    r.then(() -> {
      if (db.get("organizations", id) != null) {
        db.save("organizations", row("uuid", id, "x_name", items.nextVersion()));
      }
    });
  }

  void delete(Request r, String id) {
    items.purgeOrganization(r, id);
    r.then(() ->
        db.where("collections", "org_uuid", id)
            .forEach(collection -> deleteCollection(r, (String) collection.get("uuid"))));
    r.then(() ->
        db.where("users_organizations", "org_uuid", id)
            .forEach(member -> remove(r, (String) member.get("uuid"))));
    r.then(() -> db.delete("org_policies", row -> row.get("org_uuid").equals(id)));
    r.then(() ->
        db.where("groups", "organizations_uuid", id)
            .forEach(group -> deleteGroup(r, (String) group.get("uuid"))));
    r.then(() -> db.delete("organizations", row -> row.get("uuid").equals(id)));
  }

  void policy(Request r, String organization, int type) {
    r.then(() -> {
      for (Map<String, Object> old : db.where("org_policies", "org_uuid", organization)) {
        if (old.get("atype").equals(type) && !db.dialect.replaces) {
          r.then(() -> db.delete("org_policies", row -> row.equals(old)));
        }
      }
    });
    r.then(() ->
        db.save(
            "org_policies",
            row(
                "uuid",
                "poli" + organization + type,
                "org_uuid",
                organization,
                "atype",
                type,
                "enabled",
                true,
                "x_data",
                items.nextVersion())));
  }

  /// Enforced before it is saved: who does not comply is revoked.
  void policyThatRevokes(Request r, String organization, List<String> members) {
    members.forEach(member -> editMember(r, member, "status", -126));
    policy(r, organization, 0);
  }

  /// The directory connector's: members revoked and restored one by one, then each group emptied
  /// and filled anew.
  void importDirectory(
      Request r, List<String> revoked, List<String> restored, List<String> groups) {
    revoked.forEach(member -> editMember(r, member, "status", -126));
    restored.forEach(member -> editMember(r, member, "status", 2));
    groups.forEach(group -> {
      bumpGroup(r, group);
      r.then(() -> db.delete("groups_users", row -> row.get("groups_uuid").equals(group)));
      restored.forEach(member -> intoGroup(r, group, member));
    });
  }

  // ---- members ----

  /// Writes a membership with these values changed.
  void editMember(Request r, String id, Object... columnsAndValues) {
    bumpMember(r, id);
    r.then(() -> {
      Map<String, Object> before = db.get("users_organizations", id);
      if (before != null) {
        Map<String, Object> after = new TreeMap<>(before);
        after.putAll(row(columnsAndValues));
        db.save("users_organizations", after);
      }
    });
  }

  void invite(Request r, String user, String organization, List<String> collections) {
    String id = db.newId("memb");
    items.bump(r, user);
    r.then(() -> {
      if (db.where("users_organizations", "user_uuid", user).stream()
          .noneMatch(member -> member.get("org_uuid").equals(organization))) {
        db.save("users_organizations", member(id, user, organization, 0, 2, false));
      }
    });
    collections.forEach(collection -> grant(r, user, collection, false));
  }

  /// All collections of a member are deleted and inserted anew, then the membership is saved.
  void setCollectionsOf(Request r, String membership, List<String> collections, boolean readOnly) {
    r.then(() -> {
      Map<String, Object> member = db.get("users_organizations", membership);
      if (member == null) {
        return;
      }
      String user = (String) member.get("user_uuid");
      revokeAll(r, member);
      collections.forEach(collection -> grant(r, user, collection, readOnly));
      editMember(r, membership);
    });
  }

  private void revokeAll(Request r, Map<String, Object> member) {
    String user = (String) member.get("user_uuid");
    for (Map<String, Object> grant : db.where("users_collections", "user_uuid", user)) {
      Map<String, Object> collection = db.get("collections", grant.get("collection_uuid"));
      if (collection != null && collection.get("org_uuid").equals(member.get("org_uuid"))) {
        items.bump(r, user);
        r.then(() -> db.delete("users_collections", row -> row.equals(grant)));
      }
    }
  }

  private void grant(Request r, String user, String collection, boolean readOnly) {
    items.bump(r, user);
    r.then(() -> {
      if (db.get("collections", collection) != null) {
        db.save(
            "users_collections",
            row(
                "user_uuid",
                user,
                "collection_uuid",
                collection,
                "read_only",
                readOnly,
                "hide_passwords",
                false,
                "manage",
                false));
      }
    });
  }

  void remove(Request r, String membership) {
    r.then(() -> {
      Map<String, Object> member = db.get("users_organizations", membership);
      if (member == null) {
        return;
      }
      String user = (String) member.get("user_uuid");
      items.bump(r, user);
      revokeAll(r, member);
      items.bump(r, user);
      r.then(() ->
          db.delete("groups_users", row -> row.get("users_organizations_uuid").equals(membership)));
      r.then(() -> db.delete("users_organizations", row -> row.get("uuid").equals(membership)));
    });
  }

  // ---- collections ----

  void createCollection(Request r, String organization, List<String> users, List<String> groups) {
    String id = db.newId("coll");
    r.then(() -> db.save("collections", collection(id, organization)));
    groups.forEach(group -> groupGrant(r, id, group));
    users.forEach(user -> grant(r, user, id, false));
  }

  /// Saved, and all groups and users of it deleted and inserted anew.
  void updateCollection(
      Request r, String id, List<String> users, List<String> groups, boolean readOnly) {
    r.then(() -> {
      Map<String, Object> before = db.get("collections", id);
      if (before == null) {
        return;
      }
      db.where("users_collections", "collection_uuid", id)
          .forEach(grant -> items.bump(r, (String) grant.get("user_uuid")));
      r.then(() -> db.save("collections", collection(id, (String) before.get("org_uuid"))));
      r.then(() -> db.delete("collections_groups", row -> row.get("collections_uuid").equals(id)));
      groups.forEach(group -> groupGrant(r, id, group));
      r.then(() -> db.delete("users_collections", row -> row.get("collection_uuid").equals(id)));
      users.forEach(user -> grant(r, user, id, readOnly));
    });
  }

  void deleteCollection(Request r, String id) {
    r.then(() -> db.delete("ciphers_collections", row -> row.get("collection_uuid").equals(id)));
    r.then(() -> db.delete("users_collections", row -> row.get("collection_uuid").equals(id)));
    r.then(() -> db.delete("collections_groups", row -> row.get("collections_uuid").equals(id)));
    r.then(() -> db.delete("collections", row -> row.get("uuid").equals(id)));
  }

  // ---- groups ----

  private void groupGrant(Request r, String collection, String group) {
    bumpGroup(r, group);
    r.then(() -> {
      if (db.get("collections", collection) != null && db.get("groups", group) != null) {
        db.save(
            "collections_groups",
            row(
                "collections_uuid",
                collection,
                "groups_uuid",
                group,
                "read_only",
                false,
                "hide_passwords",
                false,
                "manage",
                false));
      }
    });
  }

  private void intoGroup(Request r, String group, String membership) {
    bumpMember(r, membership);
    r.then(() -> {
      if (db.get("users_organizations", membership) != null && db.get("groups", group) != null) {
        db.save("groups_users", row("groups_uuid", group, "users_organizations_uuid", membership));
      }
    });
  }

  void createGroup(
      Request r, String organization, boolean all, List<String> collections, List<String> members) {
    String id = db.newId("grou");
    r.then(() ->
        db.save("groups", row("uuid", id, "organizations_uuid", organization, "access_all", all)));
    collections.forEach(collection -> groupGrant(r, collection, id));
    members.forEach(member -> intoGroup(r, id, member));
  }

  /// In between nobody is in the group.
  void updateGroup(
      Request r, String id, boolean all, List<String> collections, List<String> members) {
    r.then(() -> {
      Map<String, Object> before = db.get("groups", id);
      if (before == null) {
        return;
      }
      bumpGroup(r, id);
      r.then(() -> db.delete("collections_groups", row -> row.get("groups_uuid").equals(id)));
      bumpGroup(r, id);
      r.then(() -> db.delete("groups_users", row -> row.get("groups_uuid").equals(id)));
      r.then(() ->
          db.save(
              "groups",
              row(
                  "uuid",
                  id,
                  "organizations_uuid",
                  before.get("organizations_uuid"),
                  "access_all",
                  all)));
      collections.forEach(collection -> groupGrant(r, collection, id));
      members.forEach(member -> intoGroup(r, id, member));
    });
  }

  void deleteGroup(Request r, String id) {
    bumpGroup(r, id);
    r.then(() -> db.delete("collections_groups", row -> row.get("groups_uuid").equals(id)));
    bumpGroup(r, id);
    r.then(() -> db.delete("groups_users", row -> row.get("groups_uuid").equals(id)));
    r.then(() -> db.delete("groups", row -> row.get("uuid").equals(id)));
  }
}
