package io.wardbell.bench;

import java.time.Duration;
import java.util.List;

/// What connections cost that nobody says anything on.
final class Idle implements Bench.Scenario {
  private static final List<Integer> SIZES = List.of(1_000, 5_000, 15_000);
  private static final List<String> SIDES = List.of(Side.HUB, Side.BARE, Side.NODE);
  private static final Duration WATCHED = Duration.ofSeconds(15);
  private static final double HEAP_GOAL_KIB = 8;

  @Override
  public void run(Bench.Setting setting, Table table) throws Exception {
    table.note(
        "Servers with the launcher's JVM flags and 512 MB of heap. *Live heap* and *RSS*: what"
            + " connecting so many clients added, divided by their number, after a collection (Node:"
            + " none, and its heap is part of its RSS alone). *CPU*: of the server while nine of ten"
            + " clients ping each 15 s, which bare Undertow and Node drop.");
    for (int size : SIZES) {
      Beside heap = new Beside();
      Beside resident = new Beside();
      Beside cpu = new Beside();
      for (String name : SIDES) {
        try (Side side = Side.start(name, setting.newFolder(), size)) {
          long[] added = side.added();
          if (!name.equals(Side.NODE)) {
            heap.of(name).round(added[0] / 1024.0 / size);
          }
          resident.of(name).round(added[1] / 1024.0 / size);
          cpu.of(name).round(Machine.idlePercent(WATCHED, side.pid()));
        }
      }
      String clients = "%,d connections, ".formatted(size);
      table.compare(clients + "live heap each", "KiB", heap, Table.Goal.atMost(50, HEAP_GOAL_KIB));
      table.compare(clients + "RSS each", "KiB", resident);
      table.compare(clients + "CPU", "% of a core", cpu);
    }
  }
}
