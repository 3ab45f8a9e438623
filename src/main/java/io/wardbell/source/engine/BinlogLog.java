package io.wardbell.source.engine;

import io.wardbell.change.SourceFault;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Asks a server how far its log is.
final class BinlogLog {
  private static final Duration FIRST_TRANSACTION_MAX = Duration.ofSeconds(10);

  private final BinlogConnections connections;

  BinlogLog(BinlogConnections connections) {
    this.connections = connections;
  }

  /// A place such that all before it is visible to whoever begins to read rows after this returned.
  /// The log is written before a commit is visible, so that its end is not such a place.
  ///
  /// MariaDB tells one that is exact. MySQL does so with GTIDs; else its end is taken and then
  /// waited until commits that were under way are visible.
  BinlogPosition start(BinlogPlan plan) throws SourceFault, InterruptedException {
    try (Connection connection = connections.open()) {
      return switch (plan.server()) {
        case MARIADB -> visibleOnMariaDb(connection);
        case MYSQL -> {
          BinlogPosition end = end(connection);
          Thread.sleep(plan.settle());
          yield end;
        }
      };
    } catch (SQLException e) {
      throw connections.explain(e);
    }
  }

  private static BinlogPosition visibleOnMariaDb(Connection connection)
      throws SQLException, SourceFault, InterruptedException {
    int triesMax = Math.toIntExact(FIRST_TRANSACTION_MAX.toMillis() / 100);
    for (int tries = 0; tries < triesMax; tries++) {
      BinlogPosition position = snapshotPosition(connection);
      if (position != null) {
        return position;
      }
      Thread.sleep(100);
    }
    throw SourceFault.unreachable(
        "the binary log holds no transaction yet: waiting for the first [WB-MY-28]");
  }

  /// null while there is no transaction in the log: Debezium cannot begin without one.
  private static @Nullable BinlogPosition snapshotPosition(Connection connection)
      throws SQLException {
    String file = "";
    long offset = 0;
    try (Statement statement = connection.createStatement()) {
      statement.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT");
      try (ResultSet rows = statement.executeQuery("SHOW STATUS LIKE 'binlog_snapshot_%'")) {
        while (rows.next()) {
          if (rows.getString(1).equalsIgnoreCase("binlog_snapshot_file")) {
            file = rows.getString(2);
          } else if (rows.getString(1).equalsIgnoreCase("binlog_snapshot_position")) {
            offset = rows.getLong(2);
          }
        }
      }
      statement.execute("COMMIT");
    }
    try (var statement = connection.prepareStatement("SELECT BINLOG_GTID_POS(?, ?)")) {
      statement.setString(1, file);
      statement.setLong(2, offset);
      try (ResultSet row = statement.executeQuery()) {
        @Nullable String gtids = row.next() ? row.getString(1) : null;
        return file.isEmpty() || gtids == null || gtids.isBlank()
            ? null
            : new BinlogPosition(file, offset, gtids);
      }
    }
  }

  /// Where the log ends.
  ///
  /// @throws GapException if that cannot be asked
  BinlogPosition end() throws GapException {
    try (Connection connection = connections.open()) {
      return end(connection);
    } catch (SQLException | SourceFault e) {
      throw new GapException("position", "where the log ends could not be asked");
    }
  }

  private static BinlogPosition end(Connection connection) throws SQLException {
    try {
      return status(connection, "SHOW MASTER STATUS");
    } catch (SQLException e) {
      return status(connection, "SHOW BINARY LOG STATUS"); // MySQL 8.4 and later.
    }
  }

  private static BinlogPosition status(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      if (!row.next()) {
        throw new SQLException("the binary log is off");
      }
      @Nullable String gtids = row.getMetaData().getColumnCount() > 4 ? row.getString(5) : null;
      return new BinlogPosition(row.getString(1), row.getLong(2), gtids == null ? "" : gtids);
    }
  }
}
