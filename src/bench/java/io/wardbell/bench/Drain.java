package io.wardbell.bench;

import io.wardbell.TestDatabase;
import java.time.Duration;
import java.util.Map;
import java.util.SequencedMap;

/// How fast a large transaction is read.
final class Drain implements Bench.Scenario {
  private static final int ROWS = Integer.getInteger("bench.rows", 200_000);
  private static final String HEAP = "256m"; // SQLite: old and new rows of a commit are held
  private static final int ROUNDS = Integer.getInteger("bench.rounds", 3);

  @Override
  public void run(Bench.Setting setting, Table table) throws Exception {
    table.note(
        ("One UPDATE of %,d items of one user, then one item of another, who is connected: rows a"
                + " second from when the first COMMIT is sent until the other is heard of. One"
                + " listener attached at a time, in turns; none keeps the rows. *CPU*: of the"
                + " listener's process meanwhile. Wardbell has a heap of 256 MB: on SQLite, 128 MB are too little"
                + " for so large a commit, of which it holds the rows before and after.")
            .formatted(ROWS));
    for (TestDatabase.Kind kind : Subject.kinds()) {
      try (Subject subject = new Subject(kind)) {
        measure(subject, setting, table);
      }
    }
  }

  private static void measure(Subject subject, Bench.Setting setting, Table table)
      throws Exception {
    String bulk = subject.vault.accounts().register("bulk@example.com");
    var _ = subject.vault.ciphers().create(bulk);
    subject.fill(bulk, ROWS);
    String user = subject.vault.accounts().register("alice@example.com");
    String first = subject.vault.ciphers().create(user);
    String last = subject.vault.ciphers().create(user);
    SequencedMap<String, Listener.Start> starts = Listener.all(subject, user, HEAP);
    starts.remove(Listener.FILE_EVENT); // which says nothing of rows
    Beside speed = new Beside();
    Beside cpu = new Beside();
    for (int round = 0; round < ROUNDS; round++) {
      for (Map.Entry<String, Listener.Start> start : starts.entrySet()) {
        try (Listener listener = start.getValue().in(setting.newFolder())) {
          listener.awaitListening(subject, first);
          Duration before = Machine.cpu(listener.pid());
          long sent = subject.touchAll(bulk);
          subject.touch(last);
          double seconds = (listener.heard(last, sent) - sent) / 1e9;
          speed.of(start.getKey()).round(ROWS / seconds);
          Duration used = Machine.cpu(listener.pid()).minus(before);
          cpu.of(start.getKey()).round(used.toNanos() / 1e3 / ROWS);
        }
      }
    }
    table.compare(
        subject.kind + ", drain", "rows a second", speed, Table.Goal.atLeast(0.9, Listener.PLAIN));
    table.compare(subject.kind + ", CPU a row", "µs", cpu);
  }
}
