package io.wardbell.sim;

import io.wardbell.vault.VaultTables;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What the server would answer out of a real database, as of one instant.
///
/// Left out is what leaves no trace in the columns that Wardbell reads and may change while the log
/// is lost: the names of organizations and collections, the data of policies.
public final class ServerView {
  private static final Map<String, List<String>> CONTENT =
      Map.of(
          "ciphers", List.of("name", "data"),
          "folders", List.of("name"),
          "sends", List.of("name", "data"));
  private static final Set<String> FLAGS =
      Set.of("access_all", "read_only", "hide_passwords", "manage", "enabled", "approved");

  private final Server server;

  private ServerView(Server server) {
    this.server = server;
  }

  /// Reads views over one connection. Belongs to one thread at a time.
  public static final class Reader {
    private final Connection connection;
    private final Map<String, List<String>> columns = new HashMap<>();

    /// @param connection of the reader's own; it makes its own transactions
    public Reader(Connection connection) throws SQLException {
      this.connection = connection;
      connection.setAutoCommit(false);
      if (!connection.getMetaData().getDatabaseProductName().equals("SQLite")) {
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      }
    }

    /// All tables as of now.
    public ServerView read() throws SQLException {
      Database copy = new Database(new Timeline(0), Database.Dialect.POSTGRESQL);
      try {
        for (String table : VaultTables.CAPTURE.tables().keySet()) {
          read(table, copy);
        }
      } finally {
        connection.rollback();
      }
      return new ServerView(new Server(copy, true));
    }

    private void read(String table, Database copy) throws SQLException {
      List<String> names = columns(table);
      if (names.isEmpty()) {
        return;
      }
      String quote =
          connection.getMetaData().getIdentifierQuoteString().isBlank()
              ? "\""
              : connection.getMetaData().getIdentifierQuoteString();
      String list = String.join(", ", names.stream().map(n -> quote + n + quote).toList());
      try (Statement statement = connection.createStatement();
          ResultSet rows =
              statement.executeQuery("SELECT " + list + " FROM " + quote + table + quote)) {
        while (rows.next()) {
          copy.put(table, row(table, names, rows));
        }
      }
    }

    private static Map<String, Object> row(String table, List<String> names, ResultSet rows)
        throws SQLException {
      List<String> content = CONTENT.getOrDefault(table, List.of());
      Map<String, Object> row = new TreeMap<>();
      int hash = 0;
      for (int i = 0; i < names.size(); i++) {
        String name = names.get(i);
        if (content.contains(name)) {
          hash = 31 * hash + String.valueOf(rows.getString(i + 1)).hashCode();
        } else {
          Object value = value(name, rows, i + 1);
          if (value != null) {
            row.put(name, value);
          }
        }
      }
      if (!content.isEmpty()) {
        row.put("x_data", Integer.toHexString(hash));
      }
      return row;
    }

    private static @Nullable Object value(String name, ResultSet rows, int column)
        throws SQLException {
      if (name.equals("akey") || rows.getObject(column) == null) {
        return null;
      }
      if (FLAGS.contains(name)) {
        return rows.getBoolean(column);
      }
      return switch (rows.getObject(column)) {
        case Boolean flag -> flag;
        case Number number -> number.intValue();
        case Timestamp _ -> rows.getObject(column, LocalDateTime.class).toInstant(ZoneOffset.UTC);
        case LocalDateTime date -> date.toInstant(ZoneOffset.UTC);
        case Object other -> text(name, other.toString().strip());
      };
    }

    private static Object text(String name, String text) {
      return name.endsWith("_at") || name.endsWith("_date")
          ? LocalDateTime.parse(text.replace(' ', 'T')).toInstant(ZoneOffset.UTC)
          : text;
    }

    /// Those that are captured and those that people see, as far as this release has them.
    private List<String> columns(String table) throws SQLException {
      List<String> known = columns.get(table);
      if (known != null) {
        return known;
      }
      List<String> wanted = new ArrayList<>(VaultTables.CAPTURE.tables().get(table).columns());
      wanted.addAll(CONTENT.getOrDefault(table, List.of()));
      List<String> found = new ArrayList<>();
      DatabaseMetaData about = connection.getMetaData();
      try (ResultSet all =
          about.getColumns(connection.getCatalog(), connection.getSchema(), table, "%")) {
        while (all.next()) {
          if (all.getString("TABLE_NAME").equals(table)
              && wanted.contains(all.getString("COLUMN_NAME"))) {
            found.add(all.getString("COLUMN_NAME"));
          }
        }
      }
      columns.put(table, found);
      return found;
    }
  }

  /// `/sync`.
  public Copy sync(String user) {
    return server.sync(user);
  }

  /// One item; null if it is gone or not the user's.
  public Copy.@Nullable Item cipher(String user, String id) {
    return server.cipher(user, id);
  }

  /// One folder or Send; null if it is gone or not the user's.
  public Copy.@Nullable Thing thing(String user, String id, boolean send) {
    return server.folder(user, id, send);
  }

  /// When the account changed; null if there is none.
  public @Nullable Instant revisionDate(String user) {
    return server.revisionDate(user);
  }

  /// Whether the account is there and enabled.
  public boolean mayLogIn(String user) {
    return server.isEnabled(user);
  }
}
