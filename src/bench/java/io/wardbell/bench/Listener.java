package io.wardbell.bench;

import io.wardbell.ServeProcess;
import io.wardbell.Tokens;
import io.wardbell.chaos.Serving;
import io.wardbell.server.Worker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.SequencedMap;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;

/// Something that hears of committed changes, in a process of its own.
interface Listener extends AutoCloseable {
  String FILE_EVENT = "file event";
  String PLAIN = "Debezium's defaults";
  Duration PATIENCE = Duration.ofMinutes(2);
  Duration RETRY = Duration.ofSeconds(1);

  /// What it has heard of.
  Arrivals arrivals();

  /// When it heard of a change, which it has to.
  default long heard(String item, long since) throws InterruptedException {
    long at = arrivals().of(item, since, PATIENCE);
    if (at == Arrivals.NEVER) {
      throw new AssertionError("a change was not heard of");
    }
    return at;
  }

  /// The process.
  long pid();

  @Override
  void close() throws IOException;

  /// Wardbell, and a client that is told.
  private static Listener wardbell(Subject subject, String user, String heap, Path folder)
      throws Exception {
    Tokens tokens = Tokens.create();
    tokens.writeKey(folder.resolve("rsa_key.pem"));
    Map<String, String> environment = new HashMap<>(subject.environment());
    environment.put("RSA_KEY_FILENAME", folder.resolve("rsa_key").toString());
    environment.put("DOMAIN", Tokens.ORIGIN);
    environment.put("WARDBELL_HEAP", heap);
    // One user edits more here than people do.
    environment.put("WARDBELL_BURST_MESSAGES", "10000");
    Serving serving = new Serving(folder, environment);
    serving.start();
    Awaitility.await().atMost(PATIENCE).until(serving::isSynced);
    String stamp = subject.vault.accounts().securityStamp(user);
    HubClient client = new HubClient(serving.port, tokens.login(user, "device", stamp));
    return new Listener() {
      @Override
      public Arrivals arrivals() {
        return client.arrivals();
      }

      @Override
      public long pid() {
        return serving.process().pid();
      }

      @Override
      public void close() throws IOException {
        client.close();
        serving.close();
      }
    };
  }

  /// Debezium with its defaults, in a Java with our flags.
  private static Listener plain(Subject subject, String user, Path folder) throws Exception {
    Path file = folder.resolve("plain.properties");
    Properties settings = subject.plain();
    try (var out = Files.newOutputStream(file)) {
      settings.store(out, null);
    }
    List<String> flags = new ArrayList<>(ServeProcess.launcherFlags());
    flags.add("-Xmx512m"); // its queue is of 8,192 whole rows
    return worker(
        Worker.start(flags, PlainEngine.class, file, user),
        subject.kind.equals("postgresql") ? () -> subject.dropSlot("plain") : () -> {});
  }

  /// The least there is: what only reads the log.
  private static Listener floor(Subject subject, String user) throws Exception {
    return switch (subject.kind) {
      case "postgresql" -> new ReceiveLogical(subject);
      case "sqlite" -> worker(Worker.start(List.of(), FileEvents.class, subject.file()), () -> {});
      default ->
          worker(Worker.start(List.of(), BinlogReader.class, subject.port(), user), () -> {});
    };
  }

  /// Begins to listen, with a folder of its own.
  interface Start {
    Listener in(Path folder) throws Exception;
  }

  /// Wardbell, and what it is measured beside, by their names.
  ///
  /// @param user of whose items they say when they hear of a change
  /// @param heap Wardbell's
  static SequencedMap<String, Start> all(Subject subject, String user, String heap) {
    SequencedMap<String, Start> all = new LinkedHashMap<>();
    all.put("Wardbell", folder -> wardbell(subject, user, heap, folder));
    all.put(floorName(subject), _ -> floor(subject, user));
    all.put(PLAIN, folder -> plain(subject, user, folder));
    return all;
  }

  private static String floorName(Subject subject) {
    return switch (subject.kind) {
      case "postgresql" -> "pg_recvlogical";
      case "sqlite" -> FILE_EVENT;
      default -> "binlog client";
    };
  }

  /// A worker that says `heard NANOS ITEM`.
  private static Listener worker(Worker worker, Runnable afterwards) {
    Arrivals arrivals = new Arrivals();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try {
            while (true) {
              String[] words = worker.hear("heard");
              arrivals.heard(Long.parseLong(words[0]), words[1]);
            }
          } catch (InterruptedException | AssertionError e) {
            arrivals.end(); // It has ended, or says nothing any more.
          }
        });
    return new Listener() {
      @Override
      public Arrivals arrivals() {
        return arrivals;
      }

      @Override
      public long pid() {
        return worker.pid();
      }

      @Override
      public void close() {
        worker.close();
        afterwards.run();
      }
    };
  }

  /// Changes an item until it hears of it.
  default void awaitListening(Subject subject, String item) throws Exception {
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    while (arrivals().of(item, subject.touch(item), RETRY) == Arrivals.NEVER) {
      if (System.nanoTime() > giveUp) {
        throw new TimeoutException("it heard of nothing");
      }
    }
  }
}
