package io.wardbell.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How long a change takes to reach 10,000 members of one organization, how many messages go out a
/// second, and what an idle connection costs, beside bare Undertow ([BareServer]) in the same run:
/// `mvn test -Dtest=FanOutCheck`, two minutes. The two take turns, so that a busy machine disturbs
/// both; each has clients of its own, and all are processes of their own. Needs 11,000 open files
/// for each of four.
class FanOutCheck {
  private static final int CLIENTS = Integer.getInteger("fan-out.clients", 10_000);
  private static final int CHANGES = Integer.getInteger("fan-out.changes", 30);
  private static final int ROUNDS = 7;
  private static final int MESSAGES_A_ROUND = 20;
  private static final Duration CHANGE_EVERY = Duration.ofMillis(1_100); // less would be a burst
  private static final List<String> OPTIONS =
      List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders");

  @TempDir private Path folder;

  /// A server and its clients.
  private record Side(String name, Worker server, Worker clients) implements AutoCloseable {
    static Side start(String name, Class<?> main, Path folder, String targets) throws Exception {
      Worker server = Worker.start(OPTIONS, main, folder, CLIENTS, 0, 0);
      String port = server.hear("port")[0];
      long empty = server.ask("stats")[0];
      Worker clients =
          Worker.start(
              List.of("-Xmx256m", "-XX:+UseSerialGC"),
              LoadClients.class,
              port,
              folder.resolve(targets),
              1);
      clients.hear("connected");
      long[] full = server.ask("stats");
      assertThat(full[2]).as("sessions").isEqualTo(CLIENTS);
      System.out.printf(
          "%s: %d bytes of live heap an idle connection%n", name, (full[0] - empty) / CLIENTS);
      return new Side(name, server, clients);
    }

    /// Microseconds until half of the members heard of a change, 95 of 100, all of them.
    long[] change() throws Exception {
      server.tell("change");
      long number = Long.parseLong(server.hear("change")[0]);
      long[] newest = clients.ask("newest");
      long giveUp = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      while ((newest[0] != number || newest[1] < CLIENTS) && System.nanoTime() < giveUp) {
        Thread.sleep(50);
        newest = clients.ask("newest");
      }
      assertThat(newest[1]).as("clients that heard").isEqualTo(CLIENTS);
      return new long[] {newest[2], newest[3], newest[4]};
    }

    /// Messages a second.
    double burst() throws Exception {
      clients.ask("count"); // before the first can come
      server.tell("probes " + MESSAGES_A_ROUND);
      long wanted = (long) MESSAGES_A_ROUND * CLIENTS;
      long frames = 0;
      long micros = 0;
      long giveUp = System.nanoTime() + Duration.ofSeconds(60).toNanos();
      while (frames < wanted && System.nanoTime() < giveUp) {
        Thread.sleep(50);
        long[] burst = clients.ask("burst");
        frames = burst[0];
        micros = burst[1];
      }
      assertThat(frames).as("messages that came").isEqualTo(wanted);
      return frames / (micros / 1e6);
    }

    @Override
    public void close() {
      clients.close();
      server.close();
    }
  }

  @Test
  void changeReachesAllMembersAsFastAsBareUndertowSendsIt() throws Exception {
    try (Side hub = Side.start("hub", LoadServer.class, folder, "targets");
        Side bare = Side.start("bare Undertow", BareServer.class, folder, "bare-targets")) {
      List<long[]> hubChanges = new ArrayList<>();
      List<long[]> bareChanges = new ArrayList<>();
      for (int i = 0; i < CHANGES; i++) {
        hubChanges.add(hub.change());
        bareChanges.add(bare.change());
        Thread.sleep(CHANGE_EVERY);
      }
      print(hub, hubChanges);
      print(bare, bareChanges);
      List<Double> ratios = new ArrayList<>();
      for (int i = 0; i < ROUNDS; i++) {
        double theHub = hub.burst();
        double bareOne = bare.burst();
        ratios.add(theHub / bareOne);
        System.out.printf(
            "messages a second: hub %,.0f, bare Undertow %,.0f, ratio %.2f%n",
            theHub, bareOne, theHub / bareOne);
      }
      ratios.sort(null);
      System.out.printf("median ratio of %d rounds: %.2f%n", ROUNDS, ratios.get(ROUNDS / 2));
      assertThat(ratios.get(ROUNDS / 2)).isGreaterThan(0.5);
    }
  }

  private static void print(Side side, List<long[]> changes) {
    String[] what = {"half of the members", "95 of 100", "all"};
    for (int i = 0; i < what.length; i++) {
      int at = i;
      long[] sorted = changes.stream().mapToLong(change -> change[at]).sorted().toArray();
      System.out.printf(
          "%s: a change reached %s after %.0f ms (median of %d changes; 95 of 100: %.0f ms)%n",
          side.name(),
          what[i],
          sorted[sorted.length / 2] / 1e3,
          sorted.length,
          sorted[sorted.length * 95 / 100] / 1e3);
    }
  }
}
