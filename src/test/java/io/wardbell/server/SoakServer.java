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

/// The hub of [SoakCheck], in a process of its own that does what its input says: `stats`,
/// `change`, `flood`. Arguments: a folder, then how many users of each kind there are.
final class SoakServer {
  private static final HubConfig LIMITS =
      new HubConfig(
          20_000, 100, 20_000, 25, 20_000, 60, 1024, 300, 256, 131_072, 10, 60, 100_000, 10);

  private final RunningHub running;
  private final Set<Id<Kind.User>> members = new HashSet<>();
  private final Set<Id<Kind.User>> slow = new HashSet<>();

  private SoakServer(RunningHub running) {
    this.running = running;
  }

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    try (RunningHub running = new RunningHub(folder, LIMITS);
        var input =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
      SoakServer server = new SoakServer(running);
      server.tokens(folder.resolve("members"), server.members, Integer.parseInt(args[1]), 1);
      server.tokens(folder.resolve("others"), new HashSet<>(), Integer.parseInt(args[2]), 2);
      server.tokens(folder.resolve("slow"), server.slow, Integer.parseInt(args[3]), 3);
      System.out.println("port " + running.listener.port());
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        switch (line) {
          case "stats" -> server.stats();
          case "change" -> server.tell("@%035d".formatted(System.nanoTime()), server.members);
          case "flood" -> server.flood();
          default -> throw new IllegalArgumentException(line);
        }
      }
    }
  }

  private void tokens(Path file, Set<Id<Kind.User>> users, int count, int kind) throws IOException {
    StringBuilder tokens = new StringBuilder();
    for (int i = 0; i < count; i++) {
      String user = "00000000-0000-4000-800%d-%012d".formatted(kind, i);
      users.add(Id.of(user));
      running.accounts.put(user, "stamp");
      tokens.append(running.tokens.login(user, "device", "stamp")).append('\n');
    }
    Files.writeString(file, tokens);
  }

  private void stats() throws IOException, InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(300);
    }
    Runtime runtime = Runtime.getRuntime();
    List<String> status = Files.readAllLines(Path.of("/proc/self/status"));
    String rss =
        status.stream().filter(l -> l.startsWith("VmRSS:")).findFirst().orElse("VmRSS: 0 kB");
    System.out.printf(
        "stats %d %d %d%n",
        runtime.totalMemory() - runtime.freeMemory(),
        Long.parseLong(rss.replaceAll("[^0-9]", "")) * 1024,
        running.hub.sessions());
  }

  /// More than a reader that does not read can be sent.
  private void flood() {
    for (int i = 0; i < 50; i++) {
      tell("flood-" + "x".repeat(400), slow);
    }
  }

  private void tell(String id, Set<Id<Kind.User>> users) {
    running.hub.deliver(
        new Delivery(
            new Notification.OfCipher(
                UpdateType.SYNC_CIPHER_UPDATE,
                Id.of(id),
                null,
                Id.of("00000000-0000-4000-8000-0000000000f1"),
                null,
                Instant.EPOCH),
            new Audience.Users(users)));
  }
}
