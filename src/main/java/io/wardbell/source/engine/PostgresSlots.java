package io.wardbell.source.engine;

import io.wardbell.change.HeldLog;
import io.wardbell.change.SourceFault;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// This process's replication slots, as the server has them. Any thread; each question is a
/// connection of its own.
///
/// A slot is made when all transactions have ended that ran when it was asked for, in whatever
/// database of the server. A server process that waits for them does not notice that its client has
/// gone, so that we have to end it.
final class PostgresSlots {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final PostgresConnections connections;
  private final String prefix;
  private final long bytesMax;
  private final LongSupplier nanoTime;

  /// @param prefix how the names of our slots begin, and no others
  /// @param bytesMax how much log they may hold
  PostgresSlots(
      PostgresConnections connections, String prefix, long bytesMax, LongSupplier nanoTime) {
    this.connections = connections;
    this.prefix = prefix;
    this.bytesMax = bytesMax;
    this.nanoTime = nanoTime;
  }

  String prefix() {
    return prefix;
  }

  /// Ends what is left of earlier engines. Waits until it is gone, for some seconds.
  ///
  /// @throws SourceFault if it is still there
  void clear() throws SourceFault, InterruptedException {
    long end = nanoTime.getAsLong() + PATIENCE.toNanos();
    while (terminate() > 0) {
      if (nanoTime.getAsLong() - end > 0) {
        throw SourceFault.unreachable(
            "the server still holds a replication slot of an earlier connection: "
                + prefix
                + "… [WB-PG-29]");
      }
      Thread.sleep(100);
    }
  }

  /// Ends the server processes that hold our slots. A role may end its own.
  ///
  /// @return how many there were
  int terminate() throws SourceFault {
    try (Connection connection = connections.open();
        PreparedStatement statement =
            connection.prepareStatement(
                """
                SELECT count(pg_catalog.pg_terminate_backend(active_pid))
                FROM pg_catalog.pg_replication_slots
                WHERE starts_with(slot_name::text, ?) AND active_pid IS NOT NULL
                """)) {
      statement.setString(1, prefix);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? row.getInt(1) : 0;
      }
    } catch (SQLException e) {
      throw connections.explain(e);
    }
  }

  /// Whether the primary that the address leads to now is not the one that has our slots.
  boolean areElsewhere() throws SourceFault {
    try (Connection connection = connections.open();
        PreparedStatement statement =
            connection.prepareStatement(
                """
                SELECT NOT pg_catalog.pg_is_in_recovery() AND NOT EXISTS (
                  SELECT FROM pg_catalog.pg_replication_slots
                  WHERE starts_with(slot_name::text, ?))
                """)) {
      statement.setString(1, prefix);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() && row.getBoolean(1);
      }
    } catch (SQLException e) {
      throw connections.explain(e);
    }
  }

  /// What our slot makes the server keep; null while there is none.
  @Nullable HeldLog held() throws SourceFault {
    try (Connection connection = connections.open();
        PreparedStatement statement =
            connection.prepareStatement(
                """
                SELECT slot_name,
                       pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), restart_lsn),
                       least(?, (SELECT setting::bigint * 1024 * 1024
                                 FROM pg_catalog.pg_settings
                                 WHERE name = 'max_slot_wal_keep_size' AND setting::bigint >= 0))
                FROM pg_catalog.pg_replication_slots
                WHERE starts_with(slot_name::text, ?) AND restart_lsn IS NOT NULL
                ORDER BY 2 DESC LIMIT 1
                """)) {
      statement.setLong(1, bytesMax);
      statement.setString(2, prefix);
      try (ResultSet row = statement.executeQuery()) {
        return row.next() ? new HeldLog(row.getString(1), row.getLong(2), row.getLong(3)) : null;
      }
    } catch (SQLException e) {
      throw connections.explain(e);
    }
  }

  /// Who waits for a table that a connection holds, for people; null if nobody does.
  ///
  /// @param name the connection's `application_name`
  @Nullable String waiting(String name) throws SourceFault {
    try (Connection connection = connections.open();
        PreparedStatement statement =
            connection.prepareStatement(
                """
                SELECT w.pid, w.relation::regclass::text
                FROM pg_catalog.pg_locks w
                WHERE NOT w.granted AND w.locktype = 'relation' AND EXISTS (
                  SELECT FROM pg_catalog.pg_stat_activity a
                  WHERE a.application_name = ? AND a.usename = current_user
                    AND a.pid = ANY (pg_catalog.pg_blocking_pids(w.pid)))
                LIMIT 1
                """)) {
      statement.setString(1, name);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? "process %d waited for table %s: the snapshot gave way"
                .formatted(row.getInt(1), row.getString(2))
            : null;
      }
    } catch (SQLException e) {
      throw connections.explain(e);
    }
  }

  /// Which transaction the making of a slot waits for, for people; null if for none just now. What
  /// others do is not for our role to read, but who they are is.
  @Nullable String blocker(String slot) throws SourceFault {
    try (Connection connection = connections.open();
        PreparedStatement statement =
            connection.prepareStatement(
                """
                SELECT b.pid, coalesce(a.usename, '?'), coalesce(a.datname, '?')
                FROM pg_catalog.pg_replication_slots s
                CROSS JOIN LATERAL unnest(pg_catalog.pg_blocking_pids(s.active_pid)) AS b(pid)
                LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = b.pid
                WHERE s.slot_name = ? ORDER BY b.pid LIMIT 1
                """)) {
      statement.setString(1, slot);
      try (ResultSet row = statement.executeQuery()) {
        return row.next()
            ? "process %d (role %s, database %s)"
                .formatted(row.getInt(1), row.getString(2), row.getString(3))
            : null;
      }
    } catch (SQLException e) {
      throw connections.explain(e);
    }
  }
}
