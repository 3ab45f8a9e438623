package io.wardbell.demo;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/// Writes to every table of a database, whatever tables it has: a row in, changed, out again.
/// Parents before children, as the foreign keys want it.
final class EveryTable {
  private record Table(
      String name,
      List<String> columns,
      List<String> types,
      List<String> key,
      List<Parent> parents) {}

  private record Parent(String column, String table, String parentColumn) {}

  private static int counter;

  private final Connection connection;

  EveryTable(Connection connection) {
    this.connection = connection;
  }

  /// Inserts, updates and deletes a row in each table; returns the tables' names.
  List<String> write() throws SQLException {
    List<Table> tables = parentsFirst();
    Map<String, Map<String, Object>> rows = new LinkedHashMap<>();
    for (Table table : tables) {
      rows.put(table.name(), insert(table, rows));
    }
    for (Table table : tables) {
      update(table, row(rows, table.name()));
    }
    for (Table table : tables.reversed()) {
      Map<String, Object> row = row(rows, table.name());
      execute(
          "DELETE FROM " + table.name() + " WHERE " + equal(table.key(), " AND "),
          table.key().stream().map(row::get).toList(),
          table.name());
    }
    return tables.stream().map(Table::name).toList();
  }

  private Map<String, Object> insert(Table table, Map<String, Map<String, Object>> rows)
      throws SQLException {
    Map<String, Object> row = new LinkedHashMap<>();
    for (int i = 0; i < table.columns().size(); i++) {
      row.put(table.columns().get(i), value(table.types().get(i)));
    }
    for (Parent parent : table.parents()) {
      row.put(parent.column(), row(rows, parent.table()).get(parent.parentColumn()));
    }
    String marks = row.keySet().stream().map(_ -> "?").collect(Collectors.joining(", "));
    execute(
        "INSERT INTO %s (%s) VALUES (%s)"
            .formatted(table.name(), String.join(", ", row.keySet()), marks),
        new ArrayList<>(row.values()),
        table.name());
    return row;
  }

  private void update(Table table, Map<String, Object> row) throws SQLException {
    List<String> changed = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    List<String> bound = table.parents().stream().map(Parent::column).toList();
    for (int i = 0; i < table.columns().size(); i++) {
      String column = table.columns().get(i);
      if (!table.key().contains(column)) {
        changed.add(column);
        values.add(bound.contains(column) ? row.get(column) : value(table.types().get(i)));
      }
    }
    if (changed.isEmpty()) { // A relation: its key is all it has.
      changed.addAll(table.key());
      values.addAll(table.key().stream().map(row::get).toList());
    }
    values.addAll(table.key().stream().map(row::get).toList());
    execute(
        "UPDATE %s SET %s WHERE %s"
            .formatted(table.name(), equal(changed, ", "), equal(table.key(), " AND ")),
        values,
        table.name());
  }

  private static Map<String, Object> row(Map<String, Map<String, Object>> rows, String table) {
    return Objects.requireNonNull(rows.get(table), table);
  }

  private void execute(String sql, List<Object> values, String table) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.size(); i++) {
        statement.setObject(i + 1, values.get(i));
      }
      int rows = statement.executeUpdate();
      if (rows != 1) {
        throw new SQLException(rows + " rows instead of one: " + sql);
      }
    } catch (SQLException e) {
      throw new SQLException("the server could not write to " + table + ": " + e.getMessage(), e);
    }
  }

  private static String equal(List<String> columns, String between) {
    return columns.stream().map(c -> c + " = ?").collect(Collectors.joining(between));
  }

  private static Object value(String type) {
    int n = ++counter;
    return switch (type) {
      case "bool" -> n % 2 == 0;
      case "int4" -> n;
      case "int8" -> (long) n;
      case "timestamp" -> LocalDateTime.of(2026, 1, 1, 0, 0).plusSeconds(n);
      case "bytea" -> new byte[] {(byte) n};
      case "text", "varchar", "bpchar" -> "v" + n;
      default -> throw new IllegalArgumentException("no value for the type " + type);
    };
  }

  private List<Table> parentsFirst() throws SQLException {
    List<Table> waiting = new ArrayList<>();
    for (String name :
        texts(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = %s ORDER BY 1")) {
      waiting.add(table(name));
    }
    List<Table> ordered = new ArrayList<>();
    List<String> done = new ArrayList<>();
    while (!waiting.isEmpty()) {
      List<Table> ready = new ArrayList<>();
      for (Table table : waiting) {
        if (table.parents().stream().allMatch(p -> done.contains(p.table()))) {
          ready.add(table);
        }
      }
      if (ready.isEmpty()) {
        throw new IllegalStateException("foreign keys in a circle: " + waiting);
      }
      ordered.addAll(ready);
      waiting.removeAll(ready);
      ready.forEach(t -> done.add(t.name()));
    }
    return ordered;
  }

  private Table table(String name) throws SQLException {
    String columns =
        " FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid WHERE a.attnum > 0"
            + " AND NOT a.attisdropped AND a.attrelid = '"
            + name
            + "'::regclass ORDER BY attnum";
    List<String> names = texts("SELECT attname" + columns);
    List<String> key =
        texts(
            "SELECT attname FROM pg_attribute a JOIN pg_index i ON i.indrelid = a.attrelid"
                + " AND a.attnum = ANY (i.indkey) WHERE i.indisprimary AND i.indrelid = '"
                + name
                + "'::regclass");
    return new Table(
        name, names, texts("SELECT typname" + columns), key.isEmpty() ? names : key, parents(name));
  }

  private List<Parent> parents(String table) throws SQLException {
    return texts(
            "SELECT (SELECT attname FROM pg_attribute WHERE attrelid = conrelid"
                + " AND attnum = conkey[1]) || ' ' || confrelid::regclass || ' ' || (SELECT attname"
                + " FROM pg_attribute WHERE attrelid = confrelid AND attnum = confkey[1])"
                + " FROM pg_constraint WHERE contype = 'f' AND conrelid = '"
                + table
                + "'::regclass")
        .stream()
        .map(text -> text.split(" ", -1))
        .map(parts -> new Parent(parts[0], parts[1], parts[2]))
        .toList();
  }

  private List<String> texts(String sql) throws SQLException {
    List<String> all = new ArrayList<>();
    try (Statement s = connection.createStatement();
        ResultSet r = s.executeQuery(sql.replace("%s", "'public'::regnamespace"))) {
      while (r.next()) {
        all.add(r.getString(1));
      }
    }
    return all;
  }
}
