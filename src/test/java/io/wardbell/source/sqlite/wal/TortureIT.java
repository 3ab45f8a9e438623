package io.wardbell.source.sqlite.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real writers against the reader. Short as it is built; the long form is `mvn verify
/// -Dit.test=TortureIT -Dsqlite.torture.transactions=200000`, a failure is repeated with
/// `-Dsqlite.torture.seed=` and the seed printed.
@NullUnmarked
class TortureIT {
  private static final int TRANSACTIONS = Integer.getInteger("sqlite.torture.transactions", 2500);
  private static final long SEED =
      Long.getLong("sqlite.torture.seed", new Random().nextInt(1_000_000));
  private static final int PER_SCENARIO = TRANSACTIONS > 10_000 ? 2500 : 700;

  /// @param writers processes at once
  /// @param kill whether writers are killed in the middle
  /// @param pause whether the reader sleeps past resets of the log
  /// @param restart whether the reader itself is begun anew now and then
  private record Scenario(
      String name,
      String sqlite,
      int pageSize,
      int autoVacuum,
      int writers,
      boolean kill,
      boolean pause,
      boolean restart,
      String journal) {}

  @TempDir Path directory;
  private final Map<Gap, Long> gaps = new TreeMap<>();
  private long exact;
  private long coalesced;
  private long trusted;

  @Test
  void whatIsToldIsWhatWasWritten() throws Exception {
    System.out.println("torture seed " + SEED + ", " + TRANSACTIONS + " transactions");
    Random random = new Random(SEED);
    List<Path> drivers = drivers();
    for (int done = 0, n = 0; done < TRANSACTIONS; n++) {
      int count = Math.min(PER_SCENARIO, TRANSACTIONS - done);
      Scenario scenario = scenario(random, n, drivers);
      long seed = random.nextInt(1_000_000);
      System.out.println("  " + scenario + " seed " + seed);
      run(scenario, drivers, seed, count);
      done = (int) (exact + coalesced); // a killed writer does less than it was told
    }
    System.out.printf(
        "torture: %d exact, %d coalesced, %d trusted, gaps %s%n", exact, coalesced, trusted, gaps);
    assertThat(exact).isGreaterThan(0);
  }

  private static Scenario scenario(Random random, int n, List<Path> drivers) {
    int[] sizes = {4096, 512, 1024, 4096, 8192, 65_536};
    boolean rollback = n % 8 == 7;
    Path driver = drivers.get(n % drivers.size());
    return new Scenario(
        "scenario" + n,
        driver.getFileName().toString(),
        n % 2 == 0 ? 4096 : sizes[random.nextInt(sizes.length)],
        n % 3 == 0 ? 0 : random.nextInt(3),
        rollback ? 1 : 1 + random.nextInt(2),
        n % 4 == 1,
        n % 4 == 2,
        n % 4 == 3,
        rollback ? "DELETE" : "WAL");
  }

  /// The newest SQLite is on the class path; older ones, with their known defects, are put beside
  /// the build by Maven.
  private static List<Path> drivers() throws IOException, URISyntaxException {
    List<Path> all = new ArrayList<>();
    all.add(
        Path.of(org.sqlite.JDBC.class.getProtectionDomain().getCodeSource().getLocation().toURI()));
    Path older = Path.of("target", "sqlite-jdbc");
    if (Files.isDirectory(older)) {
      try (var files = Files.list(older)) {
        files.sorted().forEach(all::add);
      }
    }
    return all;
  }

  private static Path driver(List<Path> drivers, String name) {
    return drivers.stream().filter(d -> d.endsWith(name)).findFirst().orElseThrow();
  }

  private void run(Scenario scenario, List<Path> drivers, long seed, int count) throws Exception {
    Path database = directory.resolve(scenario.name() + ".sqlite3");
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement s = c.createStatement()) {
      s.execute("PRAGMA page_size=" + scenario.pageSize());
      s.execute("PRAGMA auto_vacuum=" + scenario.autoVacuum());
      s.execute("PRAGMA journal_mode=" + scenario.journal());
      for (String sql : TortureModel.SCHEMA) {
        s.execute(sql);
      }
    }
    Path driver = driver(drivers, scenario.sqlite());
    // Killed after a savepoint was rolled back, SQLite before 3.50.2 loses commits by itself.
    boolean sound = scenario.sqlite().compareTo("sqlite-jdbc-3.50.2") > 0;
    boolean savepoints = sound || !scenario.kill();
    Map<Integer, Path> truths = new HashMap<>();
    List<Writer> writers = new ArrayList<>();
    for (int i = 1; i <= scenario.writers(); i++) {
      Path truth = directory.resolve(scenario.name() + ".truth" + i);
      Files.createFile(truth);
      truths.put(i, truth);
      writers.add(new Writer(driver, database, truth, i, savepoints, scenario.journal()));
    }
    TortureCheck check = new TortureCheck(truths);
    Random random = new Random(seed);
    int rate = scenario.journal().equals("WAL") ? 0 : 200;
    for (Writer writer : writers) {
      writer.start(count / writers.size(), seed, rate);
    }
    follow(scenario, database, check, writers, random);
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement s = c.createStatement();
        ResultSet r = s.executeQuery("PRAGMA integrity_check")) {
      assertThat(r.getString(1)).as("SQLite's own opinion").isEqualTo("ok");
    }
    check.finish(writers.stream().map(w -> Path.of(w.truth + ".end")).toList());
    exact += check.exact;
    coalesced += check.coalesced;
  }

  private void follow(
      Scenario scenario, Path database, TortureCheck check, List<Writer> writers, Random random)
      throws Exception {
    LiveDatabase reader = open(database);
    FileWatch watch = FileWatch.of(database, Duration.ofMillis(20));
    try {
      check.snapshot(reader.snapshot());
      long killAt = System.nanoTime() + 300_000_000;
      int quiet = 0;
      // With a rollback journal the reader rests between two readings of everything.
      int enough = scenario.journal().equals("WAL") ? 5 : 100;
      while (quiet < enough) {
        boolean moved = reader.poll(transaction -> check(check, transaction));
        boolean writing = false;
        for (Writer writer : writers) {
          writing |= writer.isAlive();
        }
        quiet = moved || writing ? 0 : quiet + 1;
        if (scenario.kill() && writing && System.nanoTime() > killAt) {
          for (Writer writer : writers) {
            writer.killAndStartAgain(random.nextInt(1_000_000));
          }
          killAt = System.nanoTime() + 500_000_000L + random.nextInt(900_000_000);
        }
        if (scenario.pause() && moved && random.nextInt(50) == 0) {
          Thread.sleep(random.nextInt(300));
        }
        if (scenario.restart() && moved && random.nextInt(200) == 0) {
          collect(reader);
          reader.close();
          reader = open(database);
          check.snapshot(reader.snapshot());
        }
        if (!moved) {
          watch.await();
          if (watch.namesChanged() || quiet > 0) {
            reader.expectNewFiles();
          }
        }
      }
      collect(reader);
    } finally {
      reader.close();
      watch.close();
      for (Writer writer : writers) {
        writer.destroy();
      }
    }
  }

  private static LiveDatabase open(Path database) {
    return LiveDatabase.of(
        database, TortureCheck.selection(), new Timing(System::nanoTime, InstantSource.system()));
  }

  private void collect(LiveDatabase reader) {
    reader.statistics().gaps().forEach((gap, n) -> gaps.merge(gap, n, Long::sum));
    trusted += reader.statistics().trusted();
  }

  private static void check(TortureCheck check, Transaction transaction) {
    try {
      check.transaction(transaction);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /// A writer process, which may be killed and begun again until it has done its number.
  private static final class Writer {
    private final Path driver;
    private final Path database;
    final Path truth;
    private final int proc;
    private final boolean savepoints;
    private final String journal;
    private Process process;
    private int left;
    private int kills;

    Writer(Path driver, Path database, Path truth, int proc, boolean savepoints, String journal) {
      this.journal = journal;
      this.driver = driver;
      this.database = database;
      this.truth = truth;
      this.proc = proc;
      this.savepoints = savepoints;
    }

    void start(int transactions, long seed, int rate) throws IOException, URISyntaxException {
      left = transactions;
      Path classes =
          Path.of(TortureWriter.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-XX:TieredStopAtLevel=1",
                  "-Xmx256m",
                  "-cp",
                  classes + java.io.File.pathSeparator + driver,
                  TortureWriter.class.getName(),
                  database.toString(),
                  truth.toString(),
                  "proc=" + proc,
                  "seed=" + seed,
                  "transactions=" + transactions,
                  "rate=" + rate,
                  "savepoints=" + savepoints,
                  "journal=" + journal,
                  "chaos=1.5")
              .redirectErrorStream(true)
              .redirectOutput(truth.resolveSibling(truth.getFileName() + ".log").toFile())
              .start();
    }

    boolean isAlive() throws IOException {
      if (process.isAlive()) {
        return true;
      }
      if (process.exitValue() != 0) {
        throw new IOException(Files.readString(truth.resolveSibling(truth.getFileName() + ".log")));
      }
      return false;
    }

    void killAndStartAgain(long seed) throws Exception {
      if (!process.isAlive() || kills++ > 10) {
        return;
      }
      destroy();
      start(Math.max(200, left / 2), seed, 0);
    }

    void destroy() throws InterruptedException {
      process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }
}
