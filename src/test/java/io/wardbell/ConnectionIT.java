package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wardbell.change.SourceState;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.SetupSql;
import io.wardbell.demo.ThrowawayPostgres;
import io.wardbell.demo.VaultServer;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.source.engine.PostgresDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// How the connection to the database behaves when things are not simple.
class ConnectionIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static ThrowawayPostgres server;

  private final Queue<Delivery> deliveries = new ConcurrentLinkedQueue<>();

  @BeforeAll
  static void start() throws Exception {
    server = ThrowawayPostgres.start();
    try (Connection connection = server.connect()) {
      ServerSchema.postgresql().create(connection);
      SetupSql.install(connection);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private Attached attach(PostgresDatabase database) {
    return new Attached(database, deliveries::add).start();
  }

  private void awaitTold(String folder) {
    await().atMost(SOON).until(() -> isTold(folder));
  }

  private boolean isTold(String folder) {
    return deliveries.stream()
        .anyMatch(delivery ->
            delivery.notification() instanceof Notification.OfFolder told
                && told.id().toString().equals(folder));
  }

  @Test
  void aUnixDomainSocketCarriesIt() throws Exception {
    Path socket = server.socketFolder().resolve(".s.PGSQL." + server.port());
    try (Attached wardbell = attach(Attached.database(server.port(), Optional.of(socket)));
        Connection connection = server.connect()) {
      VaultServer vault = VaultServer.on(connection);
      awaitTold(vault.folders().create(vault.accounts().register("socket@example.com")));
      assertThat(wardbell.catchUps).hasValue(1);
    }
  }

  @Test
  void aNetworkThatSwallowsEverythingIsNoticedAndHealed() throws Exception {
    try (StallingProxy network = new StallingProxy(server.port());
        Attached wardbell = attach(Attached.database(network.port(), Optional.empty()));
        Connection connection = server.connect()) {
      VaultServer vault = VaultServer.on(connection);
      String user = vault.accounts().register("hole@example.com");
      network.stall();
      String folder = vault.folders().create(user);
      await()
          .atMost(Duration.ofSeconds(40))
          .until(() -> !(wardbell.source.state() instanceof SourceState.Streaming));
      assertThat(isTold(folder)).isFalse();
      network.resume();
      awaitTold(folder);
      wardbell.awaitFollowing();
    }
  }

  /// With synchronous replication a commit is in the log before anybody can see it: a client told
  /// then would fetch the row as it was.
  @Test
  void aChangeIsToldOnlyWhenOthersCanSeeIt() throws Exception {
    try (Connection owner = server.connect();
        Connection writer = server.connect();
        Statement statement = owner.createStatement()) {
      VaultServer vault = VaultServer.on(writer);
      String user = vault.accounts().register("sync@example.com");
      statement.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'");
      statement.execute("SELECT pg_reload_conf()");
      try (Attached wardbell = attach(Attached.database(server.port(), Optional.empty()))) {
        AtomicLong committed = new AtomicLong(Long.MAX_VALUE);
        Thread writing =
            Thread.ofPlatform()
                .start(() -> {
                  try {
                    vault.folders().create(user);
                    committed.set(System.nanoTime());
                  } catch (SQLException e) {
                    throw new IllegalStateException(e);
                  }
                });
        await().atMost(SOON).until(() -> waitsForStandby(statement));
        // The log is read that far, and the reader asks whether it may tell.
        await().atMost(SOON).until(() -> asksForVisibility(statement));
        assertThat(deliveries).isEmpty();
        statement.execute("ALTER SYSTEM RESET synchronous_standby_names");
        statement.execute("SELECT pg_reload_conf()");
        writing.join();
        await().atMost(SOON).until(() -> !deliveries.isEmpty());
        assertThat(wardbell.catchUps).hasValue(1);
      }
    }
  }

  private static boolean waitsForStandby(Statement statement) throws SQLException {
    return exists(statement, "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'");
  }

  private static boolean asksForVisibility(Statement statement) throws SQLException {
    return exists(
        statement,
        "SELECT 1 FROM pg_stat_activity WHERE query LIKE 'SELECT txid_current_snapshot%'");
  }

  private static boolean exists(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      return row.next();
    }
  }

  @Test
  void theSlotIsGoneWithItsConnection() throws Exception {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      try (Attached wardbell = attach(Attached.database(server.port(), Optional.empty()))) {
        assertThat(slots(statement)).containsExactly(true);
        assertThat(wardbell.catchUps).hasValue(1);
      }
      await().atMost(SOON).until(() -> slots(statement).isEmpty());
    }
  }

  /// The server makes a slot when all transactions that write have ended, of all its databases.
  @Test
  void aLongTransactionIsWaitedForAndNamed() throws Exception {
    try (Connection elsewhere =
            DriverManager.getConnection(
                server.jdbcUrl("postgres"), server.superuser(), server.password());
        Statement writing = elsewhere.createStatement();
        Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      elsewhere.setAutoCommit(false);
      writing.execute("SELECT txid_current()");
      try (Attached wardbell =
          new Attached(Attached.database(server.port(), Optional.empty()), _ -> {})) {
        wardbell.pipeline.start();
        wardbell.source.start(wardbell.pipeline);
        await().atMost(SOON).until(() -> isAwayFor(wardbell, "database postgres"));
        long patience = System.nanoTime() + Duration.ofSeconds(8).toNanos();
        // Longer than the connection's usual patience with the server.
        await().atMost(SOON).until(() -> System.nanoTime() - patience > 0);
        assertThat(isAwayFor(wardbell, "transactions")).isTrue();
        assertThat(slots(statement)).containsExactly(true);
        elsewhere.commit();
        wardbell.awaitFollowing();
        assertThat(slots(statement)).containsExactly(true);
        assertThat(wardbell.catchUps).hasValue(1);
      }
    }
  }

  @Test
  void whoLeavesWhileATransactionIsWaitedForLeavesNothingBehind() throws Exception {
    try (Connection writer = server.connect();
        Statement writing = writer.createStatement();
        Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      writer.setAutoCommit(false);
      writing.execute("SELECT txid_current()");
      try (Attached wardbell =
          new Attached(Attached.database(server.port(), Optional.empty()), _ -> {})) {
        wardbell.pipeline.start();
        wardbell.source.start(wardbell.pipeline);
        await().atMost(SOON).until(() -> isAwayFor(wardbell, "transactions"));
      }
      await().atMost(SOON).until(() -> slots(statement).isEmpty());
      writer.rollback();
    }
  }

  private static boolean isAwayFor(Attached wardbell, String reason) {
    return wardbell.source.state() instanceof SourceState.Away(_, var why) && why.contains(reason);
  }

  /// Whether each slot is temporary.
  private static List<Boolean> slots(Statement statement) throws SQLException {
    try (ResultSet row = statement.executeQuery("SELECT temporary FROM pg_replication_slots")) {
      List<Boolean> temporary = new java.util.ArrayList<>();
      while (row.next()) {
        temporary.add(row.getBoolean(1));
      }
      return temporary;
    }
  }
}
