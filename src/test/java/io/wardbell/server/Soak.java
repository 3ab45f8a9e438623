package io.wardbell.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;

/// The hub under many connections, some of which go and come again, and readers that do not read.
/// Server and clients are processes of their own.
///
/// @param connections of which two thirds are the members of one organization
/// @param stuck how many of them read nothing
/// @param churnPerSecond how many go and come again each second
/// @param time how long they do
/// @param look how often memory is looked at
record Soak(int connections, int stuck, int churnPerSecond, Duration time, Duration look) {
  private static final long MEGABYTE = 1 << 20;
  private static final Duration CHANGE_EVERY = Duration.ofSeconds(30);
  private static final Duration ROUND = Duration.ofSeconds(2);
  private static final Duration SYNCS_WITHIN = Duration.ofMinutes(8);
  private static final List<String> WANTED_ENDS = List.of("client_left", "connection_lost", "slow");

  /// What the server says of itself.
  private record Stats(long heap, long process, int sessions, int syncsWaiting) {
    static Stats of(Worker server) throws Exception {
      long[] numbers = server.ask("stats");
      return new Stats(numbers[0], numbers[1], (int) numbers[2], (int) numbers[3]);
    }

    void print(String when) {
      System.out.printf(
          "%s: %.1f MB of live heap, process %.1f MB, %,d sessions, %,d wait to be told to sync%n",
          when, heap / (double) MEGABYTE, process / (double) MEGABYTE, sessions, syncsWaiting);
    }
  }

  /// What the clients say.
  private record Totals(
      long churned, long open, long messages, long lost, long missed, long syncs, long ended) {
    static Totals of(Worker clients) throws Exception {
      long[] n = clients.ask("totals");
      return new Totals(n[0], n[1], n[2], n[3], n[4], n[5], n[6]);
    }
  }

  private int members() {
    return connections * 2 / 3;
  }

  private int readers() {
    return connections - stuck;
  }

  void run(Path folder) throws Exception {
    // As the launcher runs it, with a larger heap and the compiler that signs tokens faster.
    List<String> options =
        List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xss256k");
    int others = connections - members() - stuck;
    try (Worker server =
        Worker.start(options, LoadServer.class, folder, members(), others, stuck)) {
      String port = server.hear("port")[0];
      Stats empty = Stats.of(server);
      empty.print("without connections");
      try (Worker clients =
          Worker.start(
              List.of("-Xmx512m"),
              LoadClients.class,
              port,
              folder.resolve("targets"),
              churnPerSecond)) {
        clients.hear("connected");
        Stats idle = Stats.of(server);
        idle.print("with them");
        System.out.printf(
            "a connection: %d bytes of heap, %d of the process%n",
            (idle.heap() - empty.heap()) / connections,
            (idle.process() - empty.process()) / connections);
        assertThat(idle.sessions()).isEqualTo(connections);
        everyMemberHears(server, clients);
        churn(server, clients);
        rest(server, clients);
      }
    }
  }

  private void churn(Worker server, Worker clients) throws Exception {
    clients.tell("churn");
    List<Stats> looks = new ArrayList<>();
    long begun = System.nanoTime();
    long changeAt = begun;
    for (int look = 1; look <= time.dividedBy(this.look); look++) {
      long until = begun + look * this.look.toNanos();
      while (System.nanoTime() < until) {
        server.tell("flood");
        server.tell("probes 1");
        server.hear("probes");
        if (System.nanoTime() >= changeAt) {
          changeAt += CHANGE_EVERY.toNanos();
          server.tell("change");
          server.hear("change");
        }
        Thread.sleep(ROUND.toMillis());
      }
      Stats now = Stats.of(server);
      now.print("after %d s".formatted(look * this.look.toSeconds()));
      looks.add(now);
    }
    clients.tell("rest");
    int third = Math.max(1, looks.size() / 3);
    List<Stats> first = looks.subList(0, third);
    List<Stats> last = looks.subList(looks.size() - third, looks.size());
    assertThat(mean(last, Stats::heap))
        .as("heap in the last third of the time")
        .isLessThan(mean(first, Stats::heap) * 1.05 + 2 * MEGABYTE);
    assertThat(mean(last, Stats::process))
        .as("the process in the last third of the time")
        .isLessThan(mean(first, Stats::process) * 1.05 + 8 * MEGABYTE);
  }

  private static double mean(List<Stats> looks, ToLongFunction<Stats> what) {
    return looks.stream().mapToLong(what).average().orElseThrow();
  }

  /// After the churn: what was missed is told, fifty clients a second, and nothing was lost.
  private void rest(Worker server, Worker clients) throws Exception {
    Thread.sleep(2_000);
    everyMemberHears(server, clients);
    long giveUp = System.nanoTime() + SYNCS_WITHIN.toNanos();
    Totals totals = Totals.of(clients);
    while (totals.missed() > 0 && System.nanoTime() < giveUp) {
      Thread.sleep(1_000);
      totals = Totals.of(clients);
    }
    Stats.of(server).print("after the rest");
    server.tell("ended");
    String[] ends = server.hear("ended");
    System.out.printf(
        "%,d clients went and came again, %,d messages of which %,d were lost, %,d syncs, %,d clients"
            + " not told what they missed; sessions ended: %s%n",
        totals.churned(),
        totals.messages(),
        totals.lost(),
        totals.syncs(),
        totals.missed(),
        String.join(" ", ends));
    assertThat(totals.lost()).as("messages lost").isZero();
    assertThat(totals.missed()).as("clients not told what they missed").isZero();
    assertThat(totals.open()).as("open connections").isEqualTo(readers());
    assertThat(totals.ended()).as("connections of readers that the server ended").isZero();
    for (String end : ends) {
      assertThat(WANTED_ENDS).as("ends").contains(end.substring(0, end.indexOf('=')));
    }
  }

  private void everyMemberHears(Worker server, Worker clients) throws Exception {
    server.tell("change");
    long number = Long.parseLong(server.hear("change")[0]);
    long[] newest = clients.ask("newest");
    long giveUp = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while ((newest[0] != number || newest[1] < members()) && System.nanoTime() < giveUp) {
      Thread.sleep(100);
      newest = clients.ask("newest");
    }
    System.out.printf(
        "a change to %,d members: heard by %,d, half of them after %.1f ms, 95 of 100 after %.1f,"
            + " the last after %.1f%n",
        members(), newest[1], newest[2] / 1e3, newest[3] / 1e3, newest[4] / 1e3);
    assertThat(newest[0]).isEqualTo(number);
    assertThat(newest[1]).as("members that heard the change").isEqualTo(members());
  }
}
