package io.wardbell.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How many messages a second go out to many clients, and how long each takes.
final class FanOut implements Bench.Scenario {
  /// What Supabase publishes of Realtime, in its documentation's benchmarks.
  ///
  /// @param p95 by our goals, in ms
  private record Cell(int clients, int changesPerSecond, @Nullable Double p95) {}

  private static final List<Cell> CELLS =
      List.of(new Cell(500, 64, 20.0), new Cell(5_000, 10, null), new Cell(10_000, 5, 400.0));
  private static final List<String> SIDES = List.of(Side.HUB, Side.BARE, Side.NODE);
  private static final int BURSTS = 5;
  private static final int FRAMES_A_BURST = 150_000;
  private static final int BURST_MAX = 200; // a client's outbox takes 256
  private static final int PACED_ROUNDS = 3;
  private static final int PACED_SECONDS = 5;
  private static final double BEARABLE = 0.7;
  private static final int CHANGES = 15;
  private static final int MEMBERS = 10_000;
  private static final Duration CHANGE_EVERY = Duration.ofMillis(1_100); // less would be a burst

  @Override
  public void run(Bench.Setting setting, Table table) throws Exception {
    table.note(
        "Servers with the launcher's JVM flags and 512 MB of heap, each with clients of its own in"
            + " another process (one thread, MessagePack), all connected at once, in turns. *Frames"
            + " a second*: up to %,d messages as fast as they go. *Paced*: so many changes a second, each"
                .formatted(FRAMES_A_BURST)
            + " to all clients, for %d s a round; ms from when a message is made until a client has"
                .formatted(PACED_SECONDS)
            + " it; the cells are Supabase Realtime's, which publishes a p95 of 184 to 238 ms for"
            + " 500 clients and 64 changes a second, and 1,250 to 1,349 ms for 10,000 and 5. Where"
            + " that is more than 70 % of what bare Undertow gave in this run, the pace is 70 % of"
            + " that. *Change*: of an organization's item, to its 10,000 members.");
    for (Cell cell : CELLS) {
      List<Side> sides = new ArrayList<>();
      try {
        for (String name : SIDES) {
          sides.add(Side.start(name, setting.newFolder(), cell.clients()));
        }
        measure(cell, sides, table);
      } finally {
        for (Side side : sides) {
          side.close();
        }
      }
    }
  }

  private static void measure(Cell cell, List<Side> sides, Table table) throws Exception {
    String clients = "%,d clients".formatted(cell.clients());
    Beside frames = new Beside();
    Beside cpu = new Beside();
    for (int i = -1; i < BURSTS; i++) {
      for (Side side : sides) {
        Side.Burst burst = side.burst(Math.min(BURST_MAX, FRAMES_A_BURST / cell.clients()));
        if (i >= 0) {
          frames.of(side.name).round(burst.framesPerSecond());
          cpu.of(side.name).round(burst.cpuMicros());
        }
      }
    }
    table.compare(clients + ", frames", "a second", frames, Table.Goal.atLeast(0.9, Side.BARE));
    table.compare(clients + ", server's CPU a frame", "µs", cpu);
    double carried = BEARABLE * frames.of(Side.BARE).median() / cell.clients();
    double pace = Math.min(cell.changesPerSecond(), carried);
    Beside[] delays = {new Beside(), new Beside(), new Beside()};
    for (int i = 0; i < PACED_ROUNDS; i++) {
      for (Side side : sides) {
        add(delays, side.name, side.pace(pace, (int) Math.ceil(pace * PACED_SECONDS)));
      }
    }
    String paced = "%s, %.1f changes a second".formatted(clients, pace);
    Double goal = cell.p95();
    table.compare(paced + ", half", "ms", delays[0]);
    if (goal == null) {
      table.compare(paced + ", 95 %", "ms", delays[1]);
    } else {
      table.compare(paced + ", 95 %", "ms", delays[1], Table.Goal.atMost(50, goal));
    }
    table.compare(paced + ", 99 %", "ms", delays[2]);
    if (cell.clients() == MEMBERS) {
      changes(sides.subList(0, 2), table);
    }
  }

  private static void changes(List<Side> sides, Table table) throws Exception {
    Beside[] delays = {new Beside(), new Beside(), new Beside()};
    for (int i = 0; i < CHANGES; i++) {
      for (Side side : sides) {
        add(delays, side.name, side.change());
      }
      Thread.sleep(CHANGE_EVERY);
    }
    table.compare("change reaches half of 10,000 members", "ms", delays[0]);
    table.compare("change reaches 95 %", "ms", delays[1]);
    table.compare("change reaches all", "ms", delays[2]);
  }

  private static void add(Beside[] to, String who, double[] values) {
    for (int i = 0; i < to.length; i++) {
      to[i].of(who).round(values[i]);
    }
  }
}
