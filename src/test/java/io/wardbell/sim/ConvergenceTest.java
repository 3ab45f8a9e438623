package io.wardbell.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Whatever the server does, and however its requests, the log and the clients' own requests fall:
/// every client ends up with what the server would show it, nobody hears of what he could not see,
/// and each operation makes only so many syncs.
///
/// `-Dwardbell.sim.seeds=100000` is the long form; `-Dwardbell.sim.first=42` with one seed plays
/// that seed alone.
class ConvergenceTest {
  private static final int SEEDS = Integer.getInteger("wardbell.sim.seeds", 1_500);
  private static final long FIRST = Long.getLong("wardbell.sim.first", 1);

  /// What people do all day: a request or two of each client. (A request of the server that fails
  /// after its first bump leaves a bump that nothing explains: one sync.)
  private static final List<String> ONE_FETCH =
      List.of(
          "item create",
          "item update",
          "item trash",
          "item restore",
          "item delete",
          "item favorite",
          "item folder",
          "item share",
          "item create in organization",
          "attachment",
          "folder create",
          "folder rename",
          "folder delete",
          "send create",
          "send edit",
          "send delete");

  @Test
  void everyClientConverges() {
    World.Tally tally = new World.Tally();
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      new World(seed, tally).play(6);
    }
    System.out.printf(
        "%d seeds, %d requests, %d statements, %d messages, %d gaps, %d interruptions, %d copies"
            + " compared%n",
        SEEDS,
        tally.requests.values().stream().mapToInt(Integer::intValue).sum(),
        tally.statements,
        tally.messages,
        tally.gaps,
        tally.interruptions,
        tally.checks);
    assertThat(tally.checks).isPositive();
    tally.syncsMost.forEach(
        (name, most) -> assertThat(most).as("syncs of a client for: " + name).isLessThan(5));
    tally.fetchesMost.forEach(
        (name, most) -> assertThat(most).as("requests of a client for: " + name).isLessThan(25));
    for (String name : ONE_FETCH) {
      assertThat(tally.syncsMost.getOrDefault(name, 0)).as("syncs for: " + name).isLessThan(2);
      assertThat(tally.fetchesMost.getOrDefault(name, 0)).as("requests: " + name).isLessThan(4);
    }
    if (Boolean.getBoolean("wardbell.sim.print")) {
      tally.requests.forEach((name, times) ->
          System.out.printf(
              "%-32s %6d times, alone at most %d syncs and %d requests of a client%n",
              name,
              times,
              tally.syncsMost.getOrDefault(name, 0),
              tally.fetchesMost.getOrDefault(name, 0)));
    }
  }
}
