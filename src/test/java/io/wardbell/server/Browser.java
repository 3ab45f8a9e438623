package io.wardbell.server;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wardbell.Ending;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// Headless Chromium with one page, told what to do by its DevTools protocol.
final class Browser implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration SOON = Duration.ofSeconds(20);

  private final HttpClient http = HttpClient.newHttpClient();
  private final LinkedBlockingQueue<JsonNode> answers = new LinkedBlockingQueue<>();
  private final Process process;
  private final WebSocket socket;
  private int calls;

  /// Whether this machine has it.
  static boolean isThere() {
    return Files.isExecutable(Path.of("/usr/bin/chromium"));
  }

  Browser(Path profile) throws IOException, InterruptedException {
    process =
        new ProcessBuilder(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Path port = profile.resolve("DevToolsActivePort");
    await().atMost(SOON).until(() -> Files.exists(port) && Files.readAllLines(port).size() == 2);
    URI pages = URI.create("http://127.0.0.1:" + Files.readAllLines(port).getFirst() + "/json/new");
    String page =
        http.send(
                HttpRequest.newBuilder(pages).PUT(BodyPublishers.noBody()).build(),
                BodyHandlers.ofString())
            .body();
    String url = JSON.readTree(page).path("webSocketDebuggerUrl").asText();
    socket = http.newWebSocketBuilder().buildAsync(URI.create(url), new Inbound()).join();
  }

  private final class Inbound implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        try {
          JsonNode message = JSON.readTree(text.toString());
          if (message.has("id")) {
            answers.add(message);
          }
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
        text.setLength(0);
      }
      return WebSocket.Listener.super.onText(from, data, last);
    }
  }

  private JsonNode call(String method, Map<String, ?> parameters) {
    try {
      int id = ++calls;
      socket
          .sendText(
              JSON.writeValueAsString(Map.of("id", id, "method", method, "params", parameters)),
              true)
          .join();
      JsonNode answer = answers.poll(20, TimeUnit.SECONDS);
      if (answer == null || answer.path("id").asInt() != id || answer.has("error")) {
        throw new AssertionError(method + ": " + answer);
      }
      return answer.path("result");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  /// Goes to a page, in a window of this size, by day or by night.
  void open(String url, int width, int height, String scheme) {
    call(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    call(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    call("Page.navigate", Map.of("url", url));
  }

  /// What an expression of JavaScript is.
  JsonNode value(String expression) {
    return call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true))
        .at("/result/value");
  }

  /// Waits until the page shows a text.
  void awaitText(String text) {
    await().atMost(SOON).until(() -> value("document.body.innerText").asText().contains(text));
  }

  /// Keeps what is seen as a PNG file.
  void picture(Path file) throws IOException {
    String data = call("Page.captureScreenshot", Map.of("format", "png")).path("data").asText();
    Files.write(file, Base64.getDecoder().decode(data));
  }

  @Override
  public void close() {
    socket.abort();
    http.shutdownNow();
    Ending.end(process, Duration.ofSeconds(5));
  }
}
