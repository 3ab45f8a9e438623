package io.wardbell.source.sqlite.wal;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.NullUnmarked;

/// What a torture writer knows of its own rows, and what a transaction did to them.
@NullUnmarked
final class TortureModel {
  /// @param kept the columns that the reader includes, the key's first
  record Table(String name, List<String> key, List<String> kept) {}

  static final List<Table> TABLES =
      List.of(
          new Table(
              "ciphers",
              List.of("uuid"),
              List.of("uuid", "updated_at", "user_uuid", "atype", "deleted_at")),
          new Table("folders", List.of("uuid"), List.of("uuid", "updated_at", "name")),
          new Table(
              "links",
              List.of("cipher_uuid", "folder_uuid"),
              List.of("cipher_uuid", "folder_uuid", "read_only")),
          new Table("event", List.of("id"), List.of("id", "event_type", "user_uuid")),
          new Table("kv", List.of("k"), List.of("k", "n")));

  static final List<String> SCHEMA =
      List.of(
          "CREATE TABLE ciphers (uuid TEXT NOT NULL PRIMARY KEY, updated_at DATETIME NOT NULL,"
              + " user_uuid TEXT, akey TEXT, atype INTEGER NOT NULL, name TEXT, notes TEXT,"
              + " data TEXT NOT NULL, deleted_at DATETIME)",
          "CREATE TABLE folders (uuid TEXT NOT NULL PRIMARY KEY, updated_at DATETIME NOT NULL,"
              + " name TEXT NOT NULL, data TEXT)",
          "CREATE TABLE links (cipher_uuid TEXT NOT NULL, folder_uuid TEXT NOT NULL,"
              + " read_only BOOLEAN NOT NULL DEFAULT 0, UNIQUE (cipher_uuid, folder_uuid))",
          "CREATE TABLE event (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,"
              + " event_type INTEGER NOT NULL, user_uuid TEXT)",
          "CREATE TABLE kv (k TEXT NOT NULL PRIMARY KEY, n INTEGER, data TEXT) WITHOUT ROWID",
          "CREATE TABLE meta (proc INTEGER NOT NULL PRIMARY KEY, seq INTEGER NOT NULL)",
          "CREATE TABLE untracked (id INTEGER PRIMARY KEY, junk BLOB)",
          "CREATE INDEX ciphers_user ON ciphers(user_uuid)");

  /// One row: a checksum of all of it, and one of the kept columns.
  private record State(long whole, long kept) {}

  private final Map<String, Map<String, State>> rowsOf = new HashMap<>();
  private final Deque<Map<String, State>> touched = new ArrayDeque<>();

  private static long crc(Object... values) {
    CRC32 crc = new CRC32();
    for (Object value : values) {
      crc.update((value + "|").getBytes(StandardCharsets.UTF_8));
    }
    return crc.getValue();
  }

  /// The checksum of a row's kept values, as the reader computes it too.
  static long keptCrc(List<Object> values) {
    return crc(values.toArray());
  }

  private State state(Connection c, Table table, String where, Object... values)
      throws SQLException {
    String sql =
        "SELECT " + String.join(",", table.kept()) + ",* FROM " + table.name() + " " + where;
    try (PreparedStatement s = c.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        s.setObject(i + 1, values[i]);
      }
      try (ResultSet r = s.executeQuery()) {
        return r.next() ? state(table, r) : null;
      }
    }
  }

  private static State state(Table table, ResultSet r) throws SQLException {
    Object[] kept = new Object[table.kept().size()];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = number(r.getObject(i + 1));
    }
    Object[] all = new Object[r.getMetaData().getColumnCount() - kept.length];
    int last = 0;
    for (int i = 0; i < all.length; i++) {
      Object value = number(r.getObject(kept.length + i + 1));
      // Columns that a migration added have no value of their own.
      boolean added = r.getMetaData().getColumnName(kept.length + i + 1).startsWith("x");
      all[i] = added ? "" : value;
      last = added ? last : i;
    }
    return new State(crc(java.util.Arrays.copyOf(all, last + 1)), crc(kept));
  }

  private static Object number(Object value) {
    return value instanceof Integer n ? (Object) n.longValue() : value;
  }

  /// Reads a process's own rows.
  ///
  /// @return its last transaction
  long load(Connection c, int proc) throws SQLException {
    for (Table table : TABLES) {
      Map<String, State> rows = new HashMap<>();
      String sql = "SELECT " + String.join(",", table.kept()) + ",* FROM " + table.name();
      try (Statement s = c.createStatement();
          ResultSet r = s.executeQuery(sql)) {
        while (r.next()) {
          StringBuilder key = new StringBuilder();
          for (int i = 1; i <= table.key().size(); i++) {
            key.append(i > 1 ? "~" : "").append(r.getString(i));
          }
          boolean ours =
              table.name().equals("event")
                  ? r.getString("user_uuid").startsWith(proc + "_")
                  : key.toString().startsWith(proc + "_");
          if (ours) {
            rows.put(key.toString(), state(table, r));
          }
        }
      }
      rowsOf.put(table.name(), rows);
    }
    try (Statement s = c.createStatement();
        ResultSet r = s.executeQuery("SELECT seq FROM meta WHERE proc=" + proc)) {
      return r.next() ? r.getLong(1) : 0;
    }
  }

  private Table table(String name) {
    return TABLES.stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
  }

  /// Takes note of a row after it was written.
  void note(Connection c, String tableName, Object... key) throws SQLException {
    Table table = table(tableName);
    StringBuilder where = new StringBuilder("WHERE ");
    StringBuilder joined = new StringBuilder();
    for (int i = 0; i < key.length; i++) {
      where.append(i > 0 ? " AND " : "").append(table.key().get(i)).append("=?");
      joined.append(i > 0 ? "~" : "").append(key[i]);
    }
    Map<String, State> rows = rowsOf.get(tableName);
    String id = tableName + "\t" + joined;
    if (!touched.getFirst().containsKey(id)) {
      touched.getFirst().put(id, rows.get(joined.toString())); // null if there was none
    }
    State now = state(c, table, where.toString(), key);
    if (now == null) {
      rows.remove(joined.toString());
    } else {
      rows.put(joined.toString(), now);
    }
  }

  /// A transaction begins, or a savepoint within it.
  void begin() {
    touched.addFirst(new LinkedHashMap<>());
  }

  /// What was begun last is undone.
  void rollback() {
    undo(touched.removeFirst());
  }

  private void undo(Map<String, State> states) {
    states.forEach((at, state) -> {
      int cut = at.indexOf('\t');
      Map<String, State> rows = rowsOf.get(at.substring(0, cut));
      if (state == null) {
        rows.remove(at.substring(cut + 1));
      } else {
        rows.put(at.substring(cut + 1), state);
      }
    });
  }

  /// The transaction ends: what it did, as one line.
  String end(long seq) {
    StringBuilder line = new StringBuilder(Long.toString(seq));
    touched
        .removeFirst()
        .forEach((id, before) -> {
          int cut = id.indexOf('\t');
          State after = rowsOf.get(id.substring(0, cut)).get(id.substring(cut + 1));
          line.append("\t" + id + "\t" + written(before) + "\t" + written(after));
        });
    return line.append('\n').toString();
  }

  private static String written(State state) {
    return state == null ? "-" : state.whole() + ":" + state.kept();
  }

  List<String> keys(String tableName) {
    return List.copyOf(rowsOf.get(tableName).keySet());
  }

  String anyKey(String tableName, int seed) {
    Map<String, State> rows = rowsOf.get(tableName);
    int skip = rows.isEmpty() ? 0 : seed % Math.min(rows.size(), 20);
    return rows.keySet().stream().skip(skip).findFirst().orElse(null);
  }

  /// All rows with the checksum of what is kept of them, one a line.
  String dump() {
    StringBuilder all = new StringBuilder();
    rowsOf.forEach((table, states) ->
        states.forEach(
            (key, state) -> all.append(table + "\t" + key + "\t" + state.kept() + "\n")));
    return all.toString();
  }
}
