package io.wardbell.source.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.wardbell.change.ChangeSource;
import io.wardbell.change.SourceEvent;
import io.wardbell.change.SourceFault;
import io.wardbell.config.Secret;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.SetupSql;
import io.wardbell.demo.TestPostgres;
import io.wardbell.demo.ThrowawayPostgres;
import io.wardbell.demo.VaultServer;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import io.wardbell.vault.VaultTables;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// What an operator reads about a PostgreSQL database that is not as it should be, each with the
/// statement that mends it: which is run, and then all is well.
@ParameterizedClass
@MethodSource("io.wardbell.demo.TestPostgres$Version#selected")
final class PostgresFaultsIT {
  private static final Pattern STATEMENTS =
      Pattern.compile("run ((?:ALTER|GRANT) .*?;)(?: or .*| and then .*|) \\[WB-PG-\\d\\d]$");

  private static @Nullable TestPostgres running;

  private final TestPostgres.Version version;
  private final TestPostgres server = Objects.requireNonNull(running);

  PostgresFaultsIT(TestPostgres.Version version) {
    this.version = version;
  }

  @BeforeParameterizedClassInvocation
  static void start(TestPostgres.Version version) throws Exception {
    running = TestPostgres.start(version);
    try (Connection administrator = running.connect()) {
      ServerSchema.postgresql().create(administrator);
      SetupSql.install(administrator);
    }
  }

  @AfterParameterizedClassInvocation
  static void stop() throws IOException {
    Objects.requireNonNull(running).close();
  }

  private PostgresDatabase database(@Nullable String password, Map<String, String> driver) {
    return new PostgresDatabase(
        "127.0.0.1",
        server.port(),
        Optional.empty(),
        ThrowawayPostgres.DATABASE,
        SetupSql.ROLE,
        Optional.ofNullable(password).map(Secret::new),
        "wardbell",
        4_096,
        driver);
  }

  private @Nullable SourceFault fault(PostgresDatabase database) {
    var source = database.source(VaultTables.CAPTURE, Clock.system(), new Metrics());
    return catchThrowableOfType(SourceFault.class, source::probe);
  }

  private SourceFault refusal(PostgresDatabase database) {
    return Objects.requireNonNull(fault(database));
  }

  private List<String> faults() {
    @Nullable SourceFault fault = fault(database(SetupSql.PASSWORD, Map.of()));
    return fault == null ? List.of() : String.valueOf(fault.getMessage()).lines().toList();
  }

  private void run(String... statements) throws SQLException {
    try (Connection administrator = server.connect();
        Statement statement = administrator.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /// Runs what each line names, and finds nothing to complain about any more.
  private void assertMends(List<String> lines) throws SQLException {
    for (String line : lines) {
      Matcher statements = STATEMENTS.matcher(line);
      assertThat(statements.find()).as(line).isTrue();
      run(statements.group(1));
    }
    assertThat(faults()).isEmpty();
  }

  private void assertSetupMends() throws Exception {
    try (Connection administrator = server.connect()) {
      SetupSql.run(administrator);
    }
    assertThat(faults()).isEmpty();
  }

  @Test
  void aPublicationOfSomeKindsOfChangesOnly() throws Exception {
    run("ALTER PUBLICATION wardbell SET (publish = 'insert')");
    List<String> faults = faults();
    assertThat(faults).singleElement().asString().contains("publish");
    assertMends(faults);
    run("ALTER PUBLICATION wardbell SET (publish = 'insert, update, delete')");
    assertThat(faults()).hasSize(1);
    assertSetupMends();
  }

  @Test
  void aPublicationThatLeavesColumnsOrRowsOut() throws Exception {
    assumeThat(Integer.parseInt(version.major())).isGreaterThanOrEqualTo(15);
    String[] narrow = {
      "ALTER PUBLICATION wardbell DROP TABLE users, ciphers",
      "ALTER PUBLICATION wardbell ADD TABLE users (uuid, updated_at), ciphers WHERE (uuid > 'x')"
    };
    run(narrow);
    List<String> faults = faults();
    assertThat(faults)
        .hasSize(2)
        .anySatisfy(line -> assertThat(line).contains("excluded_globals, enabled of table users"))
        .anySatisfy(line -> assertThat(line).contains("rows (WHERE) of table ciphers"));
    assertMends(faults);
    run(narrow);
    assertSetupMends();
  }

  /// What `SET wardbell.column_lists = on` makes is complete.
  @Test
  void columnListsOfSetupAreEnough() throws Exception {
    assumeThat(Integer.parseInt(version.major())).isGreaterThanOrEqualTo(15);
    try (Connection administrator = server.connect();
        Statement statement = administrator.createStatement()) {
      statement.execute("SET wardbell.column_lists = on");
      SetupSql.run(administrator);
    }
    assertThat(faults()).isEmpty();
    assertSetupMends();
  }

  private void endWalsenders() {
    try {
      run("SELECT pg_terminate_backend(pid) FROM pg_stat_replication");
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /// Debezium would make another slot then, which stays, and what was committed in between would be
  /// lost without a word.
  @Test
  void aSlotThatIsLostBeforeTheStreamBeginsIsALoss() throws Exception {
    try (ChangeSource source =
            database(SetupSql.PASSWORD, Map.of())
                .source(VaultTables.CAPTURE, Clock.system(), new Metrics());
        Connection administrator = server.connect();
        Statement statement = administrator.createStatement()) {
      VaultServer.on(administrator).accounts().register("ann@example.org");
      Fold fold = new Fold();
      AtomicInteger ended = new AtomicInteger();
      source.start((event, patience) -> {
        if (event instanceof SourceEvent.Rows && ended.getAndIncrement() == 0) {
          endWalsenders();
        }
        return fold.offer(event, patience);
      });
      await().atMost(Duration.ofSeconds(20)).until(() -> !fold.losses().isEmpty());
      await().atMost(Duration.ofSeconds(20)).until(fold::following);
      try (ResultSet slots =
          statement.executeQuery(
              "SELECT slot_name FROM pg_replication_slots WHERE NOT temporary")) {
        assertThat(slots.next()).as("a slot that stays").isFalse();
      }
    }
  }

  @Test
  void aKeyThatIsDeferrable() throws Exception {
    run(
        "ALTER TABLE favorites DROP CONSTRAINT favorites_pkey,"
            + " ADD CONSTRAINT favorites_pkey PRIMARY KEY (user_uuid, cipher_uuid) DEFERRABLE");
    List<String> faults = faults();
    assertThat(faults).singleElement().asString().contains("favorites has a deferrable primary");
    assertMends(faults);
    assertSetupMends();
  }

  @Test
  void aSchemaThatTheRoleMayNotUseIsOneLine() throws Exception {
    run("REVOKE USAGE ON SCHEMA public FROM wardbell, PUBLIC");
    List<String> faults = faults();
    assertThat(faults)
        .singleElement()
        .asString()
        .endsWith("run GRANT USAGE ON SCHEMA \"public\" TO \"wardbell\"; [WB-PG-09]");
    assertMends(faults);
  }

  /// One round of repair, not one for each kind of fault.
  @Test
  void allThatIsWrongIsSaidAtOnce() throws Exception {
    run(
        "ALTER ROLE wardbell NOREPLICATION",
        "ALTER PUBLICATION wardbell SET (publish = 'insert')",
        "ALTER PUBLICATION wardbell DROP TABLE users",
        "ALTER TABLE folders REPLICA IDENTITY NOTHING",
        "REVOKE SELECT (deleted_at) ON ciphers FROM wardbell");
    List<String> faults = faults();
    assertThat(faults).hasSize(5);
    assertMends(faults);
  }

  /// A vault server was updated and setup.sql has yet to be run: Wardbell may start all the same.
  @Test
  void aColumnThatCameLaterIsDoneWithout() throws Exception {
    run("REVOKE SELECT (enabled) ON users FROM wardbell");
    assertThat(faults()).isEmpty();
    List<String> shown =
        database(SetupSql.PASSWORD, Map.of()).examine(VaultTables.CAPTURE, Clock.system()).faults();
    assertThat(shown).singleElement().asString().contains("enabled of table users", "WB-PG-16");
    assertMends(shown);
  }

  /// Amazon RDS gives nobody the attribute.
  @Test
  void aMemberOfRdsReplicationMayReplicate() throws Exception {
    run("CREATE ROLE rds_replication", "ALTER ROLE wardbell NOREPLICATION");
    try {
      List<String> faults = faults();
      assertThat(faults)
          .singleElement()
          .asString()
          .endsWith("run GRANT rds_replication TO \"wardbell\"; [WB-PG-03]");
      assertMends(faults);
    } finally {
      run("DROP ROLE rds_replication", "ALTER ROLE wardbell REPLICATION");
    }
  }

  @Test
  void slotsThatAreAllInUse() throws Exception {
    run(
        "SELECT pg_create_physical_replication_slot('other_' || n) FROM generate_series(1,"
            + " current_setting('max_replication_slots')::int) n");
    try {
      assertThat(faults())
          .singleElement()
          .asString()
          .contains("max_replication_slots", "are in use", "ALTER SYSTEM SET");
    } finally {
      run("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
    }
    assertThat(faults()).isEmpty();
  }

  /// Whether they were taken when it looked, or between that and its turn.
  @Test
  void sendersThatAreAllInUse() throws Exception {
    List<Connection> others = new ArrayList<>();
    try {
      while (others.size() < senders()) {
        others.add(sender());
      }
      assertThat(faults())
          .singleElement()
          .asString()
          .contains("max_wal_senders", "are in use", "ALTER SYSTEM SET", "WB-PG-05");
      SourceFault late =
          catchThrowableOfType(
              SourceFault.class,
              () ->
                  new PostgresConnections(database(SetupSql.PASSWORD, Map.of())).tryReplication());
      assertThat(late).hasMessageContainingAll("max_wal_senders", "WB-PG-05");
      assertThat(late.isUnreachable()).isTrue();
    } finally {
      for (Connection other : others) {
        other.close();
      }
    }
    await().until(() -> faults().isEmpty());
  }

  private int senders() throws SQLException {
    try (Connection administrator = server.connect();
        Statement statement = administrator.createStatement();
        ResultSet row = statement.executeQuery("SHOW max_wal_senders")) {
      row.next();
      return row.getInt(1);
    }
  }

  /// Another reader of the log.
  private Connection sender() throws SQLException {
    return DriverManager.getConnection(
        server.jdbcUrl()
            + "?replication=database&preferQueryMode=simple&assumeMinServerVersion=9.4&user="
            + server.superuser()
            + "&password="
            + server.password());
  }

  @Test
  void aLockIsNamed() throws Exception {
    try (Connection other = server.connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("LOCK TABLE pg_catalog.pg_publication IN ACCESS EXCLUSIVE MODE");
      SourceFault fault = refusal(database(SetupSql.PASSWORD, Map.of()));
      assertThat(fault).hasMessageContaining("a lock is in the way");
      assertThat(fault.isUnreachable()).isTrue();
      other.rollback();
    }
    assertThat(faults()).isEmpty();
  }

  @Test
  void aPasswordThatIsNotSet() {
    SourceFault fault = refusal(database(null, Map.of()));
    assertThat(fault).hasMessageContaining("WARDBELL_DATABASE_PASSWORD");
    assertThat(fault.isUnreachable()).isFalse();
  }

  @Test
  void tlsThatTheServerDoesNotSpeak() {
    SourceFault fault = refusal(database(SetupSql.PASSWORD, Map.of("sslmode", "require")));
    assertThat(fault).hasMessageContaining("no TLS").hasMessageContaining("sslmode=prefer");
    assertThat(fault.isUnreachable()).isFalse();
  }

  @Test
  void optionsThatTheServerRefuses() {
    for (String options : List.of("-c no_such=1", "-c work_mem=much", "nonsense")) {
      SourceFault fault = refusal(database(SetupSql.PASSWORD, Map.of("options", options)));
      assertThat(fault).as(options).hasMessageContaining("options=");
      assertThat(fault.isUnreachable()).as(options).isFalse();
    }
  }

  @Test
  void aRoleThatMayNotLogIn() throws Exception {
    run("ALTER ROLE wardbell NOLOGIN");
    List<String> faults = faults();
    assertThat(faults).singleElement().asString().contains("ALTER ROLE \"wardbell\" LOGIN;");
    assertMends(faults);
    assertThatCode(this::faults).doesNotThrowAnyException();
  }
}
