package io.wardbell.bench;

import io.wardbell.ServeProcess;
import io.wardbell.server.Worker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What it costs to know who may see what, and whether it costs more as tables grow.
final class State implements Bench.Scenario {
  private static final List<Integer> SIZES = List.of(10_000, 100_000, 1_000_000);
  private static final int HEAP_GOAL_MIB = 150;

  @Override
  public void run(Bench.Setting setting, Table table) throws Exception {
    table.note(
        "The model and the router in a process of their own, with the launcher's JVM flags and 1 GB"
            + " of heap; rows are made as they are read, no database. Half of the items are"
            + " personal, of 10,000 users; the others in 1,000 organizations of ten members, four of"
            + " whom see each item. *A change*: folded, routed, told to nobody; n batches of 1,000"
            + " random items. *A grant*: a member of one organization sees one collection more, with"
            + " what is told when it has settled: it concerns the organization's items, which grow"
            + " with the table here. *Snapshot*, *reconcile*: all rows, the latter after a gap in"
            + " which one item of a hundred was edited. Times are of the processor, of the one thread,"
            + " without the collector's.");
    for (int size : SIZES) {
      List<String> flags = new ArrayList<>(ServeProcess.launcherFlags());
      flags.add("-Xmx1g");
      try (Worker worker =
          Worker.start(flags, StateWorker.class, size, setting.random().nextLong())) {
        String items = "%,d items, ".formatted(size);
        add(table, worker, "snapshot", items + "first snapshot", "s");
        add(
            table,
            worker,
            "heap",
            items + "live heap",
            "MiB",
            Table.Goal.atMost(50, HEAP_GOAL_MIB));
        add(table, worker, "personal", items + "a change of a personal item", "µs");
        add(table, worker, "organization", items + "a change of an organization's item", "µs");
        add(table, worker, "grant", items + "a grant, settled", "µs");
        add(table, worker, "reconcile", items + "reconcile after a gap", "s");
        worker.hear("end");
      }
    }
  }

  private static void add(
      Table table, Worker worker, String name, String what, String unit, Table.Goal... goals)
      throws InterruptedException {
    Samples samples = new Samples();
    samples.round(Arrays.stream(worker.hear(name)).mapToDouble(Double::parseDouble).toArray());
    table.add(what, unit, samples, goals);
  }
}
