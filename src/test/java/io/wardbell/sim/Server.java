package io.wardbell.sim;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// What the server answers: `/sync`, one item, one folder, one Send, the revision date. Written
/// from the server's rules without a look at the model that it is compared with.
final class Server {
  private final Database db;
  private final boolean groups;

  Server(Database db, boolean groups) {
    this.db = db;
    this.groups = groups;
  }

  static boolean confirmed(Map<String, Object> member) {
    return member.get("status").equals(2);
  }

  static boolean flag(Map<String, Object> row, String column) {
    return Boolean.TRUE.equals(row.get(column));
  }

  boolean groupsEnabled() {
    return groups;
  }

  /// The user's confirmed memberships.
  List<Map<String, Object>> memberships(String user) {
    List<Map<String, Object>> found = new ArrayList<>();
    for (Map<String, Object> member : db.rows("users_organizations")) {
      if (member.get("user_uuid").equals(user) && confirmed(member)) {
        found.add(member);
      }
    }
    return found;
  }

  private boolean seesAll(Map<String, Object> member) {
    if (flag(member, "access_all")) {
      return true;
    }
    if (groups) {
      for (Map<String, Object> link : db.rows("groups_users")) {
        if (link.get("users_organizations_uuid").equals(member.get("uuid"))) {
          Map<String, Object> group = db.get("groups", link.get("groups_uuid"));
          if (group != null && flag(group, "access_all")) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /// Collections that a member sees, each with what he may do.
  Map<String, String> collections(Map<String, Object> member) {
    Map<String, String> visible = new TreeMap<>();
    boolean all = seesAll(member);
    for (Map<String, Object> collection : db.rows("collections")) {
      if (collection.get("org_uuid").equals(member.get("org_uuid"))) {
        String id = (String) collection.get("uuid");
        String may = all ? "all" : may(member, id);
        if (may != null) {
          visible.put(id, may);
        }
      }
    }
    return visible;
  }

  private String may(Map<String, Object> member, String collection) {
    Map<String, Object> grant = db.get("users_collections", member.get("user_uuid"), collection);
    String may = grant == null ? null : flags(grant);
    if (groups && may == null) {
      for (Map<String, Object> link : db.rows("groups_users")) {
        if (link.get("users_organizations_uuid").equals(member.get("uuid"))) {
          Map<String, Object> through =
              db.get("collections_groups", collection, link.get("groups_uuid"));
          if (through != null) {
            String more = flags(through);
            may = may == null || more.compareTo(may) < 0 ? more : may;
          }
        }
      }
    }
    return may;
  }

  private static String flags(Map<String, Object> grant) {
    return flag(grant, "read_only") ? "read" : "write";
  }

  /// Everything, as of now.
  Copy sync(String user) {
    Copy copy = new Copy();
    Map<String, Object> account = db.get("users", user);
    if (account == null) {
      return copy;
    }
    copy.stamp = (String) account.get("security_stamp");
    copy.settings = account.getOrDefault("equivalent_domains", "[]");
    Map<String, Map<String, String>> byOrganization = new HashMap<>();
    Set<String> seesAll = new HashSet<>();
    for (Map<String, Object> member : memberships(user)) {
      String organization = (String) member.get("org_uuid");
      Map<String, String> collections = collections(member);
      byOrganization.put(organization, collections);
      if (seesAll(member)) {
        seesAll.add(organization);
      }
      organization(copy, member, collections);
    }
    for (Map<String, Object> cipher : db.rows("ciphers")) {
      Copy.Item item = item(user, cipher, byOrganization, seesAll, false);
      if (item != null) {
        String id = (String) cipher.get("uuid");
        copy.items.put(id, item);
        copy.alone.put(id, item(user, cipher, byOrganization, seesAll, true));
      }
    }
    for (Map<String, Object> row : db.where("folders", "user_uuid", user)) {
      copy.folders.put((String) row.get("uuid"), thing(row, "updated_at"));
    }
    for (Map<String, Object> row : db.where("sends", "user_uuid", user)) {
      copy.sends.put((String) row.get("uuid"), thing(row, "revision_date"));
    }
    return copy;
  }

  private void organization(
      Copy copy, Map<String, Object> member, Map<String, String> collections) {
    String id = (String) member.get("org_uuid");
    Map<String, Object> row = db.get("organizations", id);
    copy.organizations.add(
        id + " as " + member.get("atype") + " named " + (row == null ? "?" : row.get("x_name")));
    collections.forEach((collection, may) -> {
      Object name = db.get("collections", collection).get("x_name");
      copy.organizations.add(collection + " named " + name + " may " + may);
    });
    for (Map<String, Object> policy : db.where("org_policies", "org_uuid", id)) {
      copy.organizations.add(
          policy.get("uuid") + " is " + policy.get("enabled") + policy.get("x_data"));
    }
  }

  private static Copy.Thing thing(Map<String, Object> row, String date) {
    return new Copy.Thing(
        (Instant) row.get(date), row.get("x_data") + "/" + row.get("access_count"));
  }

  /// @param alone whether the item is asked for alone: then the server leaves out the collections
  ///   that the user may only read (`Cipher::get_collections`)
  private Copy.Item item(
      String user,
      Map<String, Object> cipher,
      Map<String, Map<String, String>> byOrganization,
      Set<String> seesAll,
      boolean alone) {
    String id = (String) cipher.get("uuid");
    String organization = (String) cipher.get("organization_uuid");
    List<String> shown = new ArrayList<>();
    if (organization == null) {
      if (!user.equals(cipher.get("user_uuid"))) {
        return null;
      }
    } else {
      Map<String, String> collections = byOrganization.get(organization);
      if (collections == null) {
        return null;
      }
      for (Map<String, Object> link : db.rows("ciphers_collections")) {
        if (link.get("cipher_uuid").equals(id)) {
          String may = collections.get(link.get("collection_uuid"));
          if (may != null) {
            shown.add(link.get("collection_uuid") + " " + may);
          }
        }
      }
      if (shown.isEmpty() && !seesAll.contains(organization)) {
        return null;
      }
      if (alone && !seesAll.contains(organization)) {
        shown.removeIf(collection -> collection.endsWith(" read"));
      }
    }
    for (Map<String, Object> attachment : db.rows("attachments")) {
      if (attachment.get("cipher_uuid").equals(id)) {
        shown.add(attachment.get("id") + " " + attachment.get("x_size"));
      }
    }
    shown.sort(null);
    String mark =
        (db.get("favorites", user, id) != null ? "favorite" : "")
            + (db.get("archives", user, id) != null ? "archived" : "");
    return new Copy.Item(
        (Instant) cipher.get("updated_at"),
        cipher.get("x_data") + (organization == null ? " own" : " of " + organization),
        cipher.get("deleted_at") != null,
        folder(user, id),
        mark,
        shown);
  }

  private String folder(String user, String cipher) {
    for (Map<String, Object> link : db.rows("folders_ciphers")) {
      if (link.get("cipher_uuid").equals(cipher)) {
        Map<String, Object> folder = db.get("folders", link.get("folder_uuid"));
        if (folder != null && folder.get("user_uuid").equals(user)) {
          return (String) folder.get("uuid");
        }
      }
    }
    return null;
  }

  /// GET /ciphers/{id}/details; null stands for the 400 of an item that is gone or not his.
  Copy.Item cipher(String user, String id) {
    Map<String, Object> cipher = db.get("ciphers", id);
    if (cipher == null) {
      return null;
    }
    Map<String, Map<String, String>> byOrganization = new HashMap<>();
    Set<String> seesAll = new HashSet<>();
    for (Map<String, Object> member : memberships(user)) {
      byOrganization.put((String) member.get("org_uuid"), collections(member));
      if (seesAll(member)) {
        seesAll.add((String) member.get("org_uuid"));
      }
    }
    return item(user, cipher, byOrganization, seesAll, true);
  }

  Copy.Thing folder(String user, String id, boolean send) {
    Map<String, Object> row = db.get(send ? "sends" : "folders", id);
    return row == null || !user.equals(row.get("user_uuid"))
        ? null
        : thing(row, send ? "revision_date" : "updated_at");
  }

  /// When the account changed; null if there is none.
  Instant revisionDate(String user) {
    Map<String, Object> account = db.get("users", user);
    return account == null ? null : (Instant) account.get("updated_at");
  }

  /// Whether there is such an account, and it is not disabled.
  boolean isEnabled(String user) {
    Map<String, Object> account = db.get("users", user);
    return account != null && flag(account, "enabled");
  }

  /// Ids of all that a user may hear of now.
  Set<String> visible(String user) {
    Copy copy = sync(user);
    Set<String> ids = new HashSet<>(copy.items.keySet());
    ids.addAll(copy.folders.keySet());
    ids.addAll(copy.sends.keySet());
    return ids;
  }
}
