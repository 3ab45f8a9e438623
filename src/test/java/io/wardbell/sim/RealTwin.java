package io.wardbell.sim;

import io.wardbell.change.Capture;
import io.wardbell.change.ChangeSource;
import io.wardbell.change.Row;
import io.wardbell.change.RowChange;
import io.wardbell.change.SourceEvent;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import io.wardbell.source.engine.SourceDatabase;
import io.wardbell.vault.VaultTables;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.Types;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Sends the simulation's statements to a real database, as the server would, and reads what they
/// made in its log by the product's own source. Only the time between them is not real.
final class RealTwin implements Database.Twin, AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;
  private static final byte[] BYTES = {1};
  private static final DateTimeFormatter TEXT =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS");

  private record Column(String name, int type, boolean required) {}

  private final Connection connection;
  private final Database.Dialect dialect;
  private final ChangeSource source;
  private final BlockingQueue<SourceEvent> log = new LinkedBlockingQueue<>();
  private final Map<String, List<Column>> columns = new HashMap<>();
  private final Map<String, Map<String, Object>> written = new HashMap<>();

  /// Whether the last statement left all as it was, so that no log shows it.
  private boolean same;

  /// The rows that it left as they were, of those that it was about.
  private final Set<String> unchanged = new HashSet<>();

  int commits;

  RealTwin(Connection connection, SourceDatabase database) throws SQLException {
    this.connection = connection;
    dialect =
        switch (connection.getMetaData().getDatabaseProductName()) {
          case "PostgreSQL" -> Database.Dialect.POSTGRESQL;
          case "SQLite" -> Database.Dialect.SQLITE;
          default -> Database.Dialect.MARIADB;
        };
    source = database.source(VaultTables.CAPTURE, Clock.system(), new Metrics());
    source.start((event, patience) -> log.offer(event, patience.toMillis(), TimeUnit.MILLISECONDS));
    while (!(next("the first snapshot") instanceof SourceEvent.SnapshotDone)) {
      // What other seeds left is none of this one's business.
    }
  }

  @Override
  public Database.Dialect dialect() {
    return dialect;
  }

  private SourceEvent next(String what) {
    try {
      SourceEvent event = log.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (event == null) {
        throw new AssertionError("the log never shows " + what + "; " + source.state());
      }
      return event;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  // ---- statements ----

  @Override
  public void save(String table, Map<String, Object> row) {
    Map<String, Object> whole = whole(table, row);
    if (isWritten(table, row, whole)) {
      return;
    }
    List<String> names = List.copyOf(whole.keySet());
    String insert =
        "INTO %s (%s) VALUES (%s)"
            .formatted(
                quoted(table),
                String.join(", ", names.stream().map(this::quoted).toList()),
                String.join(", ", Collections.nCopies(names.size(), "?")));
    String sets = String.join(", ", names.stream().map(n -> quoted(n) + " = ?").toList());
    List<Object> values = new ArrayList<>(whole.values());
    if (dialect.replaces && !table.equals("users")) {
      try {
        run("REPLACE " + insert, values);
      } catch (SQLIntegrityConstraintViolationException referred) {
        updateOne(table, row, whole); // As the server does: other rows refer to this one.
      } catch (SQLException e) {
        throw failed(table, e);
      }
      return;
    }
    String conflict =
        dialect == Database.Dialect.MARIADB
            ? " ON DUPLICATE KEY UPDATE "
            : " ON CONFLICT (%s) DO UPDATE SET "
                .formatted(String.join(", ", key(table).stream().map(this::quoted).toList()));
    values.addAll(whole.values());
    runOrFail(table, "INSERT " + insert + conflict + sets, values);
  }

  @Override
  public void update(String table, List<Map<String, Object>> rows) {
    if (rows.size() > 1) { // Every row of it gets the same date.
      for (Map<String, Object> row : rows) {
        if (isWritten(table, row, whole(table, row))) {
          unchanged.add(place(table, row));
        }
      }
      runOrFail(
          table,
          "UPDATE " + quoted(table) + " SET updated_at = ?",
          List.of(parameter(rows.getFirst().get("updated_at"))));
      return;
    }
    for (Map<String, Object> row : rows) {
      Map<String, Object> whole = whole(table, row);
      if (!isWritten(table, row, whole)) {
        updateOne(table, row, whole);
      }
    }
  }

  private void updateOne(String table, Map<String, Object> row, Map<String, Object> whole) {
    List<Object> values = new ArrayList<>(whole.values());
    key(table).forEach(column -> values.add(row.get(column)));
    String sets = String.join(", ", whole.keySet().stream().map(n -> quoted(n) + " = ?").toList());
    runOrFail(table, "UPDATE " + quoted(table) + " SET " + sets + where(table), values);
  }

  /// Whether the row is just that already, which happens, as time stands still between some
  /// statements here.
  private boolean isWritten(String table, Map<String, Object> row, Map<String, Object> whole) {
    Map<String, Object> stored = new TreeMap<>(whole);
    stored.replaceAll(
        (_, value) -> value instanceof Boolean flag ? (Object) (flag ? 1 : 0) : value);
    same = stored.equals(written.put(place(table, row), stored));
    return same;
  }

  private static String place(String table, Map<String, Object> row) {
    StringBuilder place = new StringBuilder(table);
    key(table).forEach(column -> place.append(' ').append(row.get(column)));
    return place.toString();
  }

  @Override
  public void delete(String table, List<Map<String, Object>> rows) {
    List<Object> values = new ArrayList<>();
    List<String> conditions = new ArrayList<>();
    for (Map<String, Object> row : rows) {
      written.remove(place(table, row));
      conditions.add(where(table).substring(" WHERE ".length()));
      key(table).forEach(column -> values.add(row.get(column)));
    }
    runOrFail(
        table,
        "DELETE FROM " + quoted(table) + " WHERE " + String.join(" OR ", conditions),
        values);
  }

  private void runOrFail(String table, String sql, List<Object> values) {
    try {
      run(sql, values);
    } catch (SQLException e) {
      throw failed(table, e);
    }
  }

  private static AssertionError failed(String table, SQLException e) {
    return new AssertionError("the real database refuses a statement on " + table, e);
  }

  private void run(String sql, List<Object> values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.size(); i++) {
        statement.setObject(i + 1, values.get(i));
      }
      same = statement.executeUpdate() == 0;
    }
  }

  private static List<String> key(String table) {
    return VaultTables.CAPTURE.tables().get(table).key();
  }

  private String where(String table) {
    return " WHERE "
        + String.join(" AND ", key(table).stream().map(n -> quoted(n) + " = ?").toList());
  }

  private String quoted(String name) {
    return dialect == Database.Dialect.MARIADB ? "`" + name + "`" : "\"" + name + "\"";
  }

  private Object parameter(Object value) {
    if (!(value instanceof Instant instant)) {
      return value;
    }
    LocalDateTime date = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    return dialect == Database.Dialect.SQLITE ? TEXT.format(date) : date;
  }

  /// All columns of the table that have to have a value, with content that changes as the row's.
  private Map<String, Object> whole(String table, Map<String, Object> row) {
    Map<String, Object> whole = new TreeMap<>();
    String content = String.valueOf(row.get(key(table).getFirst())) + row;
    for (Column column : columns(table)) {
      Object value = row.get(column.name());
      boolean captured = VaultTables.CAPTURE.tables().get(table).columns().contains(column.name());
      if (value != null || (captured && !column.required())) {
        whole.put(column.name(), parameter(value));
      } else if (column.required()) {
        whole.put(column.name(), filler(column.type(), content));
      }
    }
    return whole;
  }

  private Object filler(int type, String content) {
    return switch (type) {
      case Types.BOOLEAN, Types.BIT -> false;
      case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> 0;
      case Types.TIMESTAMP, Types.DATE -> parameter(Instant.EPOCH.plusSeconds(86_400));
      case Types.BINARY, Types.VARBINARY, Types.LONGVARBINARY, Types.BLOB -> BYTES;
      case Types.CHAR -> content.substring(0, Math.min(30, content.length()));
      default -> content.substring(0, Math.min(250, content.length()));
    };
  }

  private List<Column> columns(String table) {
    return columns.computeIfAbsent(
        table,
        _ -> {
          List<Column> found = new ArrayList<>();
          try {
            DatabaseMetaData about = connection.getMetaData();
            try (ResultSet all =
                about.getColumns(connection.getCatalog(), connection.getSchema(), table, "%")) {
              while (all.next()) {
                if (all.getString("TABLE_NAME").equals(table)) {
                  found.add(
                      new Column(
                          all.getString("COLUMN_NAME"),
                          all.getInt("DATA_TYPE"),
                          all.getInt("NULLABLE") == DatabaseMetaData.columnNoNulls));
                }
              }
            }
          } catch (SQLException e) {
            throw failed(table, e);
          }
          return found;
        });
  }

  // ---- the log ----

  @Override
  public List<RowChange> logged(List<RowChange> expected) {
    if (same) {
      unchanged.clear();
      return List.of();
    }
    Set<String> missing = new HashSet<>();
    String table = expected.getLast().table(); // Others are cascades, which some logs lack.
    for (RowChange change : expected) {
      if (change.table().equals(table)) {
        missing.add(place(change));
      }
    }
    missing.removeAll(unchanged);
    unchanged.clear();
    List<RowChange> read = new ArrayList<>();
    while (!missing.isEmpty()) {
      switch (next("a change of " + missing)) {
        case SourceEvent.Rows(var changes, _) -> {
          read.addAll(changes);
          changes.forEach(change -> missing.remove(place(change)));
        }
        case SourceEvent.Unreadable unreadable -> throw new AssertionError(unreadable);
        case SourceEvent.Lost lost -> throw new AssertionError(lost);
        case SourceEvent.SnapshotBegun _, SourceEvent.SnapshotDone _ -> {
          // Not in between.
        }
      }
    }
    commits++;
    return read;
  }

  private static String place(RowChange change) {
    Row row = change.row();
    Capture.Table table = VaultTables.CAPTURE.tables().get(change.table());
    StringBuilder place = new StringBuilder(change.table());
    table
        .key()
        .forEach(column -> place.append(' ').append(String.valueOf(row.text(column)).trim()));
    return place.toString();
  }

  @Override
  public void close() {
    source.close();
  }
}
