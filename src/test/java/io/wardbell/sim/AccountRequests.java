package io.wardbell.sim;

import static io.wardbell.sim.Database.row;

import java.util.Map;
import java.util.TreeMap;

/// What the server does with accounts, login requests and emergency access, statement by statement
/// (facts of Vaultwarden 1.37, `src/api/core/{accounts,emergency_access}.rs`, `src/api/admin.rs`).
final class AccountRequests {
  private final Database db;
  private final ItemRequests items;
  private final OrganizationRequests organizations;

  AccountRequests(Database db, ItemRequests items, OrganizationRequests organizations) {
    this.db = db;
    this.items = items;
    this.organizations = organizations;
  }

  /// `User::save`: the whole row, with its date.
  private void save(Request r, String user, Object... columnsAndValues) {
    r.then(() -> {
      Map<String, Object> before = db.get("users", user);
      if (before != null) {
        Map<String, Object> after = new TreeMap<>(before);
        after.putAll(row(columnsAndValues));
        after.put("updated_at", db.now());
        db.save("users", after);
      }
    });
  }

  String register(Request r) {
    String id = db.newId("user");
    r.then(() ->
        db.save(
            "users",
            row(
                "uuid",
                id,
                "updated_at",
                db.now(),
                "security_stamp",
                db.newId("stam"),
                "enabled",
                true)));
    return id;
  }

  /// Password, email, KDF, deauthorise, disabled by an administrator: each changes the stamp.
  void newStamp(Request r, String user) {
    save(r, user, "security_stamp", db.newId("stam"));
  }

  void disable(Request r, String user) {
    save(r, user, "security_stamp", db.newId("stam"), "enabled", false);
  }

  void enable(Request r, String user) {
    save(r, user, "enabled", true);
  }

  /// At login, when the server's iterations went up: nothing that shows.
  void upgradeKdf(Request r, String user) {
    save(r, user);
  }

  void settings(Request r, String user) {
    save(r, user, "equivalent_domains", "[[\"" + items.nextVersion() + "\"]]");
  }

  /// Everything that is encrypted is saved again, then the stamp changes.
  void rotateKeys(Request r, String user) {
    r.then(() -> {
      for (Map<String, Object> folder : db.where("folders", "user_uuid", user)) {
        items.saveFolder(r, (String) folder.get("uuid"), user);
      }
      for (Map<String, Object> send : db.where("sends", "user_uuid", user)) {
        items.saveSend(r, (String) send.get("uuid"), user, true);
      }
      for (Map<String, Object> item : db.where("ciphers", "user_uuid", user)) {
        items.update(r, user, (String) item.get("uuid"));
      }
    });
    newStamp(r, user);
  }

  void delete(Request r, String user) {
    r.then(() -> {
      for (Map<String, Object> send : db.where("sends", "user_uuid", user)) {
        items.deleteSend(r, (String) send.get("uuid"), user);
      }
      r.then(() ->
          db.delete(
              "emergency_access",
              row -> user.equals(row.get("grantor_uuid")) || user.equals(row.get("grantee_uuid"))));
      for (Map<String, Object> member : db.where("users_organizations", "user_uuid", user)) {
        organizations.remove(r, (String) member.get("uuid"));
      }
      for (Map<String, Object> item : db.where("ciphers", "user_uuid", user)) {
        items.delete(r, (String) item.get("uuid"));
      }
      r.then(() -> db.delete("favorites", row -> row.get("user_uuid").equals(user)));
      r.then(() -> {
        for (Map<String, Object> folder : db.where("folders", "user_uuid", user)) {
          items.deleteFolder(r, (String) folder.get("uuid"), user);
        }
      });
      r.then(() -> db.delete("auth_requests", row -> row.get("user_uuid").equals(user)));
      r.then(() -> db.delete("users", row -> row.get("uuid").equals(user)));
    });
  }

  void everybodysRevision(Request r) {
    r.then(() -> db.updateAll("users", "updated_at", db.now()));
  }

  void loginRequest(Request r, String user, boolean approved) {
    String id = db.newId("requ");
    Map<String, Object> asked =
        row(
            "uuid",
            id,
            "user_uuid",
            user,
            "request_device_identifier",
            "phone",
            "creation_date",
            db.now());
    r.then(() -> db.save("auth_requests", asked));
    if (approved) {
      Map<String, Object> answered = new TreeMap<>(asked);
      answered.put("approved", true);
      answered.put("response_device_id", "laptop");
      r.then(() -> db.save("auth_requests", answered));
    }
    r.then(() -> db.delete("auth_requests", row -> row.get("uuid").equals(id)));
  }

  void emergencyContact(Request r, String grantor, String grantee, int status) {
    items.bump(r, grantor);
    r.then(() ->
        db.save(
            "emergency_access",
            row(
                "uuid",
                "emer" + grantor,
                "grantor_uuid",
                grantor,
                "grantee_uuid",
                grantee,
                "status",
                status)));
  }

  /// The grantee sets a new password: the stamp changes, memberships that do not own are removed.
  void takeOver(Request r, String grantor) {
    newStamp(r, grantor);
    r.then(() -> {
      for (Map<String, Object> member : db.where("users_organizations", "user_uuid", grantor)) {
        if (!member.get("atype").equals(0)) {
          organizations.remove(r, (String) member.get("uuid"));
        }
      }
    });
  }

  /// Somebody with a database client.
  void plainSql(Request r, String item) {
    r.then(() -> {
      Map<String, Object> row = db.get("ciphers", item);
      if (row != null) {
        db.update("ciphers", row, "x_data", items.nextVersion());
      }
    });
  }
}
