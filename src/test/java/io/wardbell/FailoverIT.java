package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wardbell.change.SourceFault;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.SetupSql;
import io.wardbell.demo.TestPostgres;
import io.wardbell.demo.ThrowawayPostgres;
import io.wardbell.demo.VaultServer;
import io.wardbell.observe.Clock;
import io.wardbell.vault.VaultTables;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A primary dies and a standby of it takes over, as the address that Wardbell has follows.
class FailoverIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private final Tokens tokens = Tokens.create();
  private final Queue<AutoCloseable> open = new ConcurrentLinkedQueue<>();
  private ThrowawayPostgres primary;
  private ThrowawayPostgres standby;
  private StallingProxy network;

  private void start(TestPostgres.Version version) throws Exception {
    primary = ThrowawayPostgres.start(version.binariesJar());
    open.add(primary);
    try (Connection connection = primary.connect()) {
      ServerSchema.postgresql().create(connection);
      SetupSql.install(connection);
    }
    standby = primary.standby();
    open.add(standby);
    network = new StallingProxy(primary.port());
    open.add(network);
  }

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : List.copyOf(open).reversed()) {
      each.close();
    }
  }

  private Service service() {
    return new Service(
        Attached.plan(
            Attached.database(network.port(), Optional.empty()), folder, tokens, Map.of(), SOON));
  }

  private NodeClient connect(Service service, VaultServer vault, String user) throws SQLException {
    String token = tokens.login(user, "device", vault.accounts().securityStamp(user));
    NodeClient client =
        NodeClient.start("http://127.0.0.1:" + service.port() + "/notifications/hub", token);
    open.add(client);
    return client.awaitConnected();
  }

  private void promote() throws SQLException {
    try (Connection connection = standby.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT pg_promote(true, 60)");
    }
  }

  @ParameterizedTest
  @MethodSource("io.wardbell.demo.TestPostgres$Version#selected")
  void whatChangedMeanwhileIsToldAndNoSocketIsCut(TestPostgres.Version version) throws Exception {
    start(version);
    try (Service service = service();
        Connection old = primary.connect()) {
      VaultServer before = VaultServer.on(old);
      String alice = before.accounts().register("alice@example.com");
      String bob = before.accounts().register("bob@example.com");
      String gone = before.folders().create(alice);
      try (Statement statement = old.createStatement()) { // Nobody has to sync when they connect.
        statement.execute("UPDATE users SET updated_at = now() - interval '2 days'");
      }
      service.start();
      await().atMost(SOON).until(() -> service.sync().synced());
      NodeClient hears = connect(service, before, alice);
      NodeClient hearsNot = connect(service, before, bob);
      await().atMost(SOON).until(() -> standbyHas(gone));

      primary.kill();
      network.lead(standby.port());
      await().atMost(SOON).until(() -> String.valueOf(service.sync().why()).contains("WB-PG-04"));

      promote();
      try (Connection fresh = standby.connect()) {
        VaultServer after = VaultServer.on(fresh);
        after.folders().delete(gone);
        String folder = after.folders().create(alice);
        hears.awaitNotification(n -> n.at("/Payload/Id").asText().equals(folder), SOON);
        hears.awaitNotification(n -> n.path("Type").asInt() == 3, SOON);
        await().atMost(SOON).until(() -> service.sync().synced());
        String live = after.folders().create(alice);
        hears.awaitNotification(n -> n.at("/Payload/Id").asText().equals(live), SOON);
      }
      assertThat(hearsNot.notifications()).isEmpty();
      for (NodeClient client : List.of(hears, hearsNot)) {
        assertThat(client.events()).noneMatch(e -> e.path("event").asText().equals("closed"));
      }
    }
  }

  private boolean standbyHas(String folder) throws SQLException {
    try (Connection connection = standby.connect();
        Statement statement = connection.createStatement()) {
      return statement.executeQuery("SELECT FROM folders WHERE uuid = '" + folder + "'").next();
    }
  }

  /// A service manager that starts Wardbell in the midst of it must not be told to give up.
  @ParameterizedTest
  @MethodSource("io.wardbell.demo.TestPostgres$Version#selected")
  void aStartAtAStandbyNamesItAndWaitsForItsPromotion(TestPostgres.Version version)
      throws Exception {
    start(version);
    assertThatThrownBy(() ->
            Attached.database(standby.port(), Optional.empty())
                .examine(VaultTables.CAPTURE, Clock.system()))
        .isInstanceOf(SourceFault.class)
        .hasMessageContainingAll("is a standby", "WARDBELL_DATABASE_URL", "WB-PG-04");
    tokens.writeKey(folder.resolve("rsa_key.pem"));
    try (ServeProcess wardbell =
        new ServeProcess(
            folder.resolve("said.log"),
            Map.of(
                "DATA_FOLDER",
                folder.toString(),
                "DOMAIN",
                Tokens.ORIGIN,
                "WARDBELL_DATABASE_URL",
                standby.databaseUrl(SetupSql.ROLE, SetupSql.PASSWORD),
                "WARDBELL_DATABASE_PATIENCE",
                "60s"))) {
      await().atMost(SOON).until(() -> wardbell.said().contains("WB-PG-04"));
      assertThat(wardbell.said()).containsOnlyOnce("WB-PG-04");
      promote();
      await().atMost(SOON).until(() -> wardbell.said().contains("Caught up"));
    }
  }
}
