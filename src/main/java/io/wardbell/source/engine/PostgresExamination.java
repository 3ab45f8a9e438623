package io.wardbell.source.engine;

import io.wardbell.change.Capture;
import io.wardbell.change.SourceFault;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/// What `wardbell doctor` says of a PostgreSQL database: what [PostgresPreflight] found, and how
/// much log slots may hold.
final class PostgresExamination {
  private PostgresExamination() {}

  static Examination of(PostgresDatabase database, Capture capture) throws SourceFault {
    PostgresConnections connections = new PostgresConnections(database);
    try (Connection connection = connections.open()) {
      PostgresPlan plan =
          new PostgresPreflight(capture, database.publication(), PostgresSource.SLOTS)
              .check(connection);
      connections.tryReplication();
      List<String> good = new ArrayList<>();
      good.add(
          "%s answers: PostgreSQL %s"
              .formatted(database.where(), connection.getMetaData().getDatabaseProductVersion()));
      good.add("wal_level is logical, and a replication slot and a sender are free");
      good.add("role %s may replicate".formatted(database.user()));
      good.add(
          "publication %s has %d tables, whose keys and grants are right"
              .formatted(database.publication(), plan.tables().size()));
      good.add(
          plan.synchronous()
              ? "commits wait for standbys: changes are told when others can see them"
              : "commits wait for no standby");
      List<String> advice = new ArrayList<>();
      cap(connection, advice, good);
      idleSlots(connection, advice);
      return new Examination(good, plan.faults(), advice);
    } catch (SQLException e) {
      throw connections.explain(e);
    }
  }

  private static void cap(Connection connection, List<String> advice, List<String> good)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT setting::bigint, pg_catalog.current_setting(name)
                FROM pg_catalog.pg_settings WHERE name = 'max_slot_wal_keep_size'
                """)) {
      if (!row.next()) {
        return; // PostgreSQL 12 has no cap.
      }
      if (row.getLong(1) < 0) {
        advice.add(
            "max_slot_wal_keep_size has no cap, so that a slot whose reader is slow can fill the"
                + " disk: run ALTER SYSTEM SET max_slot_wal_keep_size = '4GB'; SELECT"
                + " pg_reload_conf(); [WB-PG-31]");
      } else {
        good.add("slots may hold %s of log at most".formatted(row.getString(2)));
      }
    }
  }

  private static void idleSlots(Connection connection, List<String> advice) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT slot_name, pg_catalog.pg_size_pretty(pg_catalog.pg_wal_lsn_diff(
                         pg_catalog.pg_current_wal_lsn(), restart_lsn))
                FROM pg_catalog.pg_replication_slots
                WHERE NOT active AND NOT temporary AND restart_lsn IS NOT NULL
                ORDER BY slot_name LIMIT 10
                """)) {
      while (row.next()) {
        advice.add(
            ("slot %1$s, which is not Wardbell's, is read by nobody and holds %2$s of log: if nobody"
                    + " needs it, run SELECT pg_drop_replication_slot('%1$s'); [WB-PG-32]")
                .formatted(row.getString(1), row.getString(2)));
      }
    }
  }
}
