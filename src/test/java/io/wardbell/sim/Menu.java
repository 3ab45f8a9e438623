package io.wardbell.sim;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Everything that may be asked of the server, with whatever is there to be asked about.
final class Menu {
  /// Fills in the steps of a request. Gives the item that the acting device gets an answer about;
  /// null if there is none.
  private interface Dish {
    String cook(Request request, String actor);
  }

  /// What does not bump everyone whom it concerns: clients of 2020 to 2024 do not hear of it.
  static final Set<String> UNBUMPED =
      Set.of(
          "policy",
          "policy that revokes",
          "collection create",
          "collection delete",
          "collection update",
          "group create",
          "group update",
          "group delete",
          "item of no member by SQL",
          "archive",
          "organization delete",
          "organization purge",
          "organization import",
          "item collections",
          "item collections in bulk",
          "item delete",
          "item share");

  /// What may leave no trace in the columns that are read: if the log is lost just then, no
  /// snapshot can show it.
  static final Set<String> TRACELESS =
      Set.of("policy", "policy that revokes", "collection update", "item of no member by SQL");

  private final Timeline time;
  private final Database db;
  private final Server server;
  private final Choices any;
  final ItemRequests items;
  final OrganizationRequests organizations;
  final AccountRequests accounts;
  private final Map<String, Dish> dishes = new LinkedHashMap<>();

  Menu(Timeline time, Database db, Server server, Set<String> tables) {
    this.time = time;
    this.db = db;
    this.server = server;
    any = new Choices(time, db, server);
    items = new ItemRequests(db, server);
    organizations = new OrganizationRequests(db, items);
    accounts = new AccountRequests(db, items, organizations);
    addItems(tables);
    addBelongings();
    addOrganizations();
    if (server.groupsEnabled()) {
      addGroups();
    }
    addAccounts(tables);
  }

  List<String> names() {
    return List.copyOf(dishes.keySet());
  }

  /// Prepares a request.
  ///
  /// @return the item that the acting device gets an answer about; null if there is none
  String order(Request request, String actor) {
    return dishes.get(request.name).cook(request, actor);
  }

  // ---- dishes ----

  private void add(String name, Dish dish) {
    dishes.put(name, dish);
  }

  private interface On {
    void act(Request request, String actor, String thing);
  }

  /// On an item that the actor sees; his device gets the answer.
  private void onItem(String name, On on) {
    add(
        name,
        (r, actor) -> {
          String item = any.seen(actor);
          if (item != null) {
            on.act(r, actor, item);
          }
          return item;
        });
  }

  /// On an organization of the actor's.
  private void onOrganization(String name, On on) {
    add(
        name,
        (r, actor) -> {
          String organization = any.organizationOf(actor);
          if (organization != null) {
            on.act(r, actor, organization);
          }
          return null;
        });
  }

  private void addItems(Set<String> tables) {
    add(
        "item create",
        (r, actor) -> items.create(r, actor, any.mine("folders", actor), time.once(3)));
    onItem("item update", items::update);
    onItem("item trash", (r, actor, item) -> items.trash(r, item));
    onItem("item restore", (r, actor, item) -> items.restore(r, item));
    onItem("item delete", (r, actor, item) -> items.delete(r, item));
    onItem(
        "item delete many",
        (r, actor, item) -> {
          items.delete(r, item);
          any.some(server.sync(actor).items.keySet().stream().sorted().toList(), 5)
              .forEach(other -> items.delete(r, other));
        });
    onItem(
        "item folder",
        (r, actor, item) ->
            items.moveToFolder(r, actor, item, time.once(4) ? null : any.mine("folders", actor)));
    onItem("item favorite", items::favorite);
    if (tables.contains("archives")) {
      onItem("archive", items::archive);
    }
    onItem("attachment", (r, actor, item) -> items.attach(r, item));
    add(
        "attachment delete",
        (r, actor) -> {
          Map<String, Object> file = any.one(db.all("attachments"));
          if (file != null) {
            items.detach(r, (String) file.get("id"), (String) file.get("cipher_uuid"));
          }
          return null;
        });
    onOrganization(
        "item create in organization",
        (r, actor, org) -> items.createShared(r, actor, org, any.some(any.collections(org), 3)));
    onOrganization(
        "item share",
        (r, actor, org) -> {
          String item = any.one(any.shareable(actor));
          if (item != null) {
            items.share(r, actor, item, org, any.some(any.collections(org), 2));
          }
        });
    onOrganization(
        "item share many",
        (r, actor, org) ->
            any.some(any.shareable(actor), 5)
                .forEach(
                    item -> items.share(r, actor, item, org, any.some(any.collections(org), 2))));
    addCollectionsOfItems();
  }

  private void addCollectionsOfItems() {
    for (boolean bulk : new boolean[] {false, true}) {
      add(
          "item collections" + (bulk ? " in bulk" : ""),
          (r, actor) -> {
            for (int i = bulk ? 1 + time.below(4) : 1; i > 0; i--) {
              String item = any.sharedItem();
              if (item != null) {
                String org = (String) db.get("ciphers", item).get("organization_uuid");
                items.setCollections(
                    r, item, new TreeSet<>(any.some(any.collections(org), 3)), bulk);
              }
            }
            return null;
          });
    }
    onOrganization(
        "organization import",
        (r, actor, org) ->
            items.importShared(
                r, actor, org, any.some(any.collections(org), 2), 1 + time.below(20)));
    onOrganization("organization purge", (r, actor, org) -> items.purgeOrganization(r, org));
    add(
        "item of no member by SQL",
        (r, actor) -> {
          String item = any.one(any.ids("ciphers", row -> true));
          if (item != null) {
            accounts.plainSql(r, item);
          }
          return null;
        });
  }

  private void onMine(String name, String table, On on) {
    add(
        name,
        (r, actor) -> {
          String thing = any.mine(table, actor);
          if (thing != null) {
            on.act(r, actor, thing);
          }
          return null;
        });
  }

  private void addBelongings() {
    add(
        "import",
        (r, actor) -> {
          items.importPersonal(r, actor, 1 + time.below(25));
          return null;
        });
    add(
        "purge",
        (r, actor) -> {
          items.purge(r, actor);
          return null;
        });
    add(
        "folder create",
        (r, actor) -> {
          items.saveFolder(r, db.newId("fold"), actor);
          return null;
        });
    onMine("folder rename", "folders", (r, actor, id) -> items.saveFolder(r, id, actor));
    onMine("folder delete", "folders", (r, actor, id) -> items.deleteFolder(r, id, actor));
    add(
        "send create",
        (r, actor) -> {
          items.saveSend(r, db.newId("send"), actor, time.once(3));
          return null;
        });
    onMine("send upload", "sends", (r, actor, id) -> items.bump(r, actor)); // all that it writes
    onMine("send edit", "sends", (r, actor, id) -> items.saveSend(r, id, actor, false));
    onMine("send delete", "sends", (r, actor, id) -> items.deleteSend(r, id, actor));
    onMine(
        "send access",
        "sends",
        (r, actor, id) -> {
          for (int i = time.below(4); i >= 0; i--) {
            items.accessSend(r, id, actor);
          }
        });
  }

  private void addOrganizations() {
    add(
        "organization create",
        (r, actor) -> {
          organizations.create(r, actor);
          return null;
        });
    onOrganization("organization rename", (r, actor, org) -> organizations.rename(r, org));
    onOrganization("organization delete", (r, actor, org) -> organizations.delete(r, org));
    onOrganization("policy", (r, actor, org) -> organizations.policy(r, org, time.below(3)));
    onOrganization(
        "policy that revokes",
        (r, actor, org) ->
            organizations.policyThatRevokes(r, org, any.some(any.memberIds(org), 3)));
    onOrganization(
        "directory import",
        (r, actor, org) ->
            organizations.importDirectory(
                r,
                any.some(any.memberIds(org), 2),
                any.some(any.memberIds(org), 3),
                any.some(any.groups(org), 2)));
    onOrganization(
        "member invite",
        (r, actor, org) ->
            organizations.invite(r, any.user(), org, any.some(any.collections(org), 2)));
    onMember("member accept", (r, id) -> organizations.editMember(r, id, "status", 1));
    onMember("member confirm", (r, id) -> organizations.editMember(r, id, "status", 2));
    onMember("member revoke", (r, id) -> organizations.editMember(r, id, "status", -126));
    onMember(
        "member edit",
        (r, id) ->
            organizations.editMember(r, id, "access_all", time.once(2), "atype", time.below(3)));
    onMember("member remove", organizations::remove);
    onMember(
        "member collections",
        (r, id) -> {
          String org = (String) db.get("users_organizations", id).get("org_uuid");
          organizations.setCollectionsOf(r, id, any.some(any.collections(org), 3), time.once(3));
        });
    onOrganization(
        "collection create",
        (r, actor, org) ->
            organizations.createCollection(
                r, org, any.some(any.people(org), 3), any.some(any.groups(org), 1)));
    onOrganization(
        "collection update",
        (r, actor, org) -> {
          String id = any.one(any.collections(org));
          if (id != null) {
            organizations.updateCollection(
                r, id, any.some(any.people(org), 4), any.some(any.groups(org), 2), time.once(4));
          }
        });
    onOrganization(
        "collection delete",
        (r, actor, org) -> {
          String id = any.one(any.collections(org));
          if (id != null) {
            organizations.deleteCollection(r, id);
          }
        });
  }

  private interface OnMember {
    void act(Request request, String membership);
  }

  private void onMember(String name, OnMember on) {
    add(
        name,
        (r, actor) -> {
          String id = any.one(any.ids("users_organizations", row -> true));
          if (id != null) {
            on.act(r, id);
          }
          return null;
        });
  }

  private void addGroups() {
    onOrganization(
        "group create",
        (r, actor, org) ->
            organizations.createGroup(
                r,
                org,
                time.once(5),
                any.some(any.collections(org), 2),
                any.some(any.memberIds(org), 3)));
    onOrganization(
        "group update",
        (r, actor, org) -> {
          String id = any.one(any.groups(org));
          if (id != null) {
            organizations.updateGroup(
                r,
                id,
                time.once(5),
                any.some(any.collections(org), 2),
                any.some(any.memberIds(org), 4));
          }
        });
    onOrganization(
        "group delete",
        (r, actor, org) -> {
          String id = any.one(any.groups(org));
          if (id != null) {
            organizations.deleteGroup(r, id);
          }
        });
  }

  private interface OnUser {
    void act(Request request, String user);
  }

  private void onUser(String name, OnUser on) {
    add(
        name,
        (r, actor) -> {
          on.act(r, actor);
          return null;
        });
  }

  private void addAccounts(Set<String> tables) {
    onUser("register", (r, actor) -> accounts.register(r));
    onUser("new stamp", accounts::newStamp);
    onUser("key rotation", accounts::rotateKeys);
    onUser("kdf upgrade", accounts::upgradeKdf);
    onUser("disable", accounts::disable);
    onUser("account delete", accounts::delete);
    onUser("settings", accounts::settings);
    onUser("revision of everybody", (r, actor) -> accounts.everybodysRevision(r));
    if (tables.contains("auth_requests")) {
      onUser("login request", (r, actor) -> accounts.loginRequest(r, actor, time.once(2)));
    }
    onUser(
        "emergency contact",
        (r, actor) -> accounts.emergencyContact(r, actor, any.user(), time.below(5)));
    onUser("emergency takeover", accounts::takeOver);
  }
}
