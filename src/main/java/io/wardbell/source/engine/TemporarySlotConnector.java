package io.wardbell.source.engine;

import io.debezium.connector.postgresql.PostgresConnector;
import io.debezium.connector.postgresql.PostgresConnectorConfig;
import io.debezium.connector.postgresql.PostgresConnectorTask;
import io.debezium.connector.postgresql.PostgresSchema;
import io.debezium.connector.postgresql.connection.Lsn;
import io.debezium.connector.postgresql.connection.PostgresConnection;
import io.debezium.connector.postgresql.connection.PostgresReplicationConnection;
import io.debezium.connector.postgresql.connection.ReplicationConnection;
import io.debezium.connector.postgresql.connection.ReplicationStream;
import io.debezium.connector.postgresql.connection.WalPositionLocator;
import io.debezium.connector.postgresql.spi.SlotCreationResult;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.connect.connector.Task;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Debezium's PostgreSQL connector with a *temporary* replication slot: the server drops it with
/// the connection that made it, so that no orphan can hold back its log. Debezium does not offer
/// this, because it reconnects; ours never does.
///
/// Public because Debezium makes it by name.
@SuppressWarnings("unchecked") // The parent overrides a generic method by a raw one.
public final class TemporarySlotConnector extends PostgresConnector {
  /// How long the server may make a slot: it waits for all running transactions. Then it is told to
  /// stop, so that nothing of it stays behind. Below `task.management.timeout.ms`.
  private static final Duration SLOT_PATIENCE = Duration.ofMinutes(10);

  private static final Duration CONNECTION_PATIENCE = SLOT_PATIENCE.plusSeconds(30);

  /// How long the server is asked to bear with us, in milliseconds, whatever becomes of this
  /// process. The first two need an answer from a process that is alive: one that is frozen must
  /// not hold the server's stop up, for which container engines give it ten seconds, nor keep its
  /// log for ever in the midst of a snapshot. The last one makes it look after a client that is
  /// gone while it makes the slot; older ones than PostgreSQL 14, and some systems, lack it.
  private static final Map<String, Long> BOUNDS =
      Map.of(
          "wal_sender_timeout", 8_000L,
          "idle_in_transaction_session_timeout", SLOT_PATIENCE.toMillis(),
          "client_connection_check_interval", 2_000L);

  private static final Logger log = LoggerFactory.getLogger(TemporarySlotConnector.class);

  /// SQLSTATE of a statement that was told to stop.
  private static final String CANCELLED = "57014";

  @Override
  public Class<? extends Task> taskClass() {
    return TemporarySlotTask.class;
  }

  /// Public because Debezium makes it by name.
  public static final class TemporarySlotTask extends PostgresConnectorTask {
    @Override
    protected ReplicationConnection buildReplicationConnection(
        PostgresConnection jdbc, PostgresSchema schema, PostgresConnectorConfig config)
        throws SQLException {
      return new TemporarySlot(
          (PostgresReplicationConnection) super.buildReplicationConnection(jdbc, schema, config),
          jdbc,
          config);
    }
  }

  /// Begins a stream by Debezium's own connection.
  private interface Beginning {
    ReplicationStream begin() throws SQLException, InterruptedException;
  }

  private static final class TemporarySlot implements ReplicationConnection {
    private static final int VALID_SECONDS = 5;

    private final PostgresReplicationConnection connection;
    private final PostgresConnection jdbc;
    private final PostgresConnectorConfig config;

    /// The connection that made the slot, and for as long as which there is one.
    private @Nullable Connection maker;

    TemporarySlot(
        PostgresReplicationConnection connection,
        PostgresConnection jdbc,
        PostgresConnectorConfig config) {
      this.connection = connection;
      this.jdbc = jdbc;
      this.config = config;
    }

    @Override
    public Optional<SlotCreationResult> createReplicationSlot() throws SQLException {
      SocketGroup sockets = SocketGroup.named(config.slotName());
      Connection server = connection.connection(false);
      int usualMillis = server.getNetworkTimeout();
      server.setNetworkTimeout(Runnable::run, Math.toIntExact(CONNECTION_PATIENCE.toMillis()));
      sockets.slotAsked();
      SlotCreationResult made = create(server);
      sockets.slotMade();
      maker = server;
      server.setNetworkTimeout(Runnable::run, usualMillis);
      return Optional.of(made);
    }

    private SlotCreationResult create(Connection server) throws SQLException {
      try (Statement statement = server.createStatement()) {
        BOUNDS.forEach((name, millis) -> bound(statement, name, millis));
        statement.execute("SELECT 1"); // The server begins to look after us with a statement.
        statement.setQueryTimeout(Math.toIntExact(SLOT_PATIENCE.toSeconds()));
        statement.execute(
            "CREATE_REPLICATION_SLOT \"" + config.slotName() + "\" TEMPORARY LOGICAL pgoutput");
        try (ResultSet slot = statement.getResultSet()) {
          if (!slot.next()) {
            throw new SQLException("the server made no replication slot");
          }
          return new SlotCreationResult(
              slot.getString("slot_name"),
              slot.getString("consistent_point"),
              slot.getString("snapshot_name"),
              slot.getString("output_plugin"));
        }
      } catch (SQLException e) {
        throw CANCELLED.equals(e.getSQLState())
            ? new SQLException(
                "transactions have been running for more than %d minutes"
                    .formatted(SLOT_PATIENCE.toMinutes()),
                e.getSQLState())
            : e;
      }
    }

    private static void bound(Statement statement, String name, long millis) {
      try {
        statement.execute(
            """
            SELECT pg_catalog.set_config(name, '%d', false) FROM pg_catalog.pg_settings
            WHERE name = '%s' AND setting::int NOT BETWEEN 1 AND %1$d
            """
                .formatted(millis, name));
      } catch (SQLException e) {
        log.debug("{} stays as it is: {}", name, e.getMessage());
      }
    }

    @Override
    public ReplicationStream startStreaming(WalPositionLocator position)
        throws SQLException, InterruptedException {
      return whileSlotIsOurs(() -> connection.startStreaming(position));
    }

    @Override
    public ReplicationStream startStreaming(Lsn offset, WalPositionLocator position)
        throws SQLException, InterruptedException {
      return whileSlotIsOurs(() -> connection.startStreaming(offset, position));
    }

    /// Debezium connects again without a word if the connection broke while the snapshot was read,
    /// and makes another slot: one that stays, and that lacks what was committed in between.
    private ReplicationStream whileSlotIsOurs(Beginning beginning)
        throws SQLException, InterruptedException {
      Connection made = maker;
      if (made == null || !made.isValid(VALID_SECONDS)) {
        throw lost();
      }
      try {
        ReplicationStream stream = beginning.begin();
        if (made.equals(connection.connection(false))) {
          return new ConfirmingStream(stream, SocketGroup.named(config.slotName())::nanoTime);
        }
      } catch (SQLException | RuntimeException e) {
        drop();
        throw e;
      }
      drop();
      throw lost();
    }

    private void drop() throws SQLException {
      connection.close(false);
      jdbc.dropReplicationSlot(config.slotName());
    }

    private static SQLException lost() {
      return new SQLException("the connection was lost, and its temporary slot with it");
    }

    @Override
    public void initConnection() throws SQLException, InterruptedException {
      connection.initConnection();
    }

    @Override
    public boolean isConnected() throws SQLException {
      return connection.isConnected();
    }

    @Override
    public void reconnect() throws SQLException {
      throw lost();
    }

    @Override
    public void close() {
      connection.close(false);
    }
  }
}
