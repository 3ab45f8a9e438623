package io.wardbell.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wardbell.Tokens;
import io.wardbell.demo.VaultServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// More than is ever to be expected: a snapshot of a million items, one statement that changes them
/// all, and clients that are slower than what they are told. `-Dwardbell.items=1000000` items,
/// `-Dwardbell.heap=256m`, which is twice the launcher's own; SQLite needs 512m.
class OverloadCheck {
  private static final int ITEMS = Integer.getInteger("wardbell.items", 1_000_000);
  private static final String HEAP = System.getProperty("wardbell.heap", "256m");

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  /// What a person would not notice, on a machine that does other things, too.
  private static final Duration RECOVERED = Duration.ofSeconds(1);

  /// What everybody is told who has missed too much.
  private static final String SYNC = "sync";

  @TempDir private Path folder;
  private final Tokens tokens = Tokens.create();

  static Stream<ChaosKind> kinds() {
    return ChaosKind.selected(ChaosKind.ALL);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void memoryIsBoundedOrderHoldsAndLatencyRecovers(ChaosKind kind) throws Exception {
    tokens.writeKey(folder.resolve("rsa_key.pem"));
    try (Target target = kind.starter().start(folder);
        Connection connection = target.connect()) {
      VaultServer vault = VaultServer.on(connection);
      String owner = vault.accounts().register("owner@example.com");
      String other = vault.accounts().register("other@example.com");
      vault.ciphers().create(owner);
      multiply(kind, connection);
      Map<String, String> environment = new HashMap<>(target.environment(folder));
      environment.put("RSA_KEY_FILENAME", folder.resolve("rsa_key").toString());
      environment.put("DOMAIN", Tokens.ORIGIN);
      environment.put("WARDBELL_HEAP", HEAP);
      environment.put("WARDBELL_BURST_MESSAGES", "10000"); // Else nobody is outrun.
      try (Serving wardbell = new Serving(folder, environment)) {
        Stopwatch snapshot = new Stopwatch();
        wardbell.start();
        awaitSynced(wardbell);
        say(kind, wardbell, "snapshot of %,d items: %,d ms".formatted(ITEMS, snapshot.millis()));

        AtomicInteger outrun = new AtomicInteger();
        Queue<JsonNode> told = new ConcurrentLinkedQueue<>();
        Queue<String> heard = new ConcurrentLinkedQueue<>();
        HubSocket slow =
            connect(
                wardbell,
                vault,
                owner,
                message -> {
                  told.add(message);
                  Pause.millis(2);
                },
                outrun);
        HubSocket quick =
            connect(wardbell, vault, other, message -> heard.add(named(message)), outrun);
        Thread.ofVirtual().start(() -> ping(wardbell, slow, quick)); // Who once did has to.
        List<String> made = new ArrayList<>();
        say(kind, wardbell, "before: " + latencies(wardbell, vault, other, made, heard));

        told.clear();
        heard.removeIf(SYNC::equals); // On connecting.
        target.run("UPDATE ciphers SET updated_at = '2031-01-01 00:00:00'");
        Stopwatch update = new Stopwatch();
        Instant began = Instant.now();
        String next = vault.folders().create(other);
        // A log that cannot be followed is read anew.
        awaitHeard(
            wardbell,
            () ->
                heard.contains(next)
                    || (heard.contains(SYNC)
                        && wardbell.said(Serving.Kind.CAUGHT_UP, began) != null));
        say(
            kind,
            wardbell,
            "an update of %,d rows: the next change was told after %,d ms"
                .formatted(ITEMS, update.millis()));
        await().atMost(PATIENCE).until(() -> told.stream().anyMatch(m -> named(m).equals(SYNC)));
        say(
            kind,
            wardbell,
            "the slow client took %,d messages, and was told to sync".formatted(told.size()));
        awaitSynced(wardbell);
        String after = latencies(wardbell, vault, other, made, heard);
        say(kind, wardbell, "after: " + after);
        assertThat(heard.stream().filter(made::contains)).containsExactlyElementsOf(made);
        assertThat(told.stream().filter(m -> m.path("Type").asInt() == 0).toList())
            .hasSizeLessThan(ITEMS)
            .allMatch(m -> m.at("/Payload/RevisionDate").asText().startsWith("2031-01-01"));
        assertThat(wardbell.isRunning()).isTrue();
        assertThat(outrun).as("connections cut").hasValue(0);
        assertThat(Files.readString(wardbell.logs().getFirst())).doesNotContain("OutOfMemory");
        slow.close();
        quick.close();
      }
    }
  }

  private HubSocket connect(
      Serving wardbell,
      VaultServer vault,
      String user,
      java.util.function.Consumer<JsonNode> onMessage,
      AtomicInteger ended)
      throws SQLException, IOException {
    String token = tokens.login(user, "device-of-" + user, vault.accounts().securityStamp(user));
    return HubSocket.open(wardbell.port, token, onMessage, ended::incrementAndGet);
  }

  private static void ping(Serving wardbell, HubSocket... sockets) {
    while (wardbell.isRunning()) {
      for (HubSocket socket : sockets) {
        socket.ping();
      }
      Pause.millis(5_000);
    }
  }

  private static void awaitSynced(Serving wardbell) {
    await()
        .pollInterval(Duration.ofMillis(50))
        .atMost(PATIENCE)
        .until(() -> {
          assertThat(wardbell.isRunning()).as("out of memory?").isTrue();
          return wardbell.isSynced();
        });
  }

  /// What a message is about; `SYNC` for one that makes the client fetch everything.
  private static String named(JsonNode message) {
    return message.path("Type").asInt() == 17 ? SYNC : message.at("/Payload/Id").asText();
  }

  private static void awaitHeard(Serving wardbell, Callable<Boolean> heard) {
    await()
        .pollInterval(Duration.ofMillis(1))
        .atMost(PATIENCE)
        .until(() -> {
          assertThat(wardbell.isRunning()).as("out of memory?").isTrue();
          return heard.call();
        });
  }

  private static String latencies(
      Serving wardbell, VaultServer vault, String user, List<String> made, Queue<String> heard)
      throws SQLException {
    List<Long> millis = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Stopwatch watch = new Stopwatch();
      made.add(vault.folders().create(user));
      awaitHeard(wardbell, () -> heard.contains(made.getLast()));
      millis.add(watch.millis());
    }
    millis.sort(null);
    assertThat(Duration.ofMillis(millis.get(25))).isLessThan(RECOVERED);
    return "write to client, ms: median %d, most %d of 50"
        .formatted(millis.get(25), millis.get(49));
  }

  private static void say(ChaosKind kind, Serving wardbell, String what) throws IOException {
    String most =
        Files.readAllLines(Path.of("/proc", Long.toString(wardbell.process().pid()), "status"))
            .stream()
            .filter(line -> line.startsWith("VmHWM:"))
            .findFirst()
            .orElse("")
            .replaceAll("[^0-9]", "");
    System.out.printf(
        "overload on %s, heap %s: %s; process at most %d MB%n",
        kind, HEAP, what, Long.parseLong(most) >> 10);
  }

  private static final class Stopwatch {
    private final long began = System.nanoTime();

    long millis() {
      return (System.nanoTime() - began) / 1_000_000;
    }
  }

  // ---- a million items ----

  /// The one item, over and over under other ids.
  private static void multiply(ChaosKind kind, Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      String quote = connection.getMetaData().getIdentifierQuoteString();
      List<String> columns = new ArrayList<>();
      try (ResultSet one = statement.executeQuery("SELECT * FROM ciphers")) {
        ResultSetMetaData table = one.getMetaData();
        for (int i = 1; i <= table.getColumnCount(); i++) {
          if (!table.getColumnName(i).equals("uuid")) {
            columns.add(quote + table.getColumnName(i) + quote);
          }
        }
      }
      String id = "printf('%08x-0000-4000-8000-000000000000', n)"; // SQLite's
      switch (kind.name()) {
        case "postgresql" -> id = "lpad(to_hex(n), 8, '0') || '-0000-4000-8000-000000000000'";
        case "mariadb", "mysql" -> {
          id = "concat(lpad(lower(hex(n)), 8, '0'), '-0000-4000-8000-000000000000')";
          String most =
              kind.name().equals("mariadb")
                  ? "max_recursive_iterations"
                  : "cte_max_recursion_depth";
          statement.execute("SET SESSION " + most + " = " + (ITEMS + 1));
        }
        default -> {}
      }
      String rest = String.join(", ", columns);
      statement.execute(
          ("INSERT INTO ciphers (uuid, %1$s) WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL"
                  + " SELECT n + 1 FROM numbers WHERE n < %2$d) SELECT %3$s, %1$s FROM ciphers, numbers")
              .formatted(rest, ITEMS - 1, id));
    }
  }
}
