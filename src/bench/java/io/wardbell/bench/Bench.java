package io.wardbell.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertAll;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Runs the benchmarks and writes a table of each, as Markdown and as JSON, to `target/bench`: `mvn
/// -Pmysql test -Dtest=Bench`, half an hour; `-Dbench=latency,drain` for some of them,
/// `-Dbench.database=postgresql,sqlite` for some databases, `-Dbench.seed=1` for the same
/// intervals.
///
/// Everything listens on 127.0.0.1. What is measured, its peer and whatever makes the load are
/// processes of their own on one machine, which share its cores as the system gives them out: each
/// peer has the same load and the same clients, and they take turns, so that a busy moment meets
/// all of them.
class Bench {
  /// One benchmark.
  interface Scenario {
    void run(Setting setting, Table table) throws Exception;
  }

  /// What a benchmark is given.
  ///
  /// @param folder for files, empty
  record Setting(SplittableRandom random, Path folder) {
    Path newFolder() throws IOException {
      return Files.createTempDirectory(folder, "of");
    }
  }

  private static final SequencedMap<String, Scenario> SCENARIOS = new LinkedHashMap<>();

  static {
    SCENARIOS.put("latency", new Latency());
    SCENARIOS.put("fanout", new FanOut());
    SCENARIOS.put("idle", new Idle());
    SCENARIOS.put("start", new Start());
    SCENARIOS.put("state", new State());
    SCENARIOS.put("drain", new Drain());
    SCENARIOS.put("jmh", new HotPath());
  }

  @TempDir private Path folder;

  @Test
  void measure() throws Exception {
    List<String> wanted =
        List.of(System.getProperty("bench", String.join(",", SCENARIOS.keySet())).split(","));
    assertThat(SCENARIOS.keySet()).as("-Dbench").containsAll(wanted);
    long seed = Long.getLong("bench.seed", 1);
    Path results = Files.createDirectories(Path.of("target/bench"));
    assertAll(
        SCENARIOS.entrySet().stream()
            .filter(scenario -> wanted.contains(scenario.getKey()))
            .map(scenario -> () -> measure(scenario.getKey(), scenario.getValue(), seed, results)));
  }

  private void measure(String name, Scenario scenario, long seed, Path results) throws Exception {
    Table table = new Table(name, Machine.describe(), seed);
    Path own = Files.createDirectory(folder.resolve(name));
    try {
      scenario.run(new Setting(new SplittableRandom(seed), own), table);
    } finally { // What was measured before something failed is there.
      table.write(results);
      System.out.println(table.markdown());
    }
  }
}
