package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.SetupSql;
import io.wardbell.demo.ThrowawayPostgres;
import io.wardbell.demo.VaultServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Clients are let in and kept whether or not the database is there, and are then told what they
/// missed.
class DatabaseAwayIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private final Tokens tokens = Tokens.create();

  private Service service(int databasePort) {
    return new Service(
        Attached.plan(
            Attached.database(databasePort, Optional.empty()), folder, tokens, Map.of(), SOON));
  }

  private NodeClient connect(Service service, VaultServer vault, String user, String device)
      throws SQLException {
    String token = tokens.login(user, device, vault.accounts().securityStamp(user));
    return NodeClient.start("http://127.0.0.1:" + service.port() + "/notifications/hub", token)
        .awaitConnected();
  }

  private static boolean isSync(JsonNode notification) {
    int type = notification.path("Type").asInt();
    return type == 5 || type == 17;
  }

  private static void assertNeverCut(NodeClient client) {
    assertThat(client.events()).noneMatch(e -> e.path("event").asText().equals("closed"));
  }

  @Test
  void clientsStayAndHearWhatTheyMissed() throws Exception {
    try (ThrowawayPostgres server = ThrowawayPostgres.start();
        Connection connection = server.connect();
        StallingProxy network = new StallingProxy(server.port());
        Service service = service(network.port())) {
      ServerSchema.postgresql().create(connection);
      SetupSql.install(connection);
      VaultServer vault = VaultServer.on(connection);
      String alice = vault.accounts().register("alice@example.com");
      network.refuse(true);
      CompletableFuture<Boolean> started = new CompletableFuture<>();
      Thread.ofPlatform()
          .start(() -> {
            try {
              service.start();
              started.complete(true);
            } catch (Exception e) {
              started.completeExceptionally(e);
            }
          });
      await().atMost(SOON).until(() -> isListening(service));
      try (NodeClient early = connect(service, vault, alice, "early")) {
        vault.folders().create(alice);
        assertThat(service.sync().synced()).as("never yet").isFalse();
        assertThat(service.sync().why()).contains("WB-PG-25");
        assertThat(started).isNotDone();
        assertThat(early.notifications()).isEmpty();
        network.refuse(false);
        early.awaitNotification(DatabaseAwayIT::isSync, SOON);
        await().atMost(SOON).until(() -> service.sync().synced());
        await().atMost(SOON).until(() -> syncz(service).contains("retainedLogBytes"));

        network.refuse(true);
        network.cut();
        await().atMost(SOON).until(() -> !service.sync().synced());
        await().atMost(SOON).until(() -> !syncz(service).contains("retainedLogBytes"));
        try (NodeClient meanwhile = connect(service, vault, alice, "meanwhile")) {
          String folder = vault.folders().create(alice);
          Predicate<JsonNode> missed = n -> n.at("/Payload/Id").asText().equals(folder);
          assertThat(early.notifications()).noneMatch(missed);
          assertThat(service.sync().synced()).as("still away").isFalse();
          network.refuse(false);
          early.awaitNotification(missed, SOON);
          meanwhile.awaitNotification(missed.or(DatabaseAwayIT::isSync), SOON);
          assertNeverCut(meanwhile);
        }
        assertNeverCut(early);
      }
    }
  }

  private static String syncz(Service service) throws Exception {
    URI url = URI.create("http://127.0.0.1:" + service.operatorPort() + "/syncz");
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(url).build(), BodyHandlers.ofString())
        .body();
  }

  private static boolean isListening(Service service) {
    try {
      return service.port() > 0;
    } catch (IllegalStateException e) {
      return false; // Not yet.
    }
  }
}
