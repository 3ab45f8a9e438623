package io.wardbell.source.sqlite.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// The reader against the protocol alone, with everything that others may do happening between any
/// two of its reads. A failing seed is printed; `-Dsqlite.sim.seed=` repeats it.
@NullUnmarked
class WalProtocolSimTest {
  private static final int RUNS = Integer.getInteger("sqlite.sim.runs", 400);
  private static final long SEED = Long.getLong("sqlite.sim.seed", new Random().nextInt());

  private final Map<Gap, Long> gaps = new TreeMap<>();
  private int exact;
  private int compared;

  @Test
  void everyStateToldIsOneThatWasCommittedInOrderAndNoneIsSkippedInSilence() throws Exception {
    int[] counts = new int[5];
    for (int run = 0; run < RUNS; run++) {
      long seed = SEED + run;
      SimulatedSqlite sqlite = new SimulatedSqlite(new Random(seed));
      try {
        follow(sqlite, new Random(~seed));
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed, e);
      }
      counts[0] += sqlite.spills;
      counts[1] += sqlite.resets;
      counts[2] += sqlite.closes;
      counts[3] += sqlite.crashes;
      counts[4] += sqlite.again;
    }
    System.out.printf(
        "simulated: seed %d, %d exact, %d compared, spills/resets/closes/crashes/headers again"
            + " %s, gaps %s%n",
        SEED, exact, compared, Arrays.toString(counts), gaps);
    assertThat(exact).isGreaterThan(RUNS);
  }

  private void follow(SimulatedSqlite sqlite, Random random) throws Exception {
    long[] sleeps = {0};
    LiveDatabase reader =
        new LiveDatabase(
            sqlite,
            Follower.EVERYTHING,
            new Timing(
                () -> sqlite.clock + sleeps[0],
                () -> Instant.ofEpochSecond(0, sqlite.clock + sleeps[0])));
    int[] versions = new int[SimulatedSqlite.TABLES];
    int[] at = {0};
    List<Transaction> told = new ArrayList<>();
    take(reader.snapshot(), versions, told);
    at[0] = indexOf(sqlite, versions, 0);
    for (int i = 0; i < 150; i++) {
      if (random.nextInt(12) == 0) {
        for (int n = random.nextInt(200); n > 0; n--) {
          sqlite.step(); // the reader was not looking
        }
      }
      reader.poll(transaction -> {
        take(transaction, versions, told);
        int now = indexOf(sqlite, versions, at[0] + 1);
        if (transaction.kind() == Transaction.Kind.COMMIT) {
          // A padding frame is an empty commit, so a commit is one step always.
          assertThat(now).as("the state after %s", transaction).isEqualTo(at[0] + 1);
          exact++;
        } else {
          assertThat(now).as("the state after %s", transaction).isGreaterThan(at[0]);
          compared++;
        }
        at[0] = now;
      });
      sleeps[0] += random.nextInt(3_000_000);
    }
    sqlite.settle();
    sqlite.frozen = true;
    for (int i = 0; i < 100; i++) {
      sleeps[0] += 30_000_000;
      reader.poll(transaction -> take(transaction, versions, told));
    }
    assertThat(Arrays.toString(versions)).isEqualTo(sqlite.history.getLast());
    reader.statistics().gaps().forEach((gap, n) -> gaps.merge(gap, n, Long::sum));
  }

  private static int indexOf(SimulatedSqlite sqlite, int[] versions, int from) {
    String state = Arrays.toString(versions);
    for (int i = from; i < sqlite.history.size(); i++) {
      if (sqlite.history.get(i).equals(state)) {
        return i;
      }
    }
    throw new AssertionError(
        state + " was never committed from " + from + " on: " + sqlite.history);
  }

  private static void take(Transaction transaction, int[] versions, List<Transaction> told) {
    told.add(transaction);
    for (RowEvent event : transaction.rows()) {
      int table = event.table().name().charAt(1) - '0';
      Object[] before = event.before();
      if (before != null) {
        assertThat(before[1]).isEqualTo((long) versions[table]);
      }
      versions[table] = ((Long) event.after()[1]).intValue();
    }
  }
}
