package io.wardbell.sim;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// Picks what a request is about among what there is.
final class Choices {
  private final Timeline time;
  private final Database db;
  private final Server server;

  Choices(Timeline time, Database db, Server server) {
    this.time = time;
    this.db = db;
    this.server = server;
  }

  <T> T one(List<T> list) {
    return list.isEmpty() ? null : list.get(time.below(list.size()));
  }

  List<String> some(List<String> list, int most) {
    List<String> chosen = new ArrayList<>();
    for (int i = time.below(most + 1); i > 0 && !list.isEmpty(); i--) {
      String next = one(list);
      if (!chosen.contains(next)) {
        chosen.add(next);
      }
    }
    return chosen;
  }

  List<String> ids(String table, Predicate<Map<String, Object>> which) {
    List<String> ids = new ArrayList<>();
    for (Map<String, Object> row : db.rows(table)) {
      if (which.test(row)) {
        ids.add((String) row.get("uuid"));
      }
    }
    return ids;
  }

  String mine(String table, String user) {
    return one(ids(table, row -> user.equals(row.get("user_uuid")) && old(row)));
  }

  /// An item that the user sees, and his devices had the time to see.
  String seen(String user) {
    return one(
        server.sync(user).items.keySet().stream()
            .filter(id -> old(db.get("ciphers", id)))
            .sorted()
            .toList());
  }

  /// Whether it is not just being made.
  boolean old(Map<String, Object> row) {
    return !(row.get("x_born") instanceof Instant born)
        || born.isBefore(time.now().minusMillis(1_500));
  }

  String sharedItem() {
    return one(ids("ciphers", row -> row.get("organization_uuid") != null));
  }

  String organizationOf(String user) {
    return one(server.memberships(user).stream().map(m -> (String) m.get("org_uuid")).toList());
  }

  List<String> collections(String organization) {
    return ids("collections", row -> row.get("org_uuid").equals(organization));
  }

  List<String> memberIds(String organization) {
    return ids("users_organizations", row -> row.get("org_uuid").equals(organization));
  }

  List<String> people(String organization) {
    return db.where("users_organizations", "org_uuid", organization).stream()
        .map(member -> (String) member.get("user_uuid"))
        .toList();
  }

  List<String> groups(String organization) {
    return ids("groups", row -> row.get("organizations_uuid").equals(organization));
  }

  String user() {
    return one(ids("users", row -> true));
  }

  /// Personal items that may be shared; one that an earlier request left linked may not.
  List<String> shareable(String user) {
    return ids(
        "ciphers",
        row ->
            user.equals(row.get("user_uuid"))
                && old(row)
                && db.where("ciphers_collections", "cipher_uuid", row.get("uuid")).isEmpty());
  }
}
