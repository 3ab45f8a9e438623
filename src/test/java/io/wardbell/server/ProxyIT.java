package io.wardbell.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.wardbell.NodeClient;
import io.wardbell.NodeClient.Options;
import io.wardbell.id.Id;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import io.wardbell.server.RealProxy.Ports;
import io.wardbell.server.RealProxy.Program;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The reverse proxies in front of the hub and of something that stands for the vault server: the
/// configurations that `compose/proxies` gives, and those that people have from bitwarden_rs. The
/// client is SignalR's own, with the token in the query as browsers send it. Each program is left
/// out where it is not installed.
class ProxyIT {
  private static final String USER = "00000000-0000-4000-8000-00000000000a";
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir private Path folder;
  private RunningHub running;
  private HttpServer vault;
  private Ports ports;
  private String token;

  @BeforeEach
  void start() throws IOException {
    running = new RunningHub(folder);
    running.accounts.put(USER, "stamp");
    token = running.tokens.login(USER, "device", "stamp");
    vault = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    vault.createContext(
        "/",
        exchange -> {
          byte[] body =
              ("vault " + exchange.getRequestURI().getPath()).getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    vault.start();
    ports = new Ports(RealProxy.freePort(), running.listener.port(), vault.getAddress().getPort());
  }

  @AfterEach
  void stop() {
    running.close();
    vault.stop(0);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsGivenCarriesAllAndLogsNoToken(Program program) throws IOException {
    assumeTrue(program.isThere());
    try (RealProxy proxy = new RealProxy(program, program.given(), folder, ports)) {
      String origin = "https://127.0.0.1:" + ports.front();
      Map<String, String> trust = Map.of("NODE_EXTRA_CA_CERTS", proxy.authority().toString());
      Options query = Options.newest().inQuery();
      try (NodeClient client = start(origin + "/notifications/hub", query, trust);
          NodeClient inSubPath = start(origin + "/vault/notifications/hub", query, trust);
          NodeClient negotiating =
              start(origin + "/notifications/hub", Options.newest().negotiating(), trust);
          NodeClient anonymous = anonymous(origin, trust);
          NodeClient toVault = start(origin + "/icons?x=1", query, trust)) {
        assertHear(client, inSubPath, negotiating);
        assertHearsApproval(anonymous);
        toVault.awaitFailed();
      }
      // Traefik has the query in what would be the path, and leaves both out.
      String[] served =
          program == Program.TRAEFIK
              ? new String[] {"wardbell@file", "vaultwarden@file"}
              : new String[] {"/notifications/hub", "/icons"};
      await().atMost(SOON).untilAsserted(() -> assertLogged(proxy, served));
      running.listener.close();
      vault.stop(0);
      try (NodeClient nobodyThere = start(origin + "/notifications/hub", query, trust);
          NodeClient norThere = start(origin + "/gone", query, trust)) {
        nobodyThere.awaitFailed();
        norThere.awaitFailed();
      }
      String gone = program == Program.TRAEFIK ? "\"OriginStatus\":502" : "/gone";
      await().atMost(SOON).untilAsserted(() -> assertLogged(proxy, gone));
    }
  }

  private void assertLogged(RealProxy proxy, String... paths) {
    String logs = proxy.logs();
    assertThat(logs).contains(paths);
    assertThat(logs).doesNotContain(token).doesNotContain(token.substring(token.length() - 20));
    assertThat(logs).doesNotContain(REQUEST);
  }

  @ParameterizedTest
  @EnumSource
  void whatPeopleHaveForBitwardenRsWorksUnchanged(Program program) throws IOException {
    assumeTrue(program.isThere() && Files.exists(program.older()));
    try (RealProxy _ = new RealProxy(program, program.older(), folder, ports)) {
      String origin = "http://127.0.0.1:" + ports.front();
      Options query = Options.newest().inQuery();
      try (NodeClient client = start(origin + "/notifications/hub", query, Map.of());
          NodeClient inHeader = start(origin + "/notifications/hub", Options.newest(), Map.of());
          NodeClient inSubPath = start(origin + "/vault/notifications/hub", query, Map.of())) {
        assertHear(client, inHeader, inSubPath);
      }
      assertThat(get(origin + "/notifications/hub/negotiate"))
          .isEqualTo("vault /notifications/hub/negotiate");
      assertThat(get(origin + "/api/config")).isEqualTo("vault /api/config");
    }
  }

  private NodeClient start(String url, Options options, Map<String, String> trust) {
    return NodeClient.start(url, token, options, trust);
  }

  private static final String REQUEST = UUID.randomUUID().toString();

  private static NodeClient anonymous(String origin, Map<String, String> trust) {
    return NodeClient.start(
        origin + "/notifications/anonymous-hub?Token=" + REQUEST, null, Options.newest(), trust);
  }

  private void assertHear(NodeClient... clients) {
    for (NodeClient client : clients) {
      client.awaitConnected();
    }
    String id = UUID.randomUUID().toString();
    running.hub.deliver(
        new Delivery(
            new Notification.OfFolder(
                UpdateType.SYNC_FOLDER_CREATE, Id.of(id), Id.of(USER), Instant.EPOCH),
            Audience.Users.of(Id.of(USER))));
    for (NodeClient client : clients) {
      JsonNode heard = client.awaitNotification(n -> n.at("/Payload/Id").asText().equals(id), SOON);
      assertThat(heard.path("Type").asInt()).isEqualTo(7);
    }
  }

  private void assertHearsApproval(NodeClient client) {
    client.awaitConnected();
    running.hub.deliver(
        new Delivery(
            new Notification.OfAuthRequest(
                UpdateType.AUTH_REQUEST_RESPONSE, Id.of(REQUEST), Id.of(USER), "device"),
            new Audience.Anonymous(Id.of(REQUEST))));
    client.awaitNotification(n -> n.at("/Payload/Id").asText().equals(REQUEST), SOON);
  }

  private static String get(String url) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
    connection.setConnectTimeout(5_000);
    connection.setReadTimeout(5_000);
    try (var in = connection.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
