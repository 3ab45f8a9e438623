package io.wardbell.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wardbell.Tokens;
import io.wardbell.demo.VaultServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `wardbell serve` is stopped in order and started again on the same port, as an update does it.
class RestartIT {
  private static final int CLIENTS = 200;
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int SYNC_VAULT = 5;
  private static final int SYNC_ORGANIZATIONS = 17;

  @TempDir private Path folder;
  private final Tokens tokens = Tokens.create();
  private final List<Client> clients = new ArrayList<>();
  private SqliteTarget database;
  private Connection connection;
  private VaultServer vault;
  private Serving wardbell;

  /// One client that connects again whenever it is told to.
  private final class Client {
    final String user;
    final Queue<Integer> heard = new ConcurrentLinkedQueue<>();
    private final String token;
    private @Nullable HubSocket socket;
    CompletableFuture<Long> ended = new CompletableFuture<>();

    Client(String user) throws SQLException {
      this.user = user;
      token = tokens.login(user, "device-of-" + user, vault.accounts().securityStamp(user));
    }

    boolean connects() {
      CompletableFuture<Long> end = new CompletableFuture<>();
      ended = end;
      try {
        socket =
            HubSocket.open(
                wardbell.port,
                token,
                argument -> heard.add(argument.path("Type").asInt()),
                () -> end.complete(System.nanoTime()));
        return true;
      } catch (IOException e) {
        return false; // Nobody listens yet.
      }
    }

    long endedAt() {
      return ended.orTimeout(SOON.toSeconds(), TimeUnit.SECONDS).join();
    }

    void close() {
      HubSocket open = socket;
      if (open != null) {
        open.close();
      }
    }
  }

  @BeforeEach
  void connect() throws Exception {
    tokens.writeKey(folder.resolve("rsa_key.pem"));
    database = new SqliteTarget(folder);
    connection = database.connect();
    vault = VaultServer.on(connection);
    Map<String, String> environment = new HashMap<>(database.environment(folder));
    environment.put("RSA_KEY_FILENAME", folder.resolve("rsa_key").toString());
    environment.put("DOMAIN", Tokens.ORIGIN);
    wardbell = new Serving(folder, environment);
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new Client(vault.accounts().register("user" + i + "@example.com")));
    }
    start();
    assertThat(clients).allMatch(Client::connects);
  }

  private void start() throws IOException {
    wardbell.start();
    await().pollInterval(Duration.ofMillis(50)).atMost(SOON).until(wardbell::isSynced);
  }

  @AfterEach
  void leave() throws Exception {
    clients.forEach(Client::close);
    wardbell.close();
    connection.close();
    database.close();
  }

  private static long millis(long from, long to) {
    return TimeUnit.NANOSECONDS.toMillis(to - from);
  }

  @Test
  void socketsCloseAtOnceAndAllAreBackWithinSecondsAndHearWhatTheyMissed() throws Exception {
    long told = System.nanoTime();
    wardbell.process().signal("TERM");
    long closed = clients.stream().mapToLong(Client::endedAt).max().orElseThrow();
    assertThat(millis(told, closed)).as("ms until all were closed").isLessThan(2_000);
    await().pollInterval(Duration.ofMillis(20)).atMost(SOON).until(() -> !wardbell.isRunning());
    long gone = System.nanoTime();
    Client missing = clients.getFirst();
    clients.forEach(client -> client.heard.clear());
    vault.folders().create(missing.user);
    wardbell.start();
    for (Client client : clients) {
      await().pollInterval(Duration.ofMillis(20)).atMost(SOON).until(client::connects);
    }
    long back = System.nanoTime();
    System.out.printf(
        "%d clients closed after %d ms, process gone after %d ms, all back %d ms later%n",
        CLIENTS, millis(told, closed), millis(told, gone), millis(gone, back));
    assertThat(millis(told, back)).as("ms until all were back").isLessThan(15_000);
    await()
        .atMost(SOON)
        .until(
            () -> missing.heard.stream().anyMatch(t -> t == SYNC_ORGANIZATIONS || t == SYNC_VAULT));
  }

  @Test
  void readyIsFalseBeforeTheFirstSocketIsClosedAndOneThatDoesNotAnswerHoldsUpNobody()
      throws Exception {
    assertThat(wardbell.get("/readyz")).contains("\"ready\":true");
    CompletableFuture<@Nullable String> ready =
        clients.getFirst().ended.thenApply(_ -> wardbell.get("/readyz"));
    try (Socket mute = new Socket(InetAddress.getLoopbackAddress(), wardbell.port)) {
      String request =
          """
          GET /hub?access_token=TOKEN HTTP/1.1\r
          Host: x\r
          Upgrade: websocket\r
          Connection: Upgrade\r
          Sec-WebSocket-Version: 13\r
          Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
          \r
          """
              .replace("TOKEN", clients.getFirst().token);
      mute.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      assertThat(mute.getInputStream().read()).as("an answer").isEqualTo('H');
      long told = System.nanoTime();
      wardbell.process().signal("TERM");
      long closed = clients.stream().mapToLong(Client::endedAt).max().orElseThrow();
      assertThat(millis(told, closed)).as("ms until the others were closed").isLessThan(2_000);
      assertThat(ready.get(5, TimeUnit.SECONDS)).contains("\"ready\":false").contains("stopping");
      await().atMost(Duration.ofSeconds(10)).until(() -> !wardbell.isRunning());
    }
  }
}
