package io.wardbell.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.NodeClient;
import io.wardbell.ServeProcess;
import io.wardbell.Tokens;
import io.wardbell.server.LoadClients;
import io.wardbell.server.LoadServer;
import io.wardbell.server.Worker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/// A server of WebSockets and its clients (one thread for all sockets), each a process of its own;
/// the server has the flags that Wardbell has.
final class Side implements AutoCloseable {
  static final String HUB = "Wardbell";
  static final String BARE = "bare Undertow";
  static final String NODE = "Node ws";
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Path NODE_FOLDER = Path.of("src/bench/node");

  private static final Tokens TOKENS = Tokens.create();
  private static final List<String> MADE = new ArrayList<>();

  final String name;
  private final Worker server;
  private final Worker clients;
  private final int size;
  private final long[] empty;

  private Side(String name, Worker server, int size, Path folder) throws Exception {
    this.name = name;
    this.server = server;
    this.size = size;
    String port = server.hear("port")[0];
    empty = server.ask("stats");
    clients =
        Worker.start(
            List.of("-Xmx256m", "-XX:+UseSerialGC"),
            LoadClients.class,
            port,
            folder.resolve("targets"),
            1);
    clients.hear("connected");
    assertThat(server.ask("stats")[2]).as("sessions of " + name).isEqualTo(size);
  }

  static Side start(String name, Path folder, int size) throws Exception {
    return new Side(name, server(name, folder, size), size, folder);
  }

  private static Worker server(String name, Path folder, int size) throws Exception {
    List<String> flags = new ArrayList<>(ServeProcess.launcherFlags());
    flags.add("-Xmx512m");
    return switch (name) {
      case HUB -> {
        TOKENS.writeKey(folder.resolve("others.pem"));
        Files.write(folder.resolve("tokens"), tokens(size));
        yield Worker.start(flags, LoadServer.class, folder, size, 0, 0);
      }
      case BARE -> Worker.start(flags, BareServer.class, folder, size);
      default -> {
        Files.writeString(folder.resolve("targets"), "member /\n".repeat(size));
        String message = HexFormat.of().formatHex(BareServer.request("@" + "0".repeat(35)));
        NodeClient.install(NODE_FOLDER);
        yield Worker.start(
            "node", List.of("node", NODE_FOLDER.resolve("server.mjs").toString(), message));
      }
    };
  }

  /// Made once for all servers.
  private static List<String> tokens(int size) {
    while (MADE.size() < size) {
      MADE.add(TOKENS.login(LoadServer.member(MADE.size()), "device", "stamp"));
    }
    return MADE.subList(0, size);
  }

  /// Bytes of live heap and of resident memory since before the clients came.
  long[] added() throws Exception {
    long[] full = server.ask("stats");
    return new long[] {full[0] - empty[0], full[1] - empty[1]};
  }

  /// The server's.
  long pid() {
    return server.pid();
  }

  /// @param cpuMicros of the server, for one message to one client
  record Burst(double framesPerSecond, double cpuMicros) {}

  /// Messages to all, one after the other without a pause.
  Burst burst(int messages) throws Exception {
    clients.ask("count"); // before the first can come
    Duration before = Machine.cpu(pid());
    server.tell("probes " + messages);
    long[] burst = awaitFrames("burst", (long) messages * size);
    double cpuMicros = Machine.cpu(pid()).minus(before).toNanos() / 1e3 / burst[0];
    return new Burst(burst[0] / (burst[1] / 1e6), cpuMicros);
  }

  /// Milliseconds until half of the messages were there, 95 of 100, 99; at this pace.
  double[] pace(double perSecond, int count) throws Exception {
    clients.ask("count");
    server.tell("pace " + perSecond + " " + count);
    server.hear("pace");
    long[] delays = awaitFrames("delays", (long) count * size);
    return new double[] {delays[1] / 1e3, delays[2] / 1e3, delays[3] / 1e3};
  }

  private long[] awaitFrames(String question, long wanted) throws Exception {
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    long[] answer = clients.ask(question);
    while (answer[0] < wanted && System.nanoTime() < giveUp) {
      Thread.sleep(50);
      answer = clients.ask(question);
    }
    assertThat(answer[0]).as("messages that came from " + name).isEqualTo(wanted);
    return answer;
  }

  /// Milliseconds until half of the clients heard of a change, 95 of 100, all of them.
  double[] change() throws Exception {
    server.tell("change");
    long number = Long.parseLong(server.hear("change")[0]);
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    long[] newest = clients.ask("newest");
    while ((newest[0] != number || newest[1] < size) && System.nanoTime() < giveUp) {
      Thread.sleep(50);
      newest = clients.ask("newest");
    }
    assertThat(newest[1]).as("clients that heard").isEqualTo(size);
    return new double[] {newest[2] / 1e3, newest[3] / 1e3, newest[4] / 1e3};
  }

  @Override
  public void close() throws IOException {
    clients.close();
    server.close();
  }
}
