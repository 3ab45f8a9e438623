package io.wardbell.source.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// How long after the writer's commit returned an event reaches the engine's consumer, and what
/// waiting costs. Measures, so it runs only when asked: `-Dsqlite.latency=true`.
@NullUnmarked
@EnabledIfSystemProperty(named = "sqlite.latency", matches = "true")
class SqliteLatencyIT {
  private static final int WARM_UP = 300;
  private static final int COMMITS = Integer.getInteger("sqlite.latency.commits", 1500);
  @TempDir Path directory;

  @Test
  void latencyAndIdleCpu() throws Exception {
    Path path = directory.resolve("db.sqlite3");
    try (SqlShell sql = new SqlShell(path)) {
      sql.run(
          "PRAGMA journal_mode=WAL",
          "PRAGMA synchronous=NORMAL",
          "CREATE TABLE ciphers(uuid TEXT PRIMARY KEY, sent INTEGER, data TEXT)",
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<10000)"
              + " INSERT INTO ciphers SELECT hex(randomblob(16)), 0, hex(randomblob(1200)) FROM n",
          "PRAGMA wal_checkpoint(TRUNCATE)");
      try (SqliteEngine engine =
          new SqliteEngine(
              path,
              Map.of(
                  "column.include.list", "ciphers.uuid,ciphers.sent",
                  "poll.interval.ms", "500"))) {
        await().atMost(Duration.ofSeconds(60)).until(engine::snapshotCompleted);
        engine.rows.clear();
        long[] returned = new long[WARM_UP + COMMITS];
        for (int i = 0; i < returned.length; i++) {
          Thread.sleep(Duration.ofMillis(10 + i % 17));
          sql.run("REPLACE INTO ciphers VALUES('k" + i % 500 + "'," + i + ",hex(randomblob(900)))");
          returned[i] = System.nanoTime();
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> engine.rows.size() >= returned.length);
        double[] millis = new double[COMMITS];
        for (int i = 0; i < COMMITS; i++) {
          Struct after = ((Struct) engine.rows.get(WARM_UP + i).value()).getStruct("after");
          assertThat(after.getInt64("sent")).isEqualTo(WARM_UP + i);
          millis[i] = (engine.arrivals.get(WARM_UP + i) - returned[WARM_UP + i]) / 1e6;
        }
        Arrays.sort(millis);
        OperatingSystemMXBean system =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        System.gc();
        Thread.sleep(Duration.ofSeconds(5)); // what was left to compile
        long cpu = system.getProcessCpuTime();
        Thread.sleep(Duration.ofSeconds(20));
        double idle = (system.getProcessCpuTime() - cpu) / 20e9 * 100;
        System.out.printf(
            "latency after commit: p50 %.2f p90 %.2f p99 %.2f max %.2f ms; idle %.2f %% of a core%n",
            millis[COMMITS / 2],
            millis[COMMITS * 9 / 10],
            millis[COMMITS * 99 / 100],
            millis[COMMITS - 1],
            idle);
      }
    }
  }
}
