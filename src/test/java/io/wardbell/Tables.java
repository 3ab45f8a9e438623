package io.wardbell;

import io.wardbell.change.Capture;
import io.wardbell.change.Columns;
import io.wardbell.change.Row;
import io.wardbell.change.RowChange;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.vault.VaultTables;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The server's tables as plain SQL reads them: what a source ought to have delivered.
final class Tables {
  private Tables() {}

  /// Every captured row, at one instant.
  static List<RowChange> snapshot(Connection connection) throws SQLException {
    boolean autoCommit = connection.getAutoCommit();
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    List<RowChange> rows = new ArrayList<>();
    try {
      for (Map.Entry<String, Capture.Table> table : VaultTables.CAPTURE.tables().entrySet()) {
        rows.addAll(read(connection, table.getKey(), table.getValue().columns()));
      }
    } finally {
      connection.rollback();
      connection.setAutoCommit(autoCommit);
    }
    return rows;
  }

  /// The names of the captured tables.
  static Set<String> names() {
    return VaultTables.CAPTURE.tables().keySet();
  }

  /// Every organization there is.
  static List<Id<Kind.Organization>> organizations(Connection connection) throws SQLException {
    List<Id<Kind.Organization>> ids = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT uuid FROM organizations")) {
      while (row.next()) {
        ids.add(Id.of(row.getString(1).strip()));
      }
    }
    return ids;
  }

  private static List<RowChange> read(Connection connection, String table, List<String> columns)
      throws SQLException {
    List<RowChange> rows = new ArrayList<>();
    Columns names = new Columns(columns);
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT " + String.join(", ", columns) + " FROM " + table)) {
      while (row.next()) {
        @Nullable Object[] values = new Object[columns.size()];
        for (int i = 0; i < values.length; i++) {
          values[i] = value(row.getMetaData().getColumnType(i + 1), row.getObject(i + 1));
        }
        rows.add(new RowChange.Upserted(table, new Row(names, values)));
      }
    }
    return rows;
  }

  /// SQLite has dates as text and booleans as numbers; only the declared type tells.
  private static @Nullable Object value(int type, @Nullable Object value) {
    return switch (value) {
      case null -> null;
      case Timestamp date -> date.toLocalDateTime().toInstant(ZoneOffset.UTC);
      case String text when type == Types.TIMESTAMP ->
          LocalDateTime.parse(text.replace(' ', 'T'))
              .toInstant(ZoneOffset.UTC)
              .truncatedTo(ChronoUnit.MICROS);
      case Integer number when type == Types.BOOLEAN -> number != 0;
      case Integer number -> (long) number;
      default -> value;
    };
  }
}
