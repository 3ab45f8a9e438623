package io.wardbell.source.sqlite.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;

/// Follows a database and folds what it is told, checking that each event fits what is known.
@NullUnmarked
final class Follower implements AutoCloseable {
  static final Selection EVERYTHING = except();

  final LiveDatabase database;
  final List<String> events = new ArrayList<>();
  final List<Transaction.Kind> kinds = new ArrayList<>();
  final Map<String, Map<String, List<Object>>> tables = new TreeMap<>();
  private final Map<String, TableLayout> layouts = new HashMap<>();

  Follower(Path path, Selection selection) {
    this(new DiskFiles(path), selection);
  }

  Follower(DatabaseFiles files, Selection selection) {
    database =
        new LiveDatabase(files, selection, new Timing(System::nanoTime, InstantSource.system()));
  }

  /// Everything but columns called `data`, and tables called `untracked`.
  static Selection except(String... columns) {
    Set<String> left = Set.of(columns);
    return new Selection() {
      @Override
      public boolean includesTable(String table) {
        return !table.equals("untracked");
      }

      @Override
      public boolean includesColumn(String table, String column) {
        return !left.contains(column);
      }
    };
  }

  Follower start() throws IOException, InterruptedException {
    fold(database.snapshot());
    events.clear();
    kinds.clear();
    return this;
  }

  /// Looks until there is nothing new.
  List<String> poll() throws IOException, InterruptedException {
    events.clear();
    kinds.clear();
    int quiet = 0;
    database.expectNewFiles();
    while (quiet < 2) {
      quiet = database.poll(this::fold) ? 0 : quiet + 1;
    }
    return events;
  }

  void fold(Transaction transaction) {
    kinds.add(transaction.kind());
    for (TableLayout layout : transaction.defined()) {
      layouts.put(layout.name(), layout);
      tables.computeIfAbsent(layout.name(), _ -> new HashMap<>());
    }
    for (RowEvent event : transaction.rows()) {
      fold(event);
    }
    for (TableLayout layout : transaction.dropped()) {
      assertThat(tables.remove(layout.name())).isEmpty();
      layouts.remove(layout.name());
    }
  }

  private void fold(RowEvent event) {
    TableLayout layout = event.table();
    Map<String, List<Object>> rows = tables.get(layout.name());
    assertThat(rows).as("a table that was defined: %s", layout.name()).isNotNull();
    List<Object> before = plain(event.before());
    List<Object> after = plain(event.after());
    String key = key(layout, before == null ? after : before);
    events.add("%s %s %s".formatted(event.operation().name().charAt(0), layout.name(), key));
    switch (event.operation()) {
      case READ, CREATE -> assertThat(rows.put(key, after)).as("new %s", key).isNull();
      case UPDATE -> {
        List<Object> known = rows.put(key(layout, after), after);
        if (known != null && known.size() == before.size()) {
          assertThat(before).as("before %s", key).isEqualTo(known);
        }
      }
      case DELETE -> assertThat(rows.remove(key)).as("deleted %s", key).isNotNull();
    }
  }

  static List<Object> plain(Object[] values) {
    if (values == null) {
      return null;
    }
    List<Object> all = new ArrayList<>(Arrays.asList(values));
    all.replaceAll(v -> v instanceof byte[] b ? "x" + HexFormat.of().formatHex(b) : v);
    return all;
  }

  private static String key(TableLayout layout, List<Object> values) {
    List<Object> key = new ArrayList<>();
    for (int i = 0; i < layout.columns().size(); i++) {
      if (layout.key().isEmpty() || layout.key().contains(layout.columns().get(i).name())) {
        key.add(values.get(i));
      }
    }
    return key.toString();
  }

  /// The fold is what SQLite says.
  void assertSameAs(Connection connection) throws SQLException {
    for (String table : tables.keySet()) {
      assertThat(tables.get(table)).as(table).isEqualTo(select(connection, layouts.get(table)));
    }
  }

  private static Map<String, List<Object>> select(Connection connection, TableLayout layout)
      throws SQLException {
    List<String> names =
        layout.columns().stream().map(c -> "\"" + c.name().replace("\"", "\"\"") + "\"").toList();
    Map<String, List<Object>> rows = new HashMap<>();
    String sql = "SELECT " + String.join(",", names) + " FROM \"" + layout.name() + "\"";
    try (Statement s = connection.createStatement();
        ResultSet r = s.executeQuery(sql)) {
      while (r.next()) {
        Object[] values = new Object[names.size()];
        for (int i = 0; i < values.length; i++) {
          Object value = r.getObject(i + 1);
          values[i] = value instanceof Integer n ? Long.valueOf(n) : value;
        }
        List<Object> plain = plain(values);
        rows.put(key(layout, plain), plain);
      }
    }
    return rows;
  }

  @Override
  public void close() {
    database.close();
  }
}
