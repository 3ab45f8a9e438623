package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.SetupSql;
import io.wardbell.demo.TestPostgres;
import io.wardbell.demo.ThrowawayPostgres.Shutdown;
import io.wardbell.demo.VaultServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// What a PostgreSQL server has to bear of a Wardbell that is healthy, frozen or killed: nothing
/// that lasts.
@ParameterizedClass
@MethodSource("io.wardbell.demo.TestPostgres$Version#selected")
final class HarmlessCheck {
  private static final Duration SOON = Duration.ofSeconds(60);

  /// Not so few that a snapshot is over before anybody has looked.
  private static final int ITEMS = 150_000;

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static @Nullable TestPostgres running;

  private final TestPostgres.Version version;
  private final TestPostgres server = Objects.requireNonNull(running);
  @TempDir private Path folder;

  HarmlessCheck(TestPostgres.Version version) {
    this.version = version;
  }

  @BeforeParameterizedClassInvocation
  static void start(TestPostgres.Version version) throws Exception {
    running = TestPostgres.start(version);
    try (Connection administrator = running.connect()) {
      ServerSchema.postgresql().create(administrator);
      SetupSql.install(administrator);
      VaultServer vault = VaultServer.on(administrator);
      vault.ciphers().create(vault.accounts().register("ann@example.org"));
      try (Statement statement = administrator.createStatement()) {
        statement.execute("CREATE DATABASE neighbour");
        statement.execute(
            "INSERT INTO ciphers SELECT (jsonb_populate_record(c, jsonb_build_object('uuid',"
                + " md5(n::text)::uuid))).* FROM ciphers c, generate_series(1, "
                + ITEMS
                + ") n");
      }
    }
  }

  @AfterParameterizedClassInvocation
  static void stop() throws IOException {
    Objects.requireNonNull(running).close();
  }

  // ---- Wardbell ----

  private ServeProcess serve(Map<String, String> more) throws Exception {
    Tokens.create("http://localhost").writeKey(folder.resolve("rsa_key.pem"));
    Map<String, String> environment = new HashMap<>(more);
    environment.put("DATA_FOLDER", folder.toString());
    environment.put("WARDBELL_DATABASE_URL", server.databaseUrl(SetupSql.ROLE, SetupSql.PASSWORD));
    environment.put("WARDBELL_DATABASE_PATIENCE", "60s");
    return new ServeProcess(folder.resolve("said.log"), environment);
  }

  private static String sync(ServeProcess wardbell) {
    try {
      return HTTP.send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + wardbell.operatorPort + "/syncz"))
                  .timeout(Duration.ofSeconds(3))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return ""; // It is not there yet, or not awake.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  private static void awaitSynced(ServeProcess wardbell) {
    await().atMost(SOON).until(() -> sync(wardbell).contains("\"synced\":true"));
  }

  // ---- the server ----

  private boolean holds(String condition) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT " + condition)) {
      return row.next() && row.getBoolean(1);
    }
  }

  private void awaitThat(Duration patience, String condition) {
    await(condition).atMost(patience).until(() -> holds(condition));
  }

  private Connection neighbour() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + server.port() + "/neighbour",
        server.superuser(),
        server.password());
  }

  private void run(String... statements) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static final String READS_ITEMS =
      "EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
          + " WHERE l.relation = 'ciphers'::regclass AND a.usename = '"
          + SetupSql.ROLE
          + "' AND a.application_name <> 'wardbell')";

  private static final String NO_SLOT = "NOT EXISTS (SELECT FROM pg_replication_slots)";

  private long stopMillis() throws IOException {
    long began = System.nanoTime();
    server.stop(Shutdown.FAST);
    long took = (System.nanoTime() - began) / 1_000_000;
    server.startAgain();
    return took;
  }

  // ---- its stop ----

  @Test
  void aFastStopTakesAsLongAsWithoutWardbell() throws Exception {
    long first = stopMillis();
    long alone = Math.max(first, stopMillis());
    try (ServeProcess wardbell = serve(Map.of())) {
      for (int i = 0; i < 4; i++) {
        awaitSynced(wardbell);
        long pause = System.nanoTime() + i * 1_000_000_000L; // Whatever it is doing just then.
        await().until(() -> System.nanoTime() > pause);
        long took = stopMillis();
        System.out.printf("%s: stop beside Wardbell %d ms, alone %d ms%n", version, took, alone);
        assertThat(took).isLessThan(alone + 1_500);
        await().atMost(SOON).until(() -> !sync(wardbell).contains("\"synced\":true"));
      }
    }
  }

  /// Container engines give a server ten seconds.
  @Test
  void aFrozenWardbellDoesNotHoldAStopUp() throws Exception {
    try (ServeProcess wardbell = serve(Map.of())) {
      awaitSynced(wardbell);
      awaitThat(SOON, "EXISTS (SELECT FROM pg_stat_replication WHERE state = 'streaming')");
      wardbell.signal("STOP");
      long began = System.nanoTime();
      run("UPDATE ciphers SET updated_at = now() WHERE uuid < '1'", "CHECKPOINT");
      assertThat(System.nanoTime() - began).isLessThan(5_000_000_000L);
      long took = stopMillis();
      System.out.printf("%s: stop beside a frozen Wardbell %d ms%n", version, took);
      assertThat(took).isLessThan(10_000);
      wardbell.signal("CONT");
      awaitSynced(wardbell);
    }
  }

  // ---- its log ----

  /// On versions that cannot look after a client while they wait, the transaction's end is the
  /// slot's, too.
  @Test
  void aKillWhileTheSlotIsMadeLeavesNone() throws Exception {
    boolean looksAfterClients =
        holds("EXISTS (SELECT FROM pg_settings WHERE name = 'client_connection_check_interval')");
    try (Connection other = neighbour();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("SELECT txid_current()");
      try (ServeProcess wardbell = serve(Map.of())) {
        await().atMost(SOON).until(() -> sync(wardbell).contains("WB-PG-30"));
        wardbell.kill();
      }
      if (looksAfterClients) {
        awaitThat(Duration.ofSeconds(10), NO_SLOT);
      }
      other.rollback();
    }
    awaitThat(Duration.ofSeconds(10), NO_SLOT);
  }

  @Test
  void aKillInTheSnapshotOrTheStreamLeavesNoSlot() throws Exception {
    for (boolean snapshot : new boolean[] {true, false}) {
      try (ServeProcess wardbell = serve(Map.of())) {
        if (snapshot) {
          awaitThat(SOON, READS_ITEMS);
        } else {
          awaitSynced(wardbell);
        }
        assertThat(holds(NO_SLOT)).isFalse();
        wardbell.kill();
      }
      awaitThat(Duration.ofSeconds(5), NO_SLOT);
    }
  }

  @Test
  void aQuietVaultInABusyClusterKeepsNoLog() throws Exception {
    try (ServeProcess wardbell = serve(Map.of());
        Connection other = neighbour();
        Statement statement = other.createStatement();
        Connection own = server.connect()) {
      awaitSynced(wardbell);
      VaultServer vault = VaultServer.on(own);
      vault.folders().create(vault.accounts().register(version + "@example.org"));
      statement.execute("CREATE TABLE big AS SELECT 0 AS n, repeat('x', 1000) AS t");
      for (int i = 0; i < 100; i++) {
        statement.execute(
            "INSERT INTO big SELECT n, repeat('x', 1000) FROM generate_series(1, 1000) n");
      }
      statement.execute("CHECKPOINT");
      awaitThat(
          Duration.ofSeconds(40),
          "max(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)) < 1e6 AND"
              + " max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)) < 20e6"
              + " FROM pg_replication_slots");
      statement.execute("DROP TABLE big");
    }
  }

  /// A transaction that writes and does not end, in whichever database, makes the server keep the
  /// log for every slot.
  @Test
  void moreLogThanAgreedIsLetGo() throws Exception {
    try (ServeProcess wardbell = serve(Map.of("WARDBELL_WAL_MEGABYTES", "32"));
        Connection idle = neighbour();
        Statement begun = idle.createStatement();
        Connection other = neighbour();
        Statement statement = other.createStatement()) {
      awaitSynced(wardbell);
      idle.setAutoCommit(false);
      begun.execute("CREATE TABLE kept (n int)");
      statement.execute(
          "CREATE TABLE big AS SELECT n, repeat('x', 1000) AS t FROM generate_series(1, 60000) n");
      await().atMost(Duration.ofSeconds(90)).until(() -> wardbell.said().contains("WB-PG-33"));
      awaitThat(
          SOON,
          "coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)), 0) < 10e6"
              + " FROM pg_replication_slots");
      idle.rollback();
      awaitSynced(wardbell);
      assertThat(sync(wardbell)).contains("\"retainedLogBytes\":");
      statement.execute("DROP TABLE big");
    }
  }

  // ---- its migrations ----

  @Test
  void aMigrationGoesBeforeASnapshot() throws Exception {
    try (ServeProcess wardbell = serve(Map.of())) {
      awaitThat(SOON, READS_ITEMS);
      long took = migrate("healthy");
      assertThat(took).isLessThan(5_000);
      awaitSynced(wardbell);
      assertThat(wardbell.said()).contains("waited for table ciphers");
    }
  }

  @Test
  void aFrozenSnapshotDoesNotHoldAMigrationUp() throws Exception {
    try (ServeProcess wardbell = serve(Map.of())) {
      awaitThat(SOON, READS_ITEMS);
      wardbell.signal("STOP");
      long took = migrate("frozen");
      assertThat(took).isLessThan(15_000);
      wardbell.signal("CONT");
      awaitSynced(wardbell);
    }
  }

  private long migrate(String state) throws SQLException {
    assertThat(holds(READS_ITEMS)).as("the snapshot still runs").isTrue();
    long began = System.nanoTime();
    run(
        "SET statement_timeout = '40s'",
        "ALTER TABLE ciphers ADD COLUMN later text",
        "ALTER TABLE ciphers DROP COLUMN later");
    long took = (System.nanoTime() - began) / 1_000_000;
    System.out.printf("%s: migration beside a %s snapshot %d ms%n", version, state, took);
    return took;
  }
}
