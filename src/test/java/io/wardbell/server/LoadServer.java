package io.wardbell.server;

import io.wardbell.hub.HubConfig;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The hub of [SoakCheck] and of the benchmarks, in a process of its own that does what its input
/// says. Arguments: a folder, into which it writes the clients' targets; how many members of one
/// organization there are, other connections, and clients that do not read. A file `tokens` in the
/// folder is the members', a line each, made with the key in `others.pem`: making them takes long
/// without Java's second compiler.
public final class LoadServer {
  private static final HubConfig LIMITS =
      new HubConfig(
          20_000, 100, 20_000, 25, 2_000, 15, 1024, 300, 256, 131_072, 10, 60, 100_000, 10);
  private static final List<String> KINDS = List.of("member", "other", "stuck");
  private static final int CONNECTIONS_PER_OTHER_USER = 90;
  private static final int FLOOD_MESSAGES = 50;

  private final RunningHub running;
  private final List<String> made;
  private final StringBuilder targets = new StringBuilder();
  private final Set<Id<Kind.User>> members = new HashSet<>();
  private final Set<Id<Kind.User>> stuck = new HashSet<>();
  private int changes;
  private int probes;

  private LoadServer(RunningHub running, List<String> made) {
    this.running = running;
    this.made = made;
  }

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    try (RunningHub running = new RunningHub(folder, LIMITS);
        var input =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
      Path tokens = folder.resolve("tokens");
      LoadServer server =
          new LoadServer(running, Files.exists(tokens) ? Files.readAllLines(tokens) : List.of());
      server.users("member", server.members, Integer.parseInt(args[1]), 1);
      server.users("other", new HashSet<>(), Integer.parseInt(args[2]), CONNECTIONS_PER_OTHER_USER);
      server.users("stuck", server.stuck, Integer.parseInt(args[3]), 1);
      Files.writeString(folder.resolve("targets"), server.targets);
      System.out.println("port " + running.listener.port());
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        server.obey(line);
      }
    }
  }

  /// A member's id.
  public static String member(int number) {
    return user("member", number);
  }

  private static String user(String kind, int number) {
    return "00000000-0000-4000-800%d-%012d".formatted(KINDS.indexOf(kind), number);
  }

  private void users(String kind, Set<Id<Kind.User>> users, int connections, int each) {
    String token = "";
    for (int i = 0; i < connections; i++) {
      if (i % each == 0) {
        String user = user(kind, i);
        users.add(Id.of(user));
        running.accounts.put(user, "stamp");
        token = made.isEmpty() ? running.tokens.login(user, "device", "stamp") : made.get(i);
      }
      targets.append(kind).append(" /hub?access_token=").append(token).append('\n');
    }
  }

  private void obey(String line) throws IOException, InterruptedException {
    String[] words = line.split(" ", 2);
    switch (words[0]) {
      case "stats" -> stats();
      case "ended" -> ended();
      case "change" -> {
        long begun = System.nanoTime();
        tell(members, item(LoadMark.text('C', ++changes)));
        System.out.println("change " + changes + " " + (System.nanoTime() - begun) / 1000);
      }
      case "probes" -> {
        for (int i = 0; i < Integer.parseInt(words[1]); i++) {
          tell(members, request(LoadMark.text('P', ++probes)));
        }
        System.out.println("probes " + probes);
      }
      case "pace" -> {
        String[] pace = words[1].split(" ", 2);
        LoadMark.pace(
            Double.parseDouble(pace[0]),
            Integer.parseInt(pace[1]),
            () -> tell(members, request(LoadMark.text('P', ++probes))));
        System.out.println("pace " + probes);
      }
      case "flood" -> flood();
      default -> throw new IllegalArgumentException(line);
    }
  }

  private void stats() throws IOException, InterruptedException {
    System.out.printf(
        "stats %d %d %d %d%n",
        Memory.liveHeapBytes(),
        Memory.processBytes(),
        running.hub.sessions(),
        metric("syncs_waiting"));
  }

  private long metric(String name) {
    return running
        .metrics
        .scrape()
        .lines()
        .filter(line -> line.startsWith("wardbell_" + name + " "))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  /// Why sessions ended, as /metrics says.
  private void ended() {
    List<String> reasons =
        running
            .metrics
            .scrape()
            .lines()
            .filter(line -> line.startsWith("wardbell_sessions_closed_total{"))
            .map(line -> line.replaceAll(".*reason=\"(.*)\"} ([0-9]+).*", "$1=$2"))
            .toList();
    System.out.println("ended " + String.join(" ", reasons));
  }

  /// More than a client that does not read can be sent.
  private void flood() {
    for (int i = 0; i < FLOOD_MESSAGES; i++) {
      tell(stuck, request("flood-" + "x".repeat(400)));
    }
  }

  private static Notification item(String id) {
    return new Notification.OfCipher(
        UpdateType.SYNC_CIPHER_UPDATE,
        Id.of(id),
        null,
        Id.of("00000000-0000-4000-8000-0000000000f1"),
        null,
        Instant.EPOCH);
  }

  /// No burst, no sync and no memory of what was missed is about these.
  private static Notification request(String id) {
    return new Notification.OfAuthRequest(
        UpdateType.AUTH_REQUEST,
        Id.of(id),
        Id.of("00000000-0000-4000-8000-0000000000f2"),
        "00000000-0000-4000-8000-0000000000f3");
  }

  private void tell(Set<Id<Kind.User>> users, Notification notification) {
    running.hub.deliver(new Delivery(notification, new Audience.Users(users)));
  }
}
