package io.wardbell.sim;

import static io.wardbell.sim.Database.row;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What the server does with items, folders and Sends, statement by statement (facts of Vaultwarden
/// 1.37, `src/api/core/{ciphers,folders,sends}.rs` and `src/db/models`).
final class ItemRequests {
  private final Database db;
  private final Server server;
  private int version;

  ItemRequests(Database db, Server server) {
    this.db = db;
    this.server = server;
  }

  int nextVersion() {
    return ++version;
  }

  // ---- bumps ----

  void bump(Request r, String user) {
    r.then(() -> {
      Map<String, Object> account = user == null ? null : db.get("users", user);
      if (account != null) {
        db.update("users", account, "updated_at", db.now());
      }
    });
  }

  /// `update_users_revision`: without a look at the membership's status, some twice.
  void bumpItem(Request r, String cipher) {
    r.then(() -> {
      Map<String, Object> row = db.get("ciphers", cipher);
      if (row == null) {
        return;
      }
      if (row.get("user_uuid") != null) {
        bump(r, (String) row.get("user_uuid"));
        return;
      }
      Set<Object> collections = new TreeSet<>();
      db.where("ciphers_collections", "cipher_uuid", cipher)
          .forEach(link -> collections.add(link.get("collection_uuid")));
      for (Map<String, Object> member :
          db.where("users_organizations", "org_uuid", row.get("organization_uuid"))) {
        boolean direct = Server.flag(member, "access_all");
        for (Object collection : collections) {
          direct |= db.get("users_collections", member.get("user_uuid"), collection) != null;
        }
        if (direct) {
          bump(r, (String) member.get("user_uuid"));
        }
        if (server.groupsEnabled()
            && server.collections(member).keySet().stream().anyMatch(collections::contains)) {
          bump(r, (String) member.get("user_uuid"));
        }
      }
    });
  }

  private void bumpCollection(Request r, String collection) {
    r.then(() ->
        db.where("users_collections", "collection_uuid", collection)
            .forEach(grant -> bump(r, (String) grant.get("user_uuid"))));
  }

  // ---- items ----

  private Map<String, Object> newItem(String id, String owner) {
    return row(
        "uuid",
        id,
        "user_uuid",
        owner,
        "updated_at",
        db.now(),
        "x_data",
        nextVersion(),
        "x_born",
        db.now());
  }

  private void store(Request r, String id, Object... columnsAndValues) {
    bumpItem(r, id);
    r.then(() -> {
      Map<String, Object> before = db.get("ciphers", id);
      if (before != null) {
        Map<String, Object> after = new TreeMap<>(before);
        for (int i = 0; i < columnsAndValues.length; i += 2) {
          if (columnsAndValues[i + 1] == null) {
            after.remove(columnsAndValues[i]);
          } else {
            after.put((String) columnsAndValues[i], columnsAndValues[i + 1]);
          }
        }
        after.put("updated_at", db.now());
        after.put("x_data", nextVersion());
        db.save("ciphers", after);
      }
    });
  }

  /// A personal item, perhaps in a folder, perhaps a favorite.
  String create(Request r, String owner, String folder, boolean favorite) {
    String id = db.newId("item");
    bump(r, owner);
    r.then(() -> db.save("ciphers", newItem(id, owner)));
    bump(r, owner);
    if (folder != null) {
      intoFolder(r, id, folder);
    }
    if (favorite) {
      favorite(r, owner, id);
    }
    bump(r, owner);
    return id;
  }

  /// An organization's item: personal first, then its collections, then the organization's.
  String createShared(Request r, String creator, String organization, List<String> collections) {
    String id = db.newId("item");
    bump(r, creator);
    r.then(() -> db.save("ciphers", newItem(id, creator)));
    give(r, id, organization, collections);
    bump(r, creator);
    bumpItem(r, id);
    return id;
  }

  private void give(Request r, String id, String organization, List<String> collections) {
    for (String collection : collections) {
      bumpCollection(r, collection);
      r.then(() -> link(id, collection));
    }
    store(r, id, "user_uuid", null, "organization_uuid", organization);
  }

  private void link(String id, String collection) {
    if (db.get("ciphers", id) != null && db.get("collections", collection) != null) {
      db.save("ciphers_collections", row("cipher_uuid", id, "collection_uuid", collection));
    }
  }

  void update(Request r, String actor, String id) {
    store(r, id);
    bump(r, actor);
    bumpItem(r, id);
  }

  void share(Request r, String actor, String id, String organization, List<String> collections) {
    give(r, id, organization, collections);
    bump(r, actor);
    bumpItem(r, id);
  }

  void trash(Request r, String id) {
    store(r, id, "deleted_at", db.now());
    bumpItem(r, id);
  }

  void restore(Request r, String id) {
    store(r, id, "deleted_at", null);
    bumpItem(r, id);
  }

  void delete(Request r, String id) {
    bumpItem(r, id);
    r.then(() -> db.delete("folders_ciphers", row -> row.get("cipher_uuid").equals(id)));
    r.then(() -> db.delete("ciphers_collections", row -> row.get("cipher_uuid").equals(id)));
    r.then(() -> {
      for (Map<String, Object> attachment : db.where("attachments", "cipher_uuid", id)) {
        r.then(() -> db.delete("attachments", row -> row.get("id").equals(attachment.get("id"))));
      }
    });
    r.then(() -> db.delete("favorites", row -> row.get("cipher_uuid").equals(id)));
    r.then(() -> db.delete("ciphers", row -> row.get("uuid").equals(id)));
  }

  void setCollections(Request r, String id, Set<String> wanted, boolean bulk) {
    r.then(() -> {
      Set<String> now = new TreeSet<>();
      db.where("ciphers_collections", "cipher_uuid", id)
          .forEach(link -> now.add((String) link.get("collection_uuid")));
      for (String collection : wanted) {
        if (!now.contains(collection)) {
          bumpCollection(r, collection);
          r.then(() -> link(id, collection));
        }
      }
      for (String collection : now) {
        if (!wanted.contains(collection)) {
          bumpCollection(r, collection);
          r.then(() ->
              db.delete(
                  "ciphers_collections",
                  row ->
                      row.get("cipher_uuid").equals(id)
                          && row.get("collection_uuid").equals(collection)));
        }
      }
    });
    if (!bulk) {
      bumpItem(r, id);
    }
  }

  // ---- a user's own marks ----

  void moveToFolder(Request r, String user, String id, String folder) {
    bump(r, user);
    r.then(() -> {
      for (Map<String, Object> link : db.where("folders_ciphers", "cipher_uuid", id)) {
        Map<String, Object> old = db.get("folders", link.get("folder_uuid"));
        if (old != null && user.equals(old.get("user_uuid"))) {
          r.then(() -> db.delete("folders_ciphers", row -> row.equals(link)));
        }
      }
    });
    if (folder != null) {
      intoFolder(r, id, folder);
    }
  }

  private void intoFolder(Request r, String id, String folder) {
    r.then(() -> {
      if (db.get("ciphers", id) != null && db.get("folders", folder) != null) {
        db.save("folders_ciphers", row("cipher_uuid", id, "folder_uuid", folder));
      }
    });
  }

  void favorite(Request r, String user, String id) {
    toggle(r, "favorites", user, id);
  }

  void archive(Request r, String user, String id) {
    toggle(r, "archives", user, id);
    bumpItem(r, id);
  }

  private void toggle(Request r, String table, String user, String id) {
    r.then(() -> {
      Map<String, Object> mark = row("user_uuid", user, "cipher_uuid", id);
      if (db.get("ciphers", id) != null) {
        bump(r, user);
        boolean there = db.get(table, user, id) != null;
        r.then(() -> {
          if (there) {
            db.delete(table, row -> row.equals(mark));
          } else if (db.get("ciphers", id) != null) {
            db.save(table, mark);
          }
        });
      }
    });
  }

  /// Announced first, uploaded later, when its size turns out to be another.
  void attach(Request r, String id) {
    String attachment = db.newId("file");
    r.then(() -> saveAttachment(attachment, id, 1));
    r.then(() -> saveAttachment(attachment, id, 2));
    bumpItem(r, id);
  }

  private void saveAttachment(String attachment, String id, int size) {
    if (db.get("ciphers", id) != null) {
      db.save("attachments", row("id", attachment, "cipher_uuid", id, "x_size", size));
    }
  }

  void detach(Request r, String attachment, String id) {
    r.then(() -> db.delete("attachments", row -> row.get("id").equals(attachment)));
    bumpItem(r, id);
  }

  // ---- many at once ----

  void importPersonal(Request r, String user, int count) {
    String folder = db.newId("fold");
    saveFolder(r, folder, user);
    for (int i = 0; i < count; i++) {
      String id = db.newId("item");
      bump(r, user);
      r.then(() -> db.save("ciphers", newItem(id, user)));
      bump(r, user);
      intoFolder(r, id, folder);
    }
    bump(r, user);
  }

  void importShared(
      Request r, String actor, String organization, List<String> collections, int count) {
    for (int i = 0; i < count; i++) {
      String id = db.newId("item");
      r.then(() -> {
        Map<String, Object> item = newItem(id, null);
        item.put("organization_uuid", organization);
        db.save("ciphers", item);
      });
      for (String collection : collections) {
        bumpCollection(r, collection);
        r.then(() -> link(id, collection));
      }
    }
    bump(r, actor);
  }

  void purge(Request r, String user) {
    r.then(() -> {
      db.where("ciphers", "user_uuid", user).forEach(item -> delete(r, (String) item.get("uuid")));
      db.where("folders", "user_uuid", user)
          .forEach(folder -> deleteFolder(r, (String) folder.get("uuid"), user));
    });
    bump(r, user);
  }

  void purgeOrganization(Request r, String organization) {
    r.then(() ->
        db.where("ciphers", "organization_uuid", organization)
            .forEach(item -> delete(r, (String) item.get("uuid"))));
  }

  // ---- folders and Sends ----

  void saveFolder(Request r, String folder, String owner) {
    bump(r, owner);
    r.then(() ->
        db.save(
            "folders",
            row(
                "uuid",
                folder,
                "user_uuid",
                owner,
                "updated_at",
                db.now(),
                "x_data",
                nextVersion())));
  }

  void deleteFolder(Request r, String folder, String owner) {
    bump(r, owner);
    r.then(() -> db.delete("folders_ciphers", row -> row.get("folder_uuid").equals(folder)));
    r.then(() -> db.delete("folders", row -> row.get("uuid").equals(folder)));
  }

  /// @param file whether the file is uploaded later, of which only a bump is seen
  void saveSend(Request r, String id, String owner, boolean file) {
    bump(r, owner);
    r.then(() -> {
      Map<String, Object> before = db.get("sends", id);
      db.save(
          "sends",
          row(
              "uuid",
              id,
              "user_uuid",
              owner,
              "revision_date",
              db.now(),
              "access_count",
              before == null ? 0 : before.get("access_count"),
              "x_data",
              nextVersion()));
    });
    if (!file) {
      bump(r, owner);
    }
  }

  void accessSend(Request r, String id, String owner) {
    bump(r, owner);
    r.then(() -> {
      Map<String, Object> send = db.get("sends", id);
      if (send != null) {
        int accesses = (Integer) send.get("access_count") + 1;
        db.update("sends", send, "access_count", accesses, "revision_date", db.now());
      }
    });
    bump(r, owner);
  }

  void deleteSend(Request r, String id, String owner) {
    bump(r, owner);
    r.then(() -> db.delete("sends", row -> row.get("uuid").equals(id)));
    bump(r, owner);
  }
}
