package io.wardbell.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Count;
import io.wardbell.observe.Stage;
import io.wardbell.ops.Event;
import io.wardbell.ops.Held;
import io.wardbell.ops.SyncReport;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The status page, by HTTP and in headless Chromium. Its pictures are kept in `target/status-page`
/// for people to look at.
class StatusPageIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  @TempDir private static Path folder;
  private static RunningHub running;

  @BeforeAll
  static void start() {
    running = new RunningHub(folder);
    running.held = new Held("wardbell_1f2e3d4c5b6a_1", 52_428_800, 1_073_741_824);
    Instant now = Clock.system().now();
    String[] types = {"SyncCipherUpdate", "SyncCipherCreate", "SyncFolderUpdate", "AuthRequest"};
    for (int second = 0; second < 290; second++) {
      for (int type = 0; type < types.length; type++) {
        for (int i = 0; i < (second * (type + 3)) % (9 - 2 * type); i++) {
          running.activity.notified(types[type], now.minusSeconds(290 - second));
          running.metrics.count(Count.NOTIFICATIONS, types[type]);
        }
      }
    }
    for (int i = 0; i < 60; i++) {
      String id = "%08x-0000-4000-8000-000000000001".formatted(0x5b6c1c9e + i * 7919);
      boolean told = i % 2 == 1;
      Event event =
          new Event(
              now.minusSeconds(60 - i),
              told ? "SyncCipherUpdate" : "ciphers upserted",
              Event.shortened(id),
              told ? "12 users" : "");
      running.activity.add(() -> event);
    }
    running.hub.refused("ISSUER");
    running.hub.refused("NO_TOKEN");
    running.hub.refused("ISSUER");
    running.metrics.took(Stage.COMMIT_TO_READ, 2_300_000L);
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static HttpResponse<String> get(String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(running.operatorUrl(path))).build(),
            BodyHandlers.ofString());
  }

  @Test
  void filesComeUnderAStrictPolicyAndNameNothingFromElsewhere() throws Exception {
    for (String path : List.of("/", "/status.css", "/status.js")) {
      HttpResponse<String> answer = get(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
          .startsWith("default-src 'none'")
          .doesNotContain("unsafe");
      assertThat(answer.body().replace("http://www.w3.org/2000/svg", ""))
          .as(path)
          .doesNotContain("//www", "http:", "https:", "style=", "onclick", "innerHTML");
    }
  }

  @Test
  void stateIsJsonWithShortenedIds() throws Exception {
    JsonNode state = JSON.readTree(get("/status").body());
    assertThat(state.path("lagMillis").asDouble()).isEqualTo(2.3);
    assertThat(state.at("/held/bytes").asLong()).isEqualTo(52_428_800);
    assertThat(state.at("/chart/types/SyncCipherUpdate")).hasSize(150);
    assertThat(state.path("events")).hasSize(40);
    assertThat(state.path("events").findValuesAsText("id")).allMatch(id -> id.length() == 9);
  }

  /// DNS rebinding: a page of a name that leads here for a moment is not given what is here.
  @ParameterizedTest
  @CsvSource({
    "/status,  evil.example.org:8095,       421",
    "/metrics, evil.example.org,            421",
    "/syncz,   127.0.0.1.example.org:8095,  421",
    "/status,  127.0.0.1:8095,              200",
    "/status,  localhost:9000,              200",
    "/status,  [::1]:8095,                  200",
    "/readyz,  10.1.2.3:8095,               200",
    "/metrics, wardbell:8095,               200",
    "/metrics, wardbell.vault.svc:8095,     200",
    "/metrics, wardbell.vault.svc.cluster.local:8095, 200",
    "/status,  Wardbell.Example.Org.:8095,  200",
  })
  void namesThatMayBeAnybodysAreRefused(String path, String host, int status) throws Exception {
    String request = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
    try (RawPeer peer = RawPeer.request(running.operator.port(), request)) {
      assertThat(peer.status()).isEqualTo(status);
      if (status == 421) {
        assertThat(peer.body()).contains("WARDBELL_OPERATOR_NAMES", "[WB-OPS-02]");
      }
    }
  }

  @Test
  void streamsAreBoundedAndTheirPlacesComeBack() throws Exception {
    List<InputStream> streams = new ArrayList<>();
    HttpClient client = HttpClient.newHttpClient();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(running.operatorUrl("/events"))).build();
    for (int i = 0; i < 8; i++) {
      streams.add(client.send(request, BodyHandlers.ofInputStream()).body());
    }
    String first = new String(streams.getFirst().readNBytes(200), StandardCharsets.UTF_8);
    assertThat(first).startsWith("data:{\"version\":");
    assertThat(get("/events").statusCode()).isEqualTo(503);
    for (InputStream stream : streams) {
      stream.close();
    }
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> {
          HttpResponse<InputStream> again = client.send(request, BodyHandlers.ofInputStream());
          again.body().close();
          return again.statusCode() == 200;
        });
  }

  @Test
  void whoFindsNoPlaceIsToldSoAndGetsOneLater() throws Exception {
    assumeTrue(Browser.isThere(), "chromium is not installed");
    HttpClient client = HttpClient.newHttpClient();
    List<InputStream> streams = new ArrayList<>();
    try (Browser browser = new Browser(Files.createDirectory(folder.resolve("ninth")))) {
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> {
            HttpResponse<InputStream> answer =
                client.send(
                    HttpRequest.newBuilder(URI.create(running.operatorUrl("/events"))).build(),
                    BodyHandlers.ofInputStream());
            streams.add(answer.body());
            return answer.statusCode() == 503;
          });
      browser.open(running.operatorUrl("/"), 1100, 700, "light");
      browser.awaitText("too many look");
      assertThat(browser.value("document.body.innerText").asText())
          .contains("synced", "190 of 200")
          .doesNotContain("no answer");
      for (InputStream stream : streams) {
        stream.close();
      }
      await()
          .atMost(Duration.ofSeconds(20))
          .until(
              () -> !browser.value("document.body.innerText").asText().contains("too many look"));
      assertThat(browser.value("document.body.innerText").asText()).contains("synced");
    }
  }

  @Test
  void chromiumShowsItSyncedAndNot() throws Exception {
    assumeTrue(Browser.isThere(), "chromium is not installed");
    Path pictures = Files.createDirectories(Path.of("target", "status-page"));
    String page = running.operatorUrl("/");
    running.sync = new SyncReport(true, "streaming", null);
    try (Browser browser = new Browser(Files.createDirectory(folder.resolve("chromium")))) {
      browser.open(page, 1100, 1000, "light");
      browser.awaitText("50.0 MiB");
      assertThat(browser.value("document.body.innerText").asText())
          .contains("synced", "2.3 ms", "SyncCipherUpdate", "12 users", "190 of 200")
          .contains("3 refused since the start: issuer 2, no token 1")
          .doesNotContain("not synced");
      assertThat(browser.value("document.querySelectorAll('#chart rect').length").asInt())
          .isGreaterThan(100);
      assertThat(browser.value("document.querySelectorAll('.near').length").asInt()).isEqualTo(1);
      browser.picture(pictures.resolve("light.png"));
      browser.open(page, 1100, 1000, "dark");
      browser.awaitText("50.0 MiB");
      browser.picture(pictures.resolve("dark.png"));
      browser.open(page, 390, 1600, "light");
      browser.awaitText("50.0 MiB");
      assertThat(browser.value("document.documentElement.scrollWidth").asInt())
          .as("nothing to scroll sideways on a phone")
          .isLessThanOrEqualTo(390);
      browser.picture(pictures.resolve("phone.png"));
      browser.open(page, 1100, 700, "dark");
      browser.awaitText("50.0 MiB");
      String why = "the database at db.example.org:5432/vaultwarden cannot be reached [WB-PG-25]";
      running.sync = new SyncReport(false, "away", why);
      browser.awaitText(why); // Comes by itself.
      assertThat(browser.value("document.title").asText()).startsWith("!");
      browser.picture(pictures.resolve("not-synced.png"));
    } finally {
      running.sync = new SyncReport(true, "streaming", null);
    }
  }
}
