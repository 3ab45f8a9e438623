package io.wardbell.bench;

import io.wardbell.ServeProcess;
import io.wardbell.TestDatabase;
import io.wardbell.Tokens;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// How long Wardbell takes until clients hear of changes, and what memory it takes then, with the
/// launcher's flags and with others.
final class Start implements Bench.Scenario {
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 3);
  private static final int ITEMS = 2_000;
  private static final Duration SETTLED = Duration.ofSeconds(3);
  private static final Path LIBRARIES = Path.of("target/wardbell/lib");
  private static final String CAUGHT_UP = "Caught up with the database";
  private static final Map<String, Double> SECONDS_GOALS = Map.of("sqlite", 1.5, "postgresql", 3.0);
  private static final double RESIDENT_GOAL_MIB = 128;

  /// What a cache of loaded classes was made with.
  private enum Cache {
    NONE,
    SQLITE,
    SAME_DATABASE
  }

  /// A way to start Java.
  ///
  /// @param without flags of the launcher's that are left out
  /// @param with flags that are added
  private record Way(Cache cache, List<String> without, List<String> with) {
    static Way shipped() {
      return new Way(Cache.SQLITE, List.of(), List.of());
    }

    static Way with(String... flags) {
      return new Way(Cache.SQLITE, List.of(), List.of(flags));
    }

    static Way without(String flag, String... others) {
      return new Way(Cache.SQLITE, List.of(flag), List.of(others));
    }

    List<String> flags() throws IOException {
      List<String> flags = new ArrayList<>(ServeProcess.launcherFlags());
      flags.removeAll(without);
      flags.add("-Xmx128m");
      flags.addAll(with);
      return flags;
    }
  }

  private static final SequencedMap<String, Way> FEW = new LinkedHashMap<>();
  private static final SequencedMap<String, Way> MANY = new LinkedHashMap<>();

  static {
    FEW.put("shipped", Way.shipped());
    FEW.put("no cache", new Way(Cache.NONE, List.of(), List.of()));
    FEW.put("cache of this database", new Way(Cache.SAME_DATABASE, List.of(), List.of()));
    MANY.putAll(FEW);
    MANY.put("G1", Way.without("-XX:+UseSerialGC", "-XX:+UseG1GC"));
    MANY.put("no compact headers", Way.without("-XX:+UseCompactObjectHeaders"));
    MANY.put("both compilers", Way.without("-XX:TieredStopAtLevel=1"));
    MANY.put("heap from 128 MB", Way.without("-Xms16m", "-Xms128m"));
    MANY.put("heap up to 256 MB", Way.with("-Xmx256m"));
  }

  @Override
  public void run(Bench.Setting setting, Table table) throws Exception {
    table.note(
        ("The distribution that `./wardbell` starts, on a database with %,d items. *Ready*: from the"
                + " start of the process until it has read the database and streams. *RSS*: %d s"
                + " later, idle. The ways in turns, %d rounds. *shipped*: the launcher's flags and"
                + " a heap of up to 128 MB, with a cache of classes that was made on SQLite, as the"
                + " image's; the others differ from it in what they say.")
            .formatted(ITEMS, SETTLED.toSeconds(), ROUNDS));
    build();
    Map<List<String>, Path> caches = new HashMap<>();
    for (TestDatabase.Kind kind : Subject.kinds()) {
      boolean few = kind.name().equals("mariadb") || kind.name().equals("mysql");
      try (Subject subject = subject(kind)) {
        measure(subject, few ? FEW : MANY, setting, table, caches);
      }
    }
  }

  private static Subject subject(TestDatabase.Kind kind) throws Exception {
    Subject subject = new Subject(kind);
    String user = subject.vault.accounts().register("alice@example.com");
    var _ = subject.vault.ciphers().create(user);
    subject.fill(user, ITEMS);
    return subject;
  }

  /// The launcher builds what is older than its sources.
  private static void build() throws Exception {
    Process process =
        new ProcessBuilder("./wardbell", "--version").redirectErrorStream(true).start();
    List<String> said = process.inputReader(StandardCharsets.UTF_8).lines().toList();
    if (process.waitFor() != 0) {
      throw new IOException(String.join("\n", said));
    }
  }

  private static void measure(
      Subject subject,
      SequencedMap<String, Way> ways,
      Bench.Setting setting,
      Table table,
      Map<List<String>, Path> caches)
      throws Exception {
    SequencedMap<String, @Nullable Path> prepared = new LinkedHashMap<>();
    for (Map.Entry<String, Way> way : ways.entrySet()) {
      prepared.put(way.getKey(), cache(way.getValue(), subject, setting, caches));
    }
    Beside seconds = new Beside();
    Beside cpu = new Beside();
    Beside resident = new Beside();
    for (int round = 0; round < ROUNDS; round++) {
      for (Map.Entry<String, Way> way : ways.entrySet()) {
        List<String> flags = new ArrayList<>(way.getValue().flags());
        Path cache = prepared.get(way.getKey());
        if (cache != null) {
          flags.add("-XX:AOTCache=" + cache);
          flags.add("-Xlog:aot=off");
        }
        try (Started started = new Started(subject, flags, setting.newFolder())) {
          seconds.of(way.getKey()).round(started.awaitCaughtUp());
          cpu.of(way.getKey()).round(Machine.cpu(started.process.pid()).toMillis() / 1e3);
          Thread.sleep(SETTLED);
          resident.of(way.getKey()).round(Machine.residentMib(started.process.pid()));
        }
      }
    }
    Double goal = SECONDS_GOALS.get(subject.kind);
    Table.Goal[] goals =
        goal == null ? new Table.Goal[0] : new Table.Goal[] {Table.Goal.atMost(50, goal)};
    table.compare(subject.kind + ", ready", "s", seconds, goals);
    table.compare(subject.kind + ", CPU until ready", "s", cpu);
    table.compare(
        subject.kind + ", RSS", "MiB", resident, Table.Goal.atMost(50, RESIDENT_GOAL_MIB));
  }

  /// Made by a start with the same flags, once for each set of them.
  private static @Nullable Path cache(
      Way way, Subject subject, Bench.Setting setting, Map<List<String>, Path> caches)
      throws Exception {
    if (way.cache() == Cache.NONE) {
      return null;
    }
    boolean same = way.cache() == Cache.SAME_DATABASE;
    List<String> key = new ArrayList<>(way.flags());
    key.add(same ? subject.kind : "sqlite");
    Path known = caches.get(key);
    if (known != null) {
      return known;
    }
    Path made = setting.newFolder().resolve("classes.aot");
    List<String> flags = new ArrayList<>(way.flags());
    flags.add("-XX:AOTCacheOutput=" + made);
    if (same) {
      train(subject, flags, setting);
    } else {
      TestDatabase.Kind sqlite =
          TestDatabase.Kind.selected()
              .filter(kind -> kind.name().equals("sqlite"))
              .findFirst()
              .orElseThrow();
      try (Subject trainer = subject(sqlite)) {
        train(trainer, flags, setting);
      }
    }
    if (!Files.exists(made)) {
      throw new IOException("no cache was made with " + flags);
    }
    caches.put(key, made);
    return made;
  }

  private static void train(Subject subject, List<String> flags, Bench.Setting setting)
      throws Exception {
    try (Started started = new Started(subject, flags, setting.newFolder())) {
      var _ = started.awaitCaughtUp();
    }
  }

  /// Wardbell as the launcher starts it.
  private static final class Started implements AutoCloseable {
    final Process process;
    private final long begun;
    private final BufferedReader said;

    Started(Subject subject, List<String> flags, Path folder) throws Exception {
      Tokens.create().writeKey(folder.resolve("rsa_key.pem"));
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(flags);
      command.addAll(
          List.of("-cp", LIBRARIES.toAbsolutePath() + "/*", "io.wardbell.Main", "serve"));
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      Map<String, String> environment = builder.environment();
      environment.putAll(subject.environment());
      environment.put("RSA_KEY_FILENAME", folder.resolve("rsa_key").toString());
      environment.put("DOMAIN", Tokens.ORIGIN);
      environment.put("WEBSOCKET_ADDRESS", "127.0.0.1");
      environment.put("WEBSOCKET_PORT", "0");
      environment.put("WARDBELL_OPERATOR_PORT", "0");
      begun = System.nanoTime();
      process = builder.start();
      said = process.inputReader(StandardCharsets.UTF_8);
    }

    /// Seconds.
    double awaitCaughtUp() throws IOException {
      StringBuilder all = new StringBuilder();
      for (String line = said.readLine(); line != null; line = said.readLine()) {
        if (line.contains(CAUGHT_UP)) {
          return (System.nanoTime() - begun) / 1e9;
        }
        all.append(line).append('\n');
      }
      throw new IOException("Wardbell ended: " + all);
    }

    @Override
    public void close() throws IOException {
      process.toHandle().destroy(); // and what it says is still heard, while it makes a cache
      try {
        Thread drain =
            Thread.ofVirtual().start(() -> said.lines().forEach(Objects::requireNonNull));
        if (!process.waitFor(4, TimeUnit.MINUTES)) {
          process.destroyForcibly();
        }
        drain.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
