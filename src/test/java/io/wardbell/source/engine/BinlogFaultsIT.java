package io.wardbell.source.engine;

import static io.wardbell.source.engine.BinlogSourceIT.await;
import static io.wardbell.source.engine.BinlogSourceIT.database;
import static io.wardbell.source.engine.BinlogSourceIT.source;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.github.shyiko.mysql.binlog.BinaryLogClient;
import io.wardbell.change.SourceEvent;
import io.wardbell.change.SourceFault;
import io.wardbell.change.SourceState;
import io.wardbell.config.Secret;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.TestBinlogServer;
import io.wardbell.demo.TestBinlogServer.Product;
import io.wardbell.demo.VaultServer;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import io.wardbell.vault.VaultTables;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What is wrong is said in one line with what mends it; what breaks is mended by a new engine.
final class BinlogFaultsIT {
  static Stream<Product> servers() {
    return Product.selected();
  }

  @ParameterizedTest
  @MethodSource("servers")
  void aServerWithoutALogIsToldWhatToSet(Product product) throws Exception {
    String[] options = product == Product.MARIADB ? new String[0] : new String[] {"--skip-log-bin"};
    try (TestBinlogServer server = TestBinlogServer.start(product, options)) {
      try (Connection c = server.connect()) {
        ServerSchema.mysql().create(c);
      }
      server.setUp();
      if (product == Product.MARIADB) {
        assertThat(fault(server))
            .singleElement()
            .asString()
            .contains("my.cnf", "log_bin=binlog", "binlog_format=ROW", "restart");
      } else {
        assertThat(fault(server)).singleElement().asString().contains("skip_log_bin", "restart");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void whatIsSetWrongIsNamedWithWhatMendsIt(Product product) throws Exception {
    try (TestBinlogServer server = BinlogSourceIT.prepared(product)) {
      server.run("SET GLOBAL binlog_format = 'MIXED'; \nSET GLOBAL binlog_row_image = 'MINIMAL';");
      assertThat(fault(server))
          .hasSize(2)
          .anySatisfy(line -> assertThat(line).contains("is MIXED", "binlog_format=ROW"))
          .anySatisfy(line -> assertThat(line).contains("is MINIMAL", "binlog_row_image=FULL"));
      server.run("SET GLOBAL binlog_format = 'STATEMENT'; \nSET GLOBAL binlog_row_image = 'FULL';");
      assertThat(fault(server)).singleElement().asString().contains("is STATEMENT");
      server.run("SET GLOBAL binlog_format = 'ROW';");
      server.run("SET GLOBAL read_only = ON;");
      assertThat(fault(server)).singleElement().asString().contains("read-only");
      server.run("SET GLOBAL read_only = OFF;");
      if (product == Product.MARIADB) {
        server.run("SET GLOBAL log_bin_compress = ON;");
        assertThat(fault(server)).singleElement().asString().contains("log_bin_compress");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void everyMissingGrantIsNamed(Product product) throws Exception {
    try (TestBinlogServer server = BinlogSourceIT.prepared(product)) {
      try (BinlogSource source = source(server)) {
        source.probe();
      }
      revoke(server, "REPLICATION SLAVE ON *.*");
      String status = product == Product.MARIADB ? "BINLOG MONITOR" : "REPLICATION CLIENT";
      revoke(server, status + " ON *.*");
      assertThat(fault(server))
          .containsExactlyInAnyOrder(
              "user wardbell lacks REPLICATION SLAVE: run GRANT REPLICATION SLAVE ON *.*"
                  + " TO 'wardbell'@'%'; [WB-MY-10]",
              "user wardbell lacks %1$s: run GRANT %1$s ON *.* TO 'wardbell'@'%%'; [WB-MY-10]"
                  .formatted(status));
      server.setUp();

      revoke(server, "SELECT (updated_at) ON vault.ciphers");
      assertThat(fault(server))
          .singleElement()
          .asString()
          .contains("read updated_at of table ciphers", "GRANT SELECT (`updated_at`)");
      server.setUp();
      revoke(server, "REFERENCES ON vault.*");
      assertThat(fault(server))
          .singleElement()
          .asString()
          .contains(
              "how archives, attachments, ",
              "are made: run GRANT REFERENCES ON `vault`.* TO 'wardbell'");
      server.setUp();

      // A table that came later is done without, and named.
      revoke(server, "SELECT (user_uuid, cipher_uuid) ON vault.archives");
      try (BinlogSource source = source(server)) {
        Fold fold = new Fold();
        source.start(fold);
        await(fold::following);
        assertThat(source.state())
            .isInstanceOfSatisfying(
                SourceState.Streaming.class,
                streaming ->
                    assertThat(streaming.faults())
                        .singleElement()
                        .asString()
                        .contains("archives", "GRANT SELECT ("));
      }
    }
  }

  /// Dates have whole seconds: of what was written in the last one before a loss, nobody knows
  /// whether it was written again. After some quiet seconds there is no such doubt.
  @ParameterizedTest
  @MethodSource("servers")
  void aQuietLogThatIsLostGivesNoFalseNews(Product product) throws Exception {
    try (TestBinlogServer server = BinlogSourceIT.prepared(product);
        Connection c = server.connect();
        BinlogSource source = source(server)) {
      VaultServer vault = VaultServer.on(c);
      String ann = vault.accounts().register("ann@example.org");
      Fold fold = new Fold();
      source.start(fold);
      await(fold::following);
      vault.ciphers().create(ann);
      await(() -> fold.model().items() == 1);
      ended(fold, "engine", () -> killDump(c));
      assertThat(fold.reconciliations().getLast().changes()).as("lost at once").isNotEmpty();

      TimeUnit.SECONDS.sleep(5); // The quiet itself, at least 3 s of it known from signs of life.
      ended(fold, "engine", () -> killDump(c));
      assertThat(fold.reconciliations().getLast().changes()).as("lost after 5 s").isEmpty();
    }
  }

  private static void revoke(TestBinlogServer server, String what) throws SQLException {
    server.run("REVOKE " + what + " FROM 'wardbell'@'%';");
  }

  @ParameterizedTest
  @MethodSource("servers")
  void whoIsNotLetInIsToldWhy(Product product) throws Exception {
    try (TestBinlogServer server = BinlogSourceIT.prepared(product)) {
      BinlogDatabase right = database(server);
      BinlogDatabase wrong =
          new BinlogDatabase(
              right.host(),
              right.port(),
              right.database(),
              right.user(),
              Optional.of(new Secret("wrong")),
              right.tls());
      assertThat(fault(wrong)).singleElement().asString().contains("refused user wardbell");
      BinlogDatabase elsewhere =
          new BinlogDatabase(
              right.host(), right.port(), "elsewhere", right.user(), right.password(), right.tls());
      assertThat(fault(elsewhere)).singleElement().asString().contains("no database elsewhere");
      server.run("ALTER USER 'wardbell'@'%' ACCOUNT LOCK;");
      assertThat(fault(server)).singleElement().asString().contains("ACCOUNT UNLOCK");
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void whateverEndsAnEngineTheNextOneReconciles(Product product) throws Exception {
    try (TestBinlogServer server = BinlogSourceIT.prepared(product);
        Connection c = server.connect();
        BinlogSource source = source(server)) {
      VaultServer vault = VaultServer.on(c);
      String ann = vault.accounts().register("ann@example.org");
      Fold fold = new Fold();
      source.start(fold);
      await(fold::following);

      ended(
          fold,
          "engine",
          () -> {
            awaitLogRead(fold, vault, ann);
            killDump(c);
          });
      ended(fold, "truncate", () -> server.run("TRUNCATE TABLE attachments;"));
      ended(
          fold,
          "schema",
          () -> server.run("ALTER TABLE ciphers MODIFY reprompt INTEGER AFTER uuid;"));
      if (product == Product.MYSQL) { // MariaDB says nothing: that takes a minute or two.
        ended(
            fold,
            "engine|astray", // The next client is refused; one that is connected is told nothing.
            () -> {
              server.run(resetLog(c));
              vault.folders().create(ann); // With GTIDs nobody can read a log that has none yet.
            });
      }
      ended(
          fold,
          "silent",
          () -> {
            awaitLogRead(fold, vault, ann);
            server.freeze(true);
            await(() -> !fold.following());
            server.freeze(false);
          });

      fold.news();
      vault.ciphers().create(ann);
      await(() -> fold.model().items() == 1);
    }
  }

  /// As the vault server's connections do that are older than the change of the format.
  @ParameterizedTest
  @MethodSource("servers")
  void statementsInTheLogAreNoticed(Product product) throws Exception {
    try (TestBinlogServer server = BinlogSourceIT.prepared(product);
        Connection c = server.connect();
        BinlogSource source = source(server)) {
      VaultServer vault = VaultServer.on(c);
      String ann = vault.accounts().register("ann@example.org");
      Fold fold = new Fold();
      source.start(fold);
      await(fold::following);
      await(() -> !dumps(c).isEmpty());
      try (Statement s = c.createStatement()) {
        s.execute("SET SESSION binlog_format = 'STATEMENT'");
      }
      ended(fold, "statement", () -> vault.ciphers().create(ann));
      assertThat(fold.model().items()).isEqualTo(1);
    }
  }

  /// The snapshot can be whole before the log's client is connected, whose end would be noticed by
  /// its silence only.
  private static void awaitLogRead(Fold fold, VaultServer vault, String user) throws Exception {
    fold.news();
    await(() -> {
      vault.folders().create(user);
      return !fold.news().isEmpty();
    });
  }

  private static String resetLog(Connection c) throws SQLException {
    DatabaseMetaData server = c.getMetaData();
    boolean old = server.getDatabaseMajorVersion() * 100 + server.getDatabaseMinorVersion() < 804;
    return old ? "RESET MASTER;" : "RESET BINARY LOGS AND GTIDS;";
  }

  private interface Deed {
    void run() throws Exception;
  }

  /// Does something that ends the engine, and waits for the next one.
  ///
  /// @param reason a pattern
  private static void ended(Fold fold, String reason, Deed deed) throws Exception {
    int before = fold.losses().size();
    deed.run();
    await(() -> fold.losses().size() > before);
    assertThat(fold.losses().get(before).reason())
        .as(fold.losses().get(before).why())
        .matches(reason);
    await(fold::following);
  }

  /// The sessions that send the log.
  static List<Long> dumps(Connection c) throws SQLException {
    List<Long> ids = new ArrayList<>();
    try (Statement s = c.createStatement();
        ResultSet r = s.executeQuery("SHOW PROCESSLIST")) {
      while (r.next()) {
        if (r.getString("Command").startsWith("Binlog Dump")) {
          ids.add(r.getLong("Id"));
        }
      }
    }
    return ids;
  }

  private static void killDump(Connection c) throws SQLException {
    await(() -> !dumps(c).isEmpty());
    try (Statement s = c.createStatement()) {
      for (long id : dumps(c)) {
        s.execute("KILL " + id);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void tablesThatAnUpdateMakesAreReadFromThenOn(Product product) throws Exception {
    try (TestBinlogServer server = TestBinlogServer.start(product);
        Connection c = server.connect()) {
      ServerSchema.mysql().create(c, "1.35.0");
      server.setUp();
      try (BinlogSource source = source(server)) {
        Fold fold = new Fold();
        source.start(fold);
        await(fold::following);
        for (ServerSchema.Step step : ServerSchema.mysql().steps()) {
          if (step.release().equals("1.36.0")) {
            step.apply(c);
          }
        }
        await(() -> !fold.losses().isEmpty());
        await(fold::following);
        assertThat(source.state())
            .as("the new table is not granted yet")
            .isInstanceOfSatisfying(
                SourceState.Streaming.class,
                streaming ->
                    assertThat(streaming.faults()).singleElement().asString().contains("archives"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void anotherReplicaWithTheSameServerIdIsRecognised(Product product) throws Exception {
    try (TestBinlogServer server = BinlogSourceIT.prepared(product);
        Connection c = server.connect()) {
      VaultServer.on(c).accounts().register("ann@example.org");
      long[] next = {4_711};
      try (BinlogSource source =
          new BinlogSource(
              database(server),
              VaultTables.CAPTURE,
              Clock.system(),
              new Metrics(),
              () -> next[0]++)) {
        Fold fold = new Fold();
        source.start(fold);
        await(fold::following);
        await(() -> !dumps(c).isEmpty());
        BinaryLogClient other = new BinaryLogClient("127.0.0.1", server.port(), "wardbell", "p@ss");
        other.setServerId(4_711);
        other.setKeepAlive(false);
        other.connect(10_000);
        await(() -> !fold.losses().isEmpty());
        assertThat(fold.losses().getFirst())
            .extracting(SourceEvent.Lost::why)
            .asString()
            .containsIgnoringCase("same server");
        await(fold::following);
        other.disconnect();
      }
    }
  }

  private static List<String> fault(TestBinlogServer server) {
    return fault(database(server));
  }

  static List<String> fault(BinlogDatabase database) {
    try (BinlogSource source =
        new BinlogSource(database, VaultTables.CAPTURE, Clock.system(), new Metrics())) {
      SourceFault fault = catchThrowableOfType(SourceFault.class, source::probe);
      assertThat(fault).isNotNull();
      assertThat(fault.isUnreachable()).as(fault.getMessage()).isFalse();
      return String.valueOf(fault.getMessage()).lines().toList();
    }
  }
}
