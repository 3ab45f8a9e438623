package io.wardbell.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The hub under 15,000 connections, 100 of which go and come again each second, and fifty readers
/// that do not read: `mvn test -Dtest=SoakCheck`, ten minutes; fewer with `-Dsoak.minutes=2`. Needs
/// 16,000 open files for each of two processes.
class SoakCheck {
  private static final int CONNECTIONS = Integer.getInteger("soak.connections", 15_000);
  private static final int MEMBERS = CONNECTIONS * 2 / 3;
  private static final int SLOW = 50;
  private static final int CHURN_PER_SECOND = 100;
  private static final Duration TIME =
      Duration.ofSeconds(
          (long) (60 * Double.parseDouble(System.getProperty("soak.minutes", "10"))));
  private static final int CHANGES = 10;
  private static final long MEGABYTE = 1 << 20;

  @TempDir private Path folder;

  private record Stats(long heap, long rss, int sessions) {}

  /// A process that is told what to do, a line each, and answers.
  private record Worker(Process process, BufferedReader says, Writer told)
      implements AutoCloseable {
    static Worker start(List<String> options, Class<?> main, String... arguments)
        throws IOException {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(options);
      command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
      command.addAll(List.of(arguments));
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      return new Worker(
          process,
          process.inputReader(StandardCharsets.US_ASCII),
          process.outputWriter(StandardCharsets.US_ASCII));
    }

    void tell(String line) throws IOException {
      told.write(line + "\n");
      told.flush();
    }

    /// The words behind the first one of the next line that begins with it.
    String[] hear(String first) throws IOException {
      String line = says.readLine();
      while (line != null && !line.startsWith(first)) {
        line = says.readLine();
      }
      assertThat(line).as("the other process says: " + first).isNotNull();
      return line.substring(first.length()).strip().split(" ");
    }

    Stats stats() throws IOException {
      tell("stats");
      String[] words = hear("stats");
      return new Stats(
          Long.parseLong(words[0]), Long.parseLong(words[1]), Integer.parseInt(words[2]));
    }

    @Override
    public void close() {
      process.destroy();
    }
  }

  @Test
  void memoryStaysFlatAndEverybodyIsToldMeanwhile() throws Exception {
    // As the launcher runs it, with a larger heap and the compiler that signs tokens faster.
    List<String> options =
        List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xss256k");
    int others = (CONNECTIONS - MEMBERS) / 99 + 1;
    try (Worker server =
        Worker.start(
            options, SoakServer.class, folder.toString(), "" + MEMBERS, "" + others, "" + SLOW)) {
      String port = server.hear("port")[0];
      Stats empty = server.stats();
      try (Worker clients =
          Worker.start(
              List.of("-Xmx512m"),
              SoakClients.class,
              port,
              folder.toString(),
              "" + CONNECTIONS,
              "" + CHURN_PER_SECOND)) {
        clients.hear("connected");
        Thread.sleep(5_000);
        Stats idle = server.stats();
        assertThat(idle.sessions()).isEqualTo(CONNECTIONS);
        System.out.printf(
            "a connection: %d bytes of heap, %d of the process%n",
            (idle.heap() - empty.heap()) / CONNECTIONS, (idle.rss() - empty.rss()) / CONNECTIONS);
        changes(server, clients);
        soak(server, clients);
        changes(server, clients);
      }
    }
  }

  private static void changes(Worker server, Worker clients) throws Exception {
    for (int i = 0; i < CHANGES; i++) {
      server.tell("change");
      String[] millis = clients.hear("heard");
      System.out.printf(
          "one change to %,d members: half of them after %s ms, the last after %s ms%n",
          MEMBERS, millis[0], millis[1]);
      Thread.sleep(500);
    }
  }

  private static void soak(Worker server, Worker clients) throws Exception {
    clients.tell("churn");
    List<Stats> thirds = new ArrayList<>();
    for (int third = 0; third < 3; third++) {
      long end = System.nanoTime() + TIME.toNanos() / 3;
      while (System.nanoTime() < end) {
        server.tell("flood");
        Thread.sleep(1_000);
      }
      Stats now = server.stats();
      thirds.add(now);
      System.out.printf(
          "after %d/3 of %d s: heap %.1f MB, process %.1f MB, %d sessions%n",
          third + 1,
          TIME.toSeconds(),
          now.heap() / (double) MEGABYTE,
          now.rss() / (double) MEGABYTE,
          now.sessions());
    }
    clients.tell("rest");
    Thread.sleep(15_000); // what was missed is told at fifty a second
    Stats first = thirds.getFirst();
    Stats last = thirds.getLast();
    assertThat(last.heap()).as("heap").isLessThan(first.heap() * 11 / 10 + 2 * MEGABYTE);
    assertThat(last.rss()).as("process").isLessThan(first.rss() * 11 / 10 + 8 * MEGABYTE);
    assertThat(last.sessions()).isGreaterThan(CONNECTIONS - 2 * SLOW - CHURN_PER_SECOND);
  }
}
