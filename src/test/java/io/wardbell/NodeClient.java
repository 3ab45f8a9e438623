package io.wardbell;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// SignalR's own npm client in a Node process, as Bitwarden's clients use it. Events are kept in
/// the order in which they came.
public final class NodeClient implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path HOME = Path.of("src", "test", "node");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  /// How to connect.
  ///
  /// @param library the folder of an older version below `src/test/node`; null for the newest
  /// @param protocol `messagepack` or `json`
  /// @param tokenIn `header` or `query`
  /// @param negotiate whether to negotiate first, as clients did until March 2020
  public record Options(
      @Nullable String library, String protocol, String tokenIn, boolean negotiate) {
    /// The newest version with MessagePack, the token in the header.
    public static Options newest() {
      return new Options(null, "messagepack", "header", false);
    }

    /// The same with the token in the query, as browsers send it.
    public Options inQuery() {
      return new Options(library, protocol, "query", negotiate);
    }

    /// The same with JSON.
    public Options json() {
      return new Options(library, "json", tokenIn, negotiate);
    }

    /// The same with an older version.
    public Options version(String folder) {
      return new Options(folder, protocol, tokenIn, negotiate);
    }

    /// The same, and negotiates first.
    public Options negotiating() {
      return new Options(library, protocol, tokenIn, true);
    }
  }

  private final Process process;
  private final List<JsonNode> events = new ArrayList<>();
  private boolean ended;

  private NodeClient(Process process) {
    this.process = process;
  }

  /// Starts a client with the newest version, the token in the header.
  public static NodeClient start(String url, @Nullable String token) {
    return start(url, token, Options.newest());
  }

  /// Starts a client; it connects in the background.
  public static NodeClient start(String url, @Nullable String token, Options options) {
    return start(url, token, options, Map.of());
  }

  /// Starts a client whose Node has these variables, too.
  public static NodeClient start(
      String url, @Nullable String token, Options options, Map<String, String> environment) {
    try {
      install(options.library() == null ? HOME : HOME.resolve(options.library()));
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("url", url);
      line.put("protocol", options.protocol());
      line.put("tokenIn", options.tokenIn());
      line.put("negotiate", options.negotiate());
      if (token != null) {
        line.put("token", token);
      }
      if (options.library() != null) {
        line.put("library", options.library());
      }
      ProcessBuilder node =
          new ProcessBuilder("node", "client.mjs")
              .directory(HOME.toFile())
              .redirectError(ProcessBuilder.Redirect.INHERIT);
      node.environment().putAll(environment);
      Process process = node.start();
      NodeClient client = new NodeClient(process);
      Thread.ofPlatform().daemon().name("node-client").start(client::listen);
      OutputStream input = process.getOutputStream();
      input.write((JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
      input.flush();
      return client;
    } catch (IOException e) {
      throw new UncheckedIOException("the Node client could not be started; is node there?", e);
    }
  }

  /// Installs a folder's modules unless they are there for its lock file.
  public static synchronized void install(Path folder) throws IOException {
    Path lock = folder.resolve("package-lock.json");
    Path mark = folder.resolve("node_modules").resolve(".for-lock");
    String wanted = Files.readString(lock);
    if (Files.exists(mark) && Files.readString(mark).equals(wanted)) {
      return;
    }
    try {
      Process npm =
          new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund", "--loglevel", "error")
              .directory(folder.toFile())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      npm.getOutputStream().close();
      if (!npm.waitFor(5, TimeUnit.MINUTES) || npm.exitValue() != 0) {
        npm.destroy();
        throw new IOException("npm ci failed in " + folder);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
    Files.writeString(mark, wanted);
  }

  private void listen() {
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      String line = lines.readLine();
      while (line != null) {
        JsonNode event = JSON.readTree(line);
        synchronized (this) {
          events.add(event);
          notifyAll();
        }
        line = lines.readLine();
      }
    } catch (IOException e) {
      // The process was ended; what waits is told below.
    } finally {
      synchronized (this) {
        ended = true;
        notifyAll();
      }
    }
  }

  /// Waits until the connection is there.
  public NodeClient awaitConnected() {
    awaitEvent(event -> event.path("event").asText().equals("connected"), PATIENCE);
    return this;
  }

  /// Waits until the connection could not be made.
  ///
  /// @return the error's text
  public String awaitFailed() {
    return awaitEvent(event -> event.path("event").asText().equals("failed"), PATIENCE)
        .path("error")
        .asText();
  }

  /// Waits until the connection is closed.
  ///
  /// @return the event, with the key `error`
  public JsonNode awaitClosed(Duration timeout) {
    return awaitEvent(event -> event.path("event").asText().equals("closed"), timeout);
  }

  /// Waits for a notification, which may have come already.
  ///
  /// @param wanted sees the argument: `Type`, `Payload`, `ContextId`, dates as ISO 8601
  public JsonNode awaitNotification(Predicate<JsonNode> wanted, Duration timeout) {
    return awaitEvent(
            event ->
                event.path("event").asText().equals("notification")
                    && wanted.test(event.path("argument")),
            timeout)
        .path("argument");
  }

  private synchronized JsonNode awaitEvent(Predicate<JsonNode> wanted, Duration timeout) {
    long end = System.nanoTime() + timeout.toNanos();
    while (true) {
      Optional<JsonNode> found = events.stream().filter(wanted).findFirst();
      long left = end - System.nanoTime();
      if (found.isPresent()) {
        return found.get();
      }
      if (left <= 0 || ended) {
        throw new AssertionError(
            (ended ? "the client ended" : "nothing in " + timeout) + "; events: " + events);
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }
  }

  /// The arguments of all notifications so far, oldest first.
  public synchronized List<JsonNode> notifications() {
    return events.stream()
        .filter(event -> event.path("event").asText().equals("notification"))
        .map(event -> event.path("argument"))
        .toList();
  }

  /// All events so far.
  public synchronized List<JsonNode> events() {
    return List.copyOf(events);
  }

  /// Closes the connection in good order, and ends the process.
  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
