package io.wardbell.bench;

import io.wardbell.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SplittableRandom;

/// How long a committed change takes to a client.
final class Latency implements Bench.Scenario {
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 3);
  private static final int COMMITS = 70;
  private static final int WARM_UP = 20;
  private static final int SPARSE_COMMITS = 8;
  private static final int ITEMS = 200;
  private static final Duration SPARSE = Duration.ofSeconds(5);
  private static final Duration IDLE = Duration.ofSeconds(15);

  @Override
  public void run(Bench.Setting setting, Table table) throws Exception {
    table.note(
        "From when COMMIT is sent until a client's WebSocket has the message (the others: until the"
            + " process has the row), in ms, one edited item a transaction. *Trickle*: a commit each"
            + " 80 to 160 ms, %d warm-up commits and %d measured ones a round, one listener attached"
                .formatted(WARM_UP, COMMITS)
            + " at a time, the listeners in turns. *Sparse*: a commit each 5 s, all attached at"
            + " once. *Idle CPU*: of the process, no traffic, all attached. SQLite has no Debezium"
            + " connector but ours, which is shown with Debezium's default intervals.");
    for (TestDatabase.Kind kind : Subject.kinds()) {
      try (Subject subject = new Subject(kind)) {
        measure(subject, setting, table);
      }
    }
  }

  private static void measure(Subject subject, Bench.Setting setting, Table table)
      throws Exception {
    String user = subject.vault.accounts().register("alice@example.com");
    List<String> items = new ArrayList<>();
    for (int i = 0; i < ITEMS; i++) {
      items.add(subject.vault.ciphers().create(user));
    }
    SequencedMap<String, Listener.Start> starts = Listener.all(subject, user, "128m");
    Beside trickle = new Beside();
    for (int round = 0; round < ROUNDS; round++) {
      for (Map.Entry<String, Listener.Start> start : starts.entrySet()) {
        try (Listener listener = start.getValue().in(setting.newFolder())) {
          listener.awaitListening(subject, items.getLast());
          trickle(subject, listener, items.subList(0, WARM_UP), setting.random());
          double[] millis =
              trickle(
                  subject, listener, items.subList(WARM_UP, WARM_UP + COMMITS), setting.random());
          trickle.of(start.getKey()).round(millis);
        }
      }
    }
    table.compare(
        subject.kind + ", trickle",
        "ms",
        trickle,
        Table.Goal.atMost(50, 3),
        Table.Goal.atMost(99, 15));
    sparseAndIdle(subject, setting, table, starts, items);
  }

  private static double[] trickle(
      Subject subject, Listener listener, List<String> items, SplittableRandom random)
      throws Exception {
    double[] millis = new double[items.size()];
    for (int i = 0; i < millis.length; i++) {
      Thread.sleep(random.nextInt(80, 160));
      millis[i] = millis(listener, items.get(i), subject.touch(items.get(i)));
    }
    return millis;
  }

  private static double millis(Listener listener, String item, long sent) throws Exception {
    return (listener.heard(item, sent) - sent) / 1e6;
  }

  private static void sparseAndIdle(
      Subject subject,
      Bench.Setting setting,
      Table table,
      SequencedMap<String, Listener.Start> starts,
      List<String> items)
      throws Exception {
    SequencedMap<String, Listener> listeners = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, Listener.Start> start : starts.entrySet()) {
        Listener listener = start.getValue().in(setting.newFolder());
        listeners.put(start.getKey(), listener);
        listener.awaitListening(subject, items.getLast());
        trickle(subject, listener, items.subList(0, WARM_UP), setting.random());
      }
      Beside sparse = new Beside();
      for (String item : items.subList(WARM_UP, WARM_UP + SPARSE_COMMITS)) {
        Thread.sleep(SPARSE);
        long sent = subject.touch(item);
        for (Map.Entry<String, Listener> listener : listeners.entrySet()) {
          sparse.of(listener.getKey()).round(millis(listener.getValue(), item, sent));
        }
      }
      table.compare(subject.kind + ", sparse", "ms", sparse, Table.Goal.atMost(50, 3));
      Beside idle = idle(listeners);
      table.compare(subject.kind + ", idle CPU", "% of a core", idle, Table.Goal.atMost(50, 1.5));
    } finally {
      for (Listener listener : listeners.values()) {
        listener.close();
      }
    }
  }

  private static Beside idle(SequencedMap<String, Listener> listeners) throws InterruptedException {
    Beside idle = new Beside();
    long[] pids = listeners.values().stream().mapToLong(Listener::pid).toArray();
    double[] percent = Machine.idlePercent(IDLE, pids);
    int i = 0;
    for (String name : listeners.keySet()) {
      idle.of(name).round(percent[i++]);
    }
    return idle;
  }
}
