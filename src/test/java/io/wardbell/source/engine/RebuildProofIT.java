package io.wardbell.source.engine;

import static io.wardbell.source.engine.BinlogSourceIT.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.demo.TestBinlogServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Engines built again and again under hundreds of commits a second, some of which stall between
/// the log and the tables: each time the model is what the tables are, and what is told are true
/// changes only. `-Dwardbell.rebuilds=200` makes more of them.
final class RebuildProofIT {
  private static final Duration STALL = Duration.ofMillis(400);

  @ParameterizedTest
  @MethodSource("io.wardbell.demo.TestBinlogServer$Product#selected")
  void everySnapshotIsWhole(TestBinlogServer.Product product) throws Exception {
    int rebuilds = Integer.getInteger("wardbell.rebuilds", 5);
    long seed = Long.getLong("wardbell.seed", new Random().nextLong());
    System.out.println("RebuildProofIT: -Dwardbell.seed=" + seed);
    Witness witness = new Witness();
    long[] readyMillis = new long[rebuilds];
    long began = System.nanoTime();
    try (TestBinlogServer server = BinlogSourceIT.prepared(product);
        Connection control = server.connect();
        Writers writers = new Writers(server, seed);
        Stalls _ = new Stalls(server)) {
      for (int i = 0; i < rebuilds; i++) {
        long start = System.nanoTime();
        try (BinlogSource source = BinlogSourceIT.source(server)) {
          witness.expectSnapshot();
          source.start(witness);
          await(witness::following);
          readyMillis[i] = Duration.ofNanos(System.nanoTime() - start).toMillis();
          TimeUnit.MILLISECONDS.sleep(200); // The stream goes on for a while.
          writers.pause();
          mark(control, i);
          long marker = i;
          await(() -> witness.marker() == marker);
          assertThat(writers.failures()).isEmpty();
          assertThat(differences(witness.rows(), tables(control)))
              .as("rebuild %d, seed %d", i, seed)
              .isEmpty();
          assertThat(witness.modelItems()).isEqualTo(items(control));
          assertThat(witness.lies()).as("rebuild %d, seed %d", i, seed).isEmpty();
          writers.resume();
        }
      }
      Arrays.sort(readyMillis);
      System.out.printf(
          "%s: %d rebuilds, %d commits/s, %d differences and %d changes told, all true;"
              + " ready after p50 %d ms, max %d ms%n",
          product,
          rebuilds,
          writers.commits() * 1_000_000_000L / (System.nanoTime() - began),
          witness.differences(),
          witness.streamed(),
          readyMillis[rebuilds / 2],
          readyMillis[rebuilds - 1]);
    }
  }

  private static void mark(Connection c, int number) throws SQLException {
    try (Statement s = c.createStatement()) {
      if (number == 0) {
        s.execute("SET SESSION foreign_key_checks = 0"); // A folder of nobody.
      }
      s.execute(
          "INSERT INTO folders (uuid, created_at, updated_at, user_uuid, name)"
              + " VALUES ('%d', '2020-01-01', '2020-01-01', '0', '')".formatted(number));
    }
  }

  /// Row by row: what the model has, and what the table.
  private static Map<String, String> differences(Map<String, Long> model, Map<String, Long> table) {
    Set<String> keys = new HashSet<>(model.keySet());
    keys.addAll(table.keySet());
    Map<String, String> differences = new TreeMap<>();
    for (String key : keys) {
      if (!Objects.equals(model.get(key), table.get(key))) {
        differences.put(key, model.get(key) + " for " + table.get(key));
      }
    }
    return differences;
  }

  private static Map<String, Long> tables(Connection c) throws SQLException {
    Map<String, Long> rows = new HashMap<>();
    try (Statement s = c.createStatement()) {
      try (ResultSet r = s.executeQuery("SELECT uuid, access_count FROM sends")) {
        while (r.next()) {
          rows.put("sends/" + r.getString(1), r.getLong(2));
        }
      }
      try (ResultSet r =
          s.executeQuery(
              "SELECT uuid, TIMESTAMPDIFF(SECOND, '1970-01-01', updated_at) FROM ciphers")) {
        while (r.next()) {
          rows.put("ciphers/" + r.getString(1), r.getLong(2));
        }
      }
    }
    return rows;
  }

  private static int items(Connection c) throws SQLException {
    try (Statement s = c.createStatement();
        ResultSet r = s.executeQuery("SELECT COUNT(*) FROM ciphers")) {
      assertThat(r.next()).isTrue();
      return r.getInt(1);
    }
  }

  /// Semi-synchronous replication without a replica: now and then commits wait after they are in
  /// the log, and before anybody sees them.
  private static final class Stalls implements AutoCloseable {
    private final Thread thread;
    private volatile boolean closed;

    Stalls(TestBinlogServer server) throws SQLException {
      boolean mariaDb = server.product() == TestBinlogServer.Product.MARIADB;
      String prefix = "SET GLOBAL rpl_semi_sync_" + (mariaDb ? "master_" : "source_");
      Connection c = server.connect();
      Statement s = c.createStatement();
      if (!mariaDb) {
        s.execute("INSTALL PLUGIN rpl_semi_sync_source SONAME 'semisync_source.so'");
      }
      s.execute(prefix + "timeout = " + STALL.toMillis());
      s.execute(prefix + "wait_point = 'AFTER_SYNC'");
      thread =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                try (c;
                    s) {
                  while (!closed) {
                    s.execute(prefix + "enabled = OFF");
                    s.execute(prefix + "enabled = ON");
                    Thread.sleep(STALL.toMillis() * 2);
                  }
                } catch (SQLException | InterruptedException e) {
                  throw new AssertionError(e);
                }
              });
    }

    @Override
    public void close() {
      closed = true;
      try {
        thread.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
