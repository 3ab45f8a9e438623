package io.wardbell.sim;

import io.wardbell.change.Capture;
import io.wardbell.change.Columns;
import io.wardbell.change.Row;
import io.wardbell.change.RowChange;
import io.wardbell.vault.VaultTables;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// A database without transactions of more than one statement. What its log shows of a save depends
/// on the dialect, as with real ones; what only the server reads (`x_...` columns) is not in the
/// log.
final class Database {
  /// How a row is saved, how exactly dates are kept, and whether a save of an item takes its
  /// archives along, and says so.
  enum Dialect {
    POSTGRESQL(false, 1, false, true),
    SQLITE(true, 1, true, true),
    MARIADB(true, 1_000_000, true, false);

    final boolean replaces;
    final long dateMicros;
    final boolean cascades;
    final boolean logsCascades;

    Dialect(boolean replaces, long dateMicros, boolean cascades, boolean logsCascades) {
      this.replaces = replaces;
      this.dateMicros = dateMicros;
      this.cascades = cascades;
      this.logsCascades = logsCascades;
    }
  }

  /// A foreign key said no.
  static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message);
    }
  }

  /// A real database that is sent the same statements, and whose log is read in place of this one.
  interface Twin {
    /// What its statements and its log are like.
    Dialect dialect();

    void save(String table, Map<String, Object> row);

    void update(String table, List<Map<String, Object>> rows);

    /// One DELETE.
    void delete(String table, List<Map<String, Object>> rows);

    /// What its log says of the statement that was sent last.
    List<RowChange> logged(List<RowChange> expected);
  }

  private static final Map<String, String> REFERENCES =
      Map.ofEntries(
          Map.entry("user_uuid", "users"),
          Map.entry("grantor_uuid", "users"),
          Map.entry("grantee_uuid", "users"),
          Map.entry("organization_uuid", "organizations"),
          Map.entry("org_uuid", "organizations"),
          Map.entry("organizations_uuid", "organizations"),
          Map.entry("cipher_uuid", "ciphers"),
          Map.entry("collection_uuid", "collections"),
          Map.entry("collections_uuid", "collections"),
          Map.entry("folder_uuid", "folders"),
          Map.entry("groups_uuid", "groups"),
          Map.entry("users_organizations_uuid", "users_organizations"));

  final Dialect dialect;
  private final Timeline time;
  private final Map<String, LinkedHashMap<List<Object>, Map<String, Object>>> tables =
      new HashMap<>();
  private final Map<String, Columns> columns = new HashMap<>();
  private Consumer<List<RowChange>> log = changes -> {};
  private Consumer<String> beforeStatement = table -> {};
  private final Twin twin;
  private final String prefix;
  private int nextId;
  int statements;

  /// Commits that changed anything but accounts.
  int changes;

  /// In memory alone.
  Database(Timeline time, Dialect dialect) {
    this(time, dialect, null, "");
  }

  /// @param twin null for none
  /// @param prefix of all ids, so that many can share a real database
  Database(Timeline time, Dialect dialect, Twin twin, String prefix) {
    this.prefix = prefix;
    this.time = time;
    this.dialect = dialect;
    this.twin = twin;
    VaultTables.CAPTURE
        .tables()
        .forEach((name, table) -> {
          tables.put(name, new LinkedHashMap<>());
          columns.put(name, new Columns(table.columns()));
        });
  }

  void onCommit(Consumer<List<RowChange>> log) {
    this.log = log;
  }

  void beforeStatement(Consumer<String> action) {
    beforeStatement = action;
  }

  /// A row that is there already.
  void put(String table, Map<String, Object> row) {
    tables.get(table).put(key(table, row), row);
  }

  String newId(String kind) {
    return prefix + kind + "%03d".formatted(++nextId);
  }

  /// The time as a date column keeps it.
  Instant now() {
    return stored(time.now());
  }

  Instant stored(Instant date) {
    long micros = date.getEpochSecond() * 1_000_000 + date.getNano() / 1_000;
    long kept = micros - Math.floorMod(micros, dialect.dateMicros);
    return Instant.ofEpochSecond(kept / 1_000_000, kept % 1_000_000 * 1_000);
  }

  static Map<String, Object> row(Object... columnsAndValues) {
    Map<String, Object> row = new TreeMap<>();
    for (int i = 0; i < columnsAndValues.length; i += 2) {
      if (columnsAndValues[i + 1] != null) {
        row.put((String) columnsAndValues[i], columnsAndValues[i + 1]);
      }
    }
    return row;
  }

  private List<Object> key(String table, Map<String, Object> row) {
    List<Object> key = new ArrayList<>(2);
    for (String column : VaultTables.CAPTURE.tables().get(table).key()) {
      key.add(row.get(column));
    }
    return key;
  }

  Map<String, Object> get(String table, Object... key) {
    return tables.get(table).get(List.of(key));
  }

  List<Map<String, Object>> all(String table) {
    return new ArrayList<>(tables.get(table).values());
  }

  Iterable<Map<String, Object>> rows(String table) {
    return tables.get(table).values();
  }

  List<Map<String, Object>> where(String table, String column, Object value) {
    List<Map<String, Object>> found = new ArrayList<>();
    for (Map<String, Object> row : tables.get(table).values()) {
      if (value.equals(row.get(column))) {
        found.add(row);
      }
    }
    return found;
  }

  // ---- statements: each is a commit ----

  /// Saves the whole row in the dialect's manner.
  void save(String table, Map<String, Object> row) {
    REFERENCES.forEach((column, parents) -> {
      Object parent = row.get(column);
      if (parent != null && !tables.get(parents).containsKey(List.of(parent))) {
        throw new Refused(table + " needs " + column + " " + parent);
      }
    });
    beforeStatement.accept(table);
    List<Object> key = key(table, row);
    Map<String, Object> before = tables.get(table).put(key, row);
    List<RowChange> changes = new ArrayList<>();
    boolean replaces = dialect.replaces && before != null && !table.equals("users");
    if (replaces) {
      changes.add(new RowChange.Deleted(table, logged(table, before)));
      if (table.equals("ciphers") && dialect.cascades) {
        cascade(row.get("uuid"), changes);
      }
    }
    changes.add(new RowChange.Upserted(table, logged(table, row)));
    if (twin != null) {
      twin.save(table, row);
    }
    commit("SAVE " + table + " " + key, changes);
  }

  private void cascade(Object cipher, List<RowChange> changes) {
    for (Map<String, Object> archive : where("archives", "cipher_uuid", cipher)) {
      tables.get("archives").remove(key("archives", archive));
      if (dialect.logsCascades) {
        changes.add(new RowChange.Deleted("archives", logged("archives", archive)));
      }
    }
  }

  /// A plain UPDATE of one row.
  void update(String table, Map<String, Object> row, Object... columnsAndValues) {
    beforeStatement.accept(table);
    Map<String, Object> copy = new TreeMap<>(row);
    copy.putAll(row(columnsAndValues));
    tables.get(table).put(key(table, copy), copy);
    if (twin != null) {
      twin.update(table, List.of(copy));
    }
    commit(
        "UPDATE " + table + " " + key(table, copy),
        List.of(new RowChange.Upserted(table, logged(table, copy))));
  }

  /// One DELETE, of however many rows.
  void delete(String table, Predicate<Map<String, Object>> which) {
    beforeStatement.accept(table);
    List<RowChange> changes = new ArrayList<>();
    for (Map<String, Object> row : all(table)) {
      if (which.test(row)) {
        refuseIfReferenced(table, row);
      }
    }
    List<Map<String, Object>> gone = all(table).stream().filter(which).toList();
    if (twin != null && !gone.isEmpty()) {
      twin.delete(table, gone);
    }
    for (Map<String, Object> row : gone) {
      tables.get(table).remove(key(table, row));
      if (table.equals("ciphers")) {
        cascade(row.get("uuid"), changes);
      }
      changes.add(new RowChange.Deleted(table, logged(table, row)));
    }
    commit("DELETE " + table + " " + changes.size(), changes);
  }

  private void refuseIfReferenced(String table, Map<String, Object> row) {
    Object id = row.get("uuid");
    if (id == null) {
      return;
    }
    REFERENCES.forEach((column, parents) -> {
      if (parents.equals(table)) {
        tables.forEach((child, rows) -> {
          boolean cascades = child.equals("archives");
          if (!cascades && rows.values().stream().anyMatch(r -> id.equals(r.get(column)))) {
            throw new Refused(child + " refers to " + id);
          }
        });
      }
    });
  }

  /// UPDATE of every row.
  void updateAll(String table, Object... columnsAndValues) {
    beforeStatement.accept(table);
    List<RowChange> changes = new ArrayList<>();
    for (Map<String, Object> row : all(table)) {
      Map<String, Object> copy = new TreeMap<>(row);
      copy.putAll(row(columnsAndValues));
      tables.get(table).put(key(table, copy), copy);
      changes.add(new RowChange.Upserted(table, logged(table, copy)));
    }
    if (twin != null) {
      twin.update(table, all(table));
    }
    commit("UPDATE all " + table, changes);
  }

  private void commit(String what, List<RowChange> changes) {
    statements++;
    if (!changes.isEmpty()) {
      this.changes += changes.getFirst().table().equals("users") ? 0 : 1;
      time.tell("    " + what);
      log.accept(twin == null ? changes : twin.logged(changes));
    }
  }

  private Row logged(String table, Map<String, Object> row) {
    Capture.Table shape = VaultTables.CAPTURE.tables().get(table);
    Object[] values = new Object[shape.columns().size()];
    for (int i = 0; i < values.length; i++) {
      Object value = row.get(shape.columns().get(i));
      values[i] = value instanceof Integer number ? (Object) number.longValue() : value;
    }
    return new Row(columns.get(table), values);
  }

  /// All rows of these tables, at this instant.
  List<RowChange> snapshot(Iterable<String> names) {
    List<RowChange> rows = new ArrayList<>();
    for (String name : names) {
      for (Map<String, Object> row : tables.get(name).values()) {
        rows.add(new RowChange.Upserted(name, logged(name, row)));
      }
    }
    return rows;
  }
}
