package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.TestContainer;
import io.wardbell.demo.VaultServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The database's container is taken out of its network while a client is connected.
class ContainerNetworkIT {
  private static final Duration SOON = Duration.ofSeconds(90);

  @TempDir private Path folder;
  private final Tokens tokens = Tokens.create();

  static Stream<TestDatabase.Kind> databases() {
    return TestDatabase.Kind.selected().filter(kind -> !kind.name().equals("sqlite"));
  }

  @ParameterizedTest
  @MethodSource("databases")
  void changesDuringACutAreTold(TestDatabase.Kind kind) throws Exception {
    assumeThat(TestContainer.isPossible()).as("Docker answers").isTrue();
    try (TestDatabase database = kind.start()) {
      assumeThat(database.container()).as("an image of %s", kind).isNotNull();
      database.setUp(ServerSchema.NEWEST);
      play(database, Objects.requireNonNull(database.container()));
    }
  }

  private void play(TestDatabase database, TestContainer container) throws Exception {
    try (Service service =
            new Service(
                Attached.plan(database.source(), folder, tokens, Map.of(), Duration.ofSeconds(1)));
        Connection before = database.connect()) {
      VaultServer vault = VaultServer.on(before);
      String alice = vault.accounts().register("alice@example.com");
      String known = vault.folders().create(alice);
      service.start();
      await().atMost(SOON).until(() -> service.sync().synced());
      String token = tokens.login(alice, "device", vault.accounts().securityStamp(alice));
      try (NodeClient client =
          NodeClient.start("http://127.0.0.1:" + service.port() + "/notifications/hub", token)
              .awaitConnected()) {
        changeLater(database, known);
        container.cut(true);
        await().atMost(SOON).until(() -> !service.sync().synced());
        await().during(Duration.ofSeconds(4)).until(() -> !service.sync().synced());
        assertThat(client.notifications()).noneMatch(about(known));
        container.cut(false);
        client.awaitNotification(about(known), SOON);
        try (Connection after = database.connect()) {
          String next = VaultServer.on(after).folders().create(alice);
          client.awaitNotification(about(next), SOON);
        }
        assertThat(client.events()).noneMatch(e -> e.path("event").asText().equals("closed"));
      }
    }
  }

  private static Predicate<JsonNode> about(String folder) {
    return notification -> notification.at("/Payload/Id").asText().equals(folder);
  }

  /// By the server itself, three seconds from now, whoever can reach it then.
  private static void changeLater(TestDatabase database, String folder) throws SQLException {
    String change =
        "UPDATE folders SET updated_at = '2031-01-01 00:00:00' WHERE uuid = '" + folder + "'";
    if (database instanceof TestDatabase.Postgresql) {
      Connection connection = database.connect();
      Thread.ofVirtual()
          .start(() -> {
            try (connection;
                Statement statement = connection.createStatement()) {
              statement.execute(change + " AND (SELECT pg_sleep(3)) IS NOT NULL");
            } catch (SQLException answerLost) {
              // The server goes on to the end of the statement.
            }
          });
      return;
    }
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("SET GLOBAL event_scheduler = ON");
      statement.execute(
          "CREATE EVENT later ON SCHEDULE AT CURRENT_TIMESTAMP + INTERVAL 3 SECOND DO " + change);
    }
  }
}
