package io.wardbell.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wardbell.NodeClient;
import io.wardbell.NodeClient.Options;
import io.wardbell.Tokens;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.id.StampHash;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import io.wardbell.ops.SyncReport;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The hub over real sockets, with the npm client that Bitwarden's clients use.
class HubIT {
  private static final String USER = "00000000-0000-4000-8000-00000000000a";
  private static final Duration SOON = Duration.ofSeconds(10);
  @TempDir private static Path folder;
  private static RunningHub running;

  @BeforeAll
  static void start() {
    running = new RunningHub(folder);
    running.accounts.put(USER, "stamp");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static String token() {
    return running.tokens.login(USER, "device", "stamp");
  }

  private static Notification item(String cipher) {
    return new Notification.OfCipher(
        UpdateType.SYNC_CIPHER_CREATE,
        Id.of(cipher),
        null,
        Id.of("00000000-0000-4000-8000-0000000000f1"),
        null,
        Instant.parse("2026-11-24T10:00:00.123456Z"));
  }

  private static void tell(Notification notification, String user) {
    Id<Kind.User> id = Id.of(user);
    running.hub.deliver(new Delivery(notification, Audience.Users.of(id)));
  }

  private static void assertHears(NodeClient client, String cipher) {
    tell(item(cipher), USER);
    JsonNode heard =
        client.awaitNotification(n -> n.at("/Payload/Id").asText().equals(cipher), SOON);
    assertThat(heard.path("Type").asInt()).isEqualTo(1);
    assertThat(heard.path("ContextId").isNull()).isTrue();
    assertThat(heard.at("/Payload/UserId").isNull()).isTrue();
    assertThat(heard.at("/Payload/CollectionIds").isNull()).isTrue();
    assertThat(heard.at("/Payload/RevisionDate").asText()).startsWith("2026-11-24T10:00:00.123");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/notifications/hub",
        "/notifications/hub/",
        "//notifications/hub",
        "/hub",
        "/vault/notifications/hub",
        "/vault/notifications/hub/",
        "/vault//notifications/hub",
        "/vault/hub",
        "/"
      })
  void npmClientHearsOnEveryPath(String path) {
    try (NodeClient client = NodeClient.start(running.url(path), token()).awaitConnected()) {
      assertHears(client, "00000000-0000-4000-8000-0000000000c1");
    }
  }

  @Test
  void tokenInTheQueryAsBrowsersSendIt() {
    Options options = Options.newest().inQuery();
    try (NodeClient client =
        NodeClient.start(running.url("/notifications/hub"), token(), options).awaitConnected()) {
      assertHears(client, "00000000-0000-4000-8000-0000000000c2");
    }
  }

  @Test
  void jsonProtocol() {
    Options options = Options.newest().json();
    try (NodeClient client =
        NodeClient.start(running.url("/hub"), token(), options).awaitConnected()) {
      assertHears(client, "00000000-0000-4000-8000-0000000000c3");
    }
  }

  @Test
  void changedStampLogsOutAndCloses() {
    String user = "00000000-0000-4000-8000-00000000000b";
    running.accounts.put(user, "old");
    String token = running.tokens.login(user, "device", "old");
    try (NodeClient client = NodeClient.start(running.url("/hub"), token).awaitConnected()) {
      running.accounts.asOf(Instant.now().plusSeconds(1));
      running.hub.deliver(
          new Delivery(
              new Notification.OfAccount(UpdateType.LOG_OUT, Instant.now()),
              new Audience.StaleSessions(Id.of(user), StampHash.of("new"))));
      JsonNode heard = client.awaitNotification(n -> n.path("Type").asInt() == 11, SOON);
      assertThat(heard.at("/Payload/UserId").asText()).isEqualTo(user);
      assertThat(client.awaitClosed(SOON).path("error").isNull()).isTrue();
    }
  }

  @Test
  void anonymousClientHearsTheApproval() {
    String request = "00000000-0000-4000-8000-0000000000e1";
    String url = running.url("/notifications/anonymous-hub?Token=" + request);
    Notification approval =
        new Notification.OfAuthRequest(
            UpdateType.AUTH_REQUEST_RESPONSE, Id.of(request), Id.of(USER), "device");
    try (NodeClient client = NodeClient.start(url, null).awaitConnected()) {
      running.hub.deliver(new Delivery(approval, new Audience.Anonymous(Id.of(request))));
      JsonNode heard = client.awaitNotification(n -> n.path("Type").asInt() == 16, SOON);
      assertThat(heard.path("UserId").asText()).isEqualTo(USER);
      assertThat(heard.at("/Payload/Id").asText()).isEqualTo(request);
    }
    try (NodeClient late = NodeClient.start(url, null).awaitConnected()) {
      late.awaitNotification(n -> n.path("Type").asInt() == 16, SOON);
    }
  }

  @Test
  void silentHubKeepsTheClientBeyondItsThirtySeconds() throws InterruptedException {
    String user = "00000000-0000-4000-8000-00000000000c"; // one that nobody else talks to
    running.accounts.put(user, "stamp");
    String token = running.tokens.login(user, "device", "stamp");
    try (NodeClient client = NodeClient.start(running.url("/hub"), token).awaitConnected()) {
      Thread.sleep(Duration.ofSeconds(33)); // the client's own limit is what is tested
      assertThat(client.events()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "foreign",
        "expired",
        "origin",
        "|invite",
        "|send",
        "|admin",
        "refresh"
      })
  void badTokenIsRefusedBeforeTheUpgrade(String what) {
    String token =
        switch (what) {
          case "nonsense" -> what;
          case "foreign" -> Tokens.create().login(USER, "device", "stamp");
          case "expired" ->
              running.tokens.login(
                  USER,
                  "device",
                  "stamp",
                  Instant.now().minusSeconds(3_600),
                  Duration.ofMinutes(5));
          case "origin" -> running.tokens.at("https://else.example").login(USER, "d", "stamp");
          case "refresh" -> running.tokens.login(USER, "d", "s", c -> c.claim("sstamp", null));
          default -> running.tokens.login(USER, "d", "stamp", c -> c.issuer(Tokens.ORIGIN + what));
        };
    assertThat(upgradeStatus("/notifications/hub", token)).isEqualTo(401);
    try (NodeClient client = NodeClient.start(running.url("/hub"), token)) {
      assertThat(client.awaitFailed()).contains("failed to connect");
    }
  }

  /// It was checked when the connection was made; a client that lost it would be dark for minutes.
  @Test
  void expiryOfTheTokenLeavesAnOpenConnectionOpen() {
    Duration lifetime = Duration.ofHours(2);
    // Within the thirty seconds of leeway still, but not for long.
    Instant issued = Instant.now().minus(lifetime).minusSeconds(26);
    String token = running.tokens.login(USER, "device", "stamp", issued, lifetime);
    try (NodeClient client = NodeClient.start(running.url("/hub"), token).awaitConnected()) {
      await().atMost(SOON).until(() -> upgradeStatus("/hub", token) == 401);
      assertHears(client, "00000000-0000-4000-8000-0000000000c5");
    }
  }

  private static int upgradeStatus(String path, String token) {
    String url = running.url(path + "?access_token=" + token).replace("http:", "ws:");
    try (HttpClient http = HttpClient.newHttpClient()) {
      http.newWebSocketBuilder()
          .buildAsync(URI.create(url), new WebSocket.Listener() {})
          .join()
          .abort();
      return 101;
    } catch (CompletionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException refused) {
        return refused.getResponse().statusCode();
      }
      throw e;
    }
  }

  private static HttpResponse<String> get(String url) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  @Test
  void requestWithoutUpgradeNamesWhatTheProxyMustPass() throws Exception {
    HttpResponse<String> answer = get(running.url("/notifications/hub"));
    assertThat(answer.statusCode()).isEqualTo(426);
    assertThat(answer.body())
        .contains(
            "proxy_http_version 1.1;",
            "proxy_set_header Upgrade $http_upgrade;",
            "proxy_set_header Connection $http_connection;");
    assertThat(get(running.url("/nothing")).statusCode()).isEqualTo(404);
  }

  @Test
  void probesAndMetrics() throws Exception {
    assertThat(get(running.operatorUrl("/livez")).statusCode()).isEqualTo(200);
    assertThat(get(running.operatorUrl("/readyz")).statusCode()).isEqualTo(200);
    assertThat(get(running.operatorUrl("/syncz")).body())
        .isEqualTo("{\"synced\":true,\"state\":\"streaming\"}\n");
    running.sync = new SyncReport(false, "away", "no database");
    HttpResponse<String> away = get(running.operatorUrl("/syncz"));
    assertThat(away.statusCode()).isEqualTo(503);
    assertThat(away.body()).contains("no database");
    running.sync = new SyncReport(true, "streaming", null);
    assertThat(get(running.operatorUrl("/metrics")).body()).contains("wardbell_sessions");
  }
}
