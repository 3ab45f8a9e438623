package io.wardbell.demo;

import io.wardbell.observe.Clock;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Types;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Single statements on an autocommit connection, in the server's manner: a row is saved as a
/// whole, and each statement is a transaction of its own. Belongs to one thread at a time.
final class ServerRows {
  private final Connection connection;
  private final Dialect dialect;
  private final Clock clock;
  private final Supplier<String> ids;
  private final Random noise = new Random(1);
  private final Map<String, List<String>> columns = new HashMap<>();
  private final Map<String, List<String>> keys = new HashMap<>();

  ServerRows(Connection connection, Dialect dialect, Clock clock, Supplier<String> ids) {
    this.connection = connection;
    this.dialect = dialect;
    this.clock = clock;
    this.ids = ids;
  }

  Dialect dialect() {
    return dialect;
  }

  /// A new id.
  String newId() {
    return ids.get();
  }

  /// The server's time: its host's clock, UTC.
  LocalDateTime now() {
    return LocalDateTime.ofInstant(clock.now(), ZoneOffset.UTC);
  }

  /// Text as a client encrypts it; never twice the same, and too random to be compressed.
  String ciphertext(int bytes) {
    byte[] raw = new byte[bytes];
    noise.nextBytes(raw);
    return "2." + Base64.getEncoder().encodeToString(raw);
  }

  /// Random bytes, as a hash or salt.
  byte[] bytes(int count) {
    byte[] raw = new byte[count];
    noise.nextBytes(raw);
    return raw;
  }

  /// True if the server's release has the table.
  boolean has(String table) throws SQLException {
    return !columnsOf(table).isEmpty();
  }

  /// An empty row.
  ///
  /// @throws UnsupportedOperationException if the server's release has no such table
  Row blank(String table) throws SQLException {
    List<String> all = columnsOf(table);
    if (all.isEmpty()) {
      throw new UnsupportedOperationException(
          "the server's release in this database has no table " + table);
    }
    return new Row(table, all);
  }

  /// The row with the given value in the given column.
  ///
  /// @throws SQLException if there is none
  Row load(String table, String column, Object value) throws SQLException {
    List<Row> found = find(table, column, value);
    if (found.isEmpty()) {
      throw new SQLException("no row in " + table + " with " + column + " " + value);
    }
    return found.getFirst();
  }

  /// All rows with the given value in the given column.
  List<Row> find(String table, String column, Object value) throws SQLException {
    List<Row> found = new ArrayList<>();
    Row shape = blank(table);
    String sql =
        "SELECT %s FROM %s WHERE %s = ?"
            .formatted(String.join(", ", shape.columns()), table, column);
    try (PreparedStatement statement = prepare(sql, Arrays.asList(value));
        ResultSet result = statement.executeQuery()) {
      ResultSetMetaData types = result.getMetaData();
      while (result.next()) {
        Row row = blank(table);
        for (int i = 1; i <= types.getColumnCount(); i++) {
          row.set(
              shape.columns().get(i - 1),
              dialect.readsDates() && types.getColumnType(i) == Types.TIMESTAMP
                  ? result.getObject(i, LocalDateTime.class)
                  : result.getObject(i));
        }
        found.add(row);
      }
    }
    return found;
  }

  /// Writes every column, new row or not.
  void save(Row row) throws SQLException {
    List<String> key = keyOf(row.table());
    try {
      execute(dialect.save(row.table(), row.columns(), key), row.values());
    } catch (SQLIntegrityConstraintViolationException referred) {
      if (dialect != Dialect.MYSQL) {
        throw referred;
      }
      // As the server does: other rows refer to this one, so that it cannot be deleted.
      List<@Nullable Object> parameters = row.values();
      key.forEach(column -> parameters.add(row.get(column)));
      execute(dialect.update(row.table(), row.columns(), key), parameters);
    }
  }

  /// Writes a new row.
  void insert(Row row) throws SQLException {
    execute(dialect.insert(row.table(), row.columns()), row.values());
  }

  /// Writes a relation's row unless it is there.
  void relate(Row row) throws SQLException {
    execute(dialect.relate(row.table(), row.columns()), row.values());
  }

  /// DELETE with equality on the given columns; returns the number of rows.
  int delete(String table, Map<String, ?> where) throws SQLException {
    Map<String, Object> sorted = new TreeMap<>(where);
    String condition =
        sorted.keySet().stream().map(c -> c + " = ?").collect(Collectors.joining(" AND "));
    return execute(
        "DELETE FROM " + table + " WHERE " + condition, new ArrayList<>(sorted.values()));
  }

  /// Any one statement; returns the number of rows.
  int execute(String sql, List<? extends @Nullable Object> parameters) throws SQLException {
    try (PreparedStatement statement = prepare(sql, parameters)) {
      return statement.executeUpdate();
    }
  }

  /// The first column of a query, as text.
  List<String> texts(String sql, Object... parameters) throws SQLException {
    List<String> found = new ArrayList<>();
    try (PreparedStatement statement = prepare(sql, Arrays.asList(parameters));
        ResultSet result = statement.executeQuery()) {
      while (result.next()) {
        found.add(result.getString(1));
      }
    }
    return found;
  }

  private PreparedStatement prepare(String sql, List<? extends @Nullable Object> parameters)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(dialect.quoted(sql));
    for (int i = 0; i < parameters.size(); i++) {
      statement.setObject(i + 1, dialect.parameter(parameters.get(i)));
    }
    return statement;
  }

  private List<String> columnsOf(String table) throws SQLException {
    List<String> known = columns.get(table);
    if (known == null) {
      known = new ArrayList<>();
      DatabaseMetaData about = connection.getMetaData();
      try (ResultSet found =
          about.getColumns(connection.getCatalog(), connection.getSchema(), table, "%")) {
        while (found.next()) {
          if (found.getString("TABLE_NAME").equals(table)) { // "_" in the name is a wildcard.
            known.add(found.getString("COLUMN_NAME"));
          }
        }
      }
      columns.put(table, known);
    }
    return known;
  }

  private List<String> keyOf(String table) throws SQLException {
    List<String> known = keys.get(table);
    if (known == null) {
      known = new ArrayList<>();
      DatabaseMetaData about = connection.getMetaData();
      try (ResultSet found =
          about.getPrimaryKeys(connection.getCatalog(), connection.getSchema(), table)) {
        while (found.next()) {
          known.add(found.getString("COLUMN_NAME"));
        }
      }
      keys.put(table, known);
    }
    return known;
  }
}
