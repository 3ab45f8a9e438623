package io.wardbell.source.engine;

import static io.wardbell.source.engine.BinlogSourceIT.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.StallingProxy;
import io.wardbell.change.SourceState;
import io.wardbell.config.Secret;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.SetupSql;
import io.wardbell.demo.ThrowawayPostgres;
import io.wardbell.demo.VaultServer;
import io.wardbell.id.Id;
import io.wardbell.id.StampHash;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import io.wardbell.vault.VaultTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A database that is changed under a running engine: what was not said meanwhile is found.
final class PostgresDriftIT {
  private static final Duration OFTEN = Duration.ofMillis(300);

  /// So long that nothing is noticed unless it stays to be seen.
  private static final Duration SELDOM = Duration.ofSeconds(5);

  private final Fold fold = new Fold();
  private ThrowawayPostgres server;
  private Connection connection;
  private String ann;

  @BeforeEach
  void start() throws Exception {
    server = ThrowawayPostgres.start();
    connection = server.connect();
    ServerSchema.postgresql().create(connection);
    SetupSql.install(connection);
    ann = VaultServer.on(connection).accounts().register("ann@example.org");
  }

  @AfterEach
  void stop() throws Exception {
    connection.close();
    server.close();
  }

  private PostgresSource follow(Duration checkEvery) throws Exception {
    return follow(checkEvery, server.port());
  }

  private PostgresSource follow(Duration checkEvery, int port) throws Exception {
    PostgresSource source =
        new PostgresSource(
            new PostgresDatabase(
                "127.0.0.1",
                port,
                Optional.empty(),
                ThrowawayPostgres.DATABASE,
                SetupSql.ROLE,
                Optional.of(new Secret(SetupSql.PASSWORD)),
                "wardbell",
                4_096,
                Map.of()),
            VaultTables.CAPTURE,
            Clock.system(),
            new Metrics(),
            checkEvery);
    source.start(fold);
    await(() -> source.state() instanceof SourceState.Streaming);
    return source;
  }

  private void run(String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private String changeStamp() throws SQLException {
    String stamp = UUID.randomUUID().toString();
    run("UPDATE users SET security_stamp = '%s', updated_at = now()".formatted(stamp));
    return stamp;
  }

  private boolean knows(String stamp) {
    var account = fold.model().account(Id.of(ann));
    return account != null && account.stamp().equals(StampHash.of(stamp));
  }

  private static boolean says(PostgresSource source, String text) {
    return source.state() instanceof SourceState.Streaming(_, var faults)
        && faults.stream().anyMatch(fault -> fault.contains(text));
  }

  private static boolean allIsWell(PostgresSource source) {
    return source.state() instanceof SourceState.Streaming(_, var faults) && faults.isEmpty();
  }

  /// PostgreSQL logs a long text only when it changes.
  @Test
  void settingsTooLongToBeLoggedEachTimeStayAsTheyAre() throws Exception {
    run(
        "ALTER TABLE users ALTER COLUMN equivalent_domains SET STORAGE EXTERNAL",
        "UPDATE users SET equivalent_domains = repeat('a long list ', 1000)");
    try (PostgresSource source = follow(SELDOM)) {
      assertThat(source.state()).isInstanceOf(SourceState.Streaming.class);
      long settings = settings();
      String stamp = changeStamp();
      await(() -> knows(stamp));
      assertThat(settings()).isEqualTo(settings);
      run("UPDATE users SET equivalent_domains = repeat('another list', 1000)");
      await(() -> settings() != settings);
    }
  }

  private long settings() {
    return Objects.requireNonNull(fold.model().account(Id.of(ann))).settings();
  }

  private void assertHealed(PostgresSource source, String stamp) {
    await(() -> knows(stamp) && allIsWell(source));
    assertThat(fold.losses()).extracting(lost -> lost.reason()).containsExactly("drift");
  }

  @Test
  void aTableThatLeftThePublicationForAWhile() throws Exception {
    try (PostgresSource source = follow(OFTEN)) {
      run("ALTER PUBLICATION wardbell DROP TABLE users");
      String stamp = changeStamp();
      await(() -> says(source, "users is not in publication"));
      assertThat(knows(stamp)).isFalse();
      run("ALTER PUBLICATION wardbell ADD TABLE users");
      assertHealed(source, stamp);
    }
  }

  @Test
  void aTableThatLeftThePublicationAndWasBackBeforeAnybodyLooked() throws Exception {
    try (PostgresSource source = follow(SELDOM)) {
      run("ALTER PUBLICATION wardbell DROP TABLE users");
      String stamp = changeStamp();
      run("ALTER PUBLICATION wardbell ADD TABLE users");
      assertHealed(source, stamp);
    }
  }

  @Test
  void aPublicationOfInsertsOnlyForAWhile() throws Exception {
    try (PostgresSource source = follow(OFTEN)) {
      run("ALTER PUBLICATION wardbell SET (publish = 'insert')");
      String stamp = changeStamp();
      await(() -> says(source, "does not publish every kind of change"));
      run("ALTER PUBLICATION wardbell SET (publish = 'insert, update, delete, truncate')");
      assertHealed(source, stamp);
    }
  }

  @Test
  void aPublicationOfInsertsOnlyThatWasMendedBeforeAnybodyLooked() throws Exception {
    try (PostgresSource source = follow(SELDOM)) {
      run("ALTER PUBLICATION wardbell SET (publish = 'insert')");
      String stamp = changeStamp();
      run("ALTER PUBLICATION wardbell SET (publish = 'insert, update, delete, truncate')");
      assertHealed(source, stamp);
    }
  }

  @Test
  void aRowFilterForAWhile() throws Exception {
    try (PostgresSource source = follow(OFTEN)) {
      run(
          "ALTER PUBLICATION wardbell DROP TABLE users",
          "ALTER PUBLICATION wardbell ADD TABLE users WHERE (uuid < '0')");
      String stamp = changeStamp();
      await(() -> !allIsWell(source));
      run(
          "ALTER PUBLICATION wardbell DROP TABLE users",
          "ALTER PUBLICATION wardbell ADD TABLE users");
      await(() -> knows(stamp) && allIsWell(source));
    }
  }

  @Test
  void aGrantThatWasTakenAwayForAWhile() throws Exception {
    try (PostgresSource source = follow(OFTEN)) {
      run("REVOKE SELECT (security_stamp) ON users FROM wardbell");
      await(() -> says(source, "GRANT SELECT (\"security_stamp\") ON \"public\".\"users\""));
      String stamp = changeStamp();
      await(() -> knows(stamp)); // The log goes on.
      run("GRANT SELECT (security_stamp) ON users TO wardbell");
      await(() -> allIsWell(source));
    }
  }

  /// A name that follows the primary, whose old one was left running: nothing breaks off.
  @Test
  void anAddressThatLeadsToAnotherPrimary() throws Exception {
    try (StallingProxy network = new StallingProxy(server.port());
        ThrowawayPostgres standby = server.standby()) {
      connection.close();
      connection = server.connect();
      try (PostgresSource source = follow(OFTEN, network.port())) {
        String first = changeStamp();
        await(() -> knows(first));
        network.lead(standby.port());
        connection.close();
        connection = standby.connect();
        run("SELECT pg_promote(true, 60)");
        String stamp = changeStamp();
        await(() -> knows(stamp) && allIsWell(source));
        assertThat(fold.losses()).extracting(lost -> lost.reason()).containsExactly("astray");
      }
    }
  }

  @Test
  void aTableThatWasMadeAnew() throws Exception {
    try (PostgresSource source = follow(OFTEN)) {
      run(
          "CREATE TABLE favorites_new (LIKE favorites INCLUDING ALL)",
          "DROP TABLE favorites",
          "ALTER TABLE favorites_new RENAME TO favorites");
      await(() -> says(source, "favorites is not in publication"));
      SetupSql.run(connection);
      await(() -> allIsWell(source));
      assertThat(fold.losses()).extracting(lost -> lost.reason()).contains("drift");
    }
  }
}
