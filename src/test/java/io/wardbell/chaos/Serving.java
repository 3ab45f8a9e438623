package io.wardbell.chaos;

import io.wardbell.ServeProcess;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `wardbell serve` on ports that stay the same, however often it is started.
public final class Serving implements AutoCloseable {
  /// Of two lines in its log.
  enum Kind {
    LOST("The database's log was lost"),
    CAUGHT_UP("Caught up with the database");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  private static final HttpClient HTTP =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  public final int port = freePort();
  private final int operatorPort = freePort();
  private final Path folder;
  private final Map<String, String> environment;
  private final List<Path> logs = new ArrayList<>();
  private volatile @Nullable ServeProcess process;

  public Serving(Path folder, Map<String, String> environment) {
    this.folder = folder;
    this.environment = new HashMap<>(environment);
    this.environment.put("WEBSOCKET_PORT", Integer.toString(port));
    this.environment.put("WARDBELL_OPERATOR_PORT", Integer.toString(operatorPort));
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// Starts it, once more if it has ended.
  public void start() throws IOException {
    Path said = folder.resolve("wardbell-" + logs.size() + ".log");
    logs.add(said);
    process = new ServeProcess(said, environment);
  }

  /// The one that was started last.
  public ServeProcess process() {
    ServeProcess running = process;
    if (running == null) {
      throw new IllegalStateException("not started");
    }
    return running;
  }

  boolean isRunning() {
    return process().isAlive();
  }

  void kill() throws InterruptedException {
    process().kill();
  }

  void terminate() {
    process().close();
  }

  /// `/syncz`, or null if nobody answers.
  @Nullable String sync() {
    return get("/syncz");
  }

  /// A page of the operator's, or null if nobody answers.
  public @Nullable String get(String page) {
    try {
      return HTTP.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + operatorPort + page))
                  .timeout(Duration.ofSeconds(3))
                  .build(),
              HttpResponse.BodyHandlers.ofString())
          .body();
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /// Whether clients hear of changes.
  public boolean isSynced() {
    String answer = sync();
    return answer != null && answer.contains("\"synced\":true");
  }

  /// When one of its logs first says this after an instant; null if it does not.
  @Nullable Instant said(Kind kind, Instant after) throws IOException {
    for (Path log : logs) {
      for (String line : java.nio.file.Files.readAllLines(log)) {
        if (line.contains(kind.words)) {
          Instant at = Instant.parse(line.substring(0, line.indexOf(' ')));
          if (!at.isBefore(after)) {
            return at;
          }
        }
      }
    }
    return null;
  }

  List<Path> logs() {
    return logs;
  }

  @Override
  public void close() {
    ServeProcess running = process;
    if (running != null) {
      running.close();
    }
  }
}
