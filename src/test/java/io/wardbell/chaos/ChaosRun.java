package io.wardbell.chaos;

import io.wardbell.Tokens;
import io.wardbell.sim.ServerView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Random work, clients, and faults at random moments, on one database. After each few faults the
/// work rests, and every client has to hold what the server would show it.
final class ChaosRun implements AutoCloseable {
  /// What came of it.
  ///
  /// @param missed what clients did not have although they were told all there was to tell
  /// @param unnoticed faults that were not noticed, or not recovered from, in their time
  record Result(int faults, List<String> missed, List<String> unnoticed, String report) {}

  private static final int CLIENTS_PER_USER = 2;
  private static final int FAULTS_A_ROUND = 5;

  /// A client that was told to sync again and again gets the last one so much later.
  private static final Duration QUIET_MAX = Duration.ofSeconds(110);

  private static final Duration SYNCED_MAX = Duration.ofSeconds(60);

  private final Target target;
  private final SplittableRandom random;
  private final Story story;
  private final Vault vault;
  private final List<Serving> instances = new ArrayList<>();
  private final AtomicInteger connections = new AtomicInteger();
  private final Writer writer;
  private final List<PlayedClient> clients = new ArrayList<>();
  private final Measures measures = new Measures();
  private final List<String> missed = new ArrayList<>();
  private final List<String> unnoticed = new ArrayList<>();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicLong retainedMost = new AtomicLong();
  private final List<Long> quietMillis = new ArrayList<>();
  private int copies;

  /// @param instances how many Wardbells there are, among which clients go round
  /// @param folder for the key and what the processes say
  ChaosRun(Target target, int instances, long seed, Path folder) throws Exception {
    this.target = target;
    random = new SplittableRandom(seed);
    story = new Story(folder.resolve("story.log"));
    Tokens tokens = Tokens.create();
    tokens.writeKey(folder.resolve("rsa_key.pem"));
    vault = new Vault(target);
    writer = new Writer(vault, random.split(), story);
    Map<String, String> environment = new HashMap<>(target.environment(folder));
    environment.put("RSA_KEY_FILENAME", folder.resolve("rsa_key").toString());
    environment.put("DOMAIN", Tokens.ORIGIN);
    environment.put("WARDBELL_DATABASE_PATIENCE", "60s");
    // What is done here in seconds is not to be taken for a burst: one sync would hide a loss.
    environment.put("WARDBELL_BURST_MESSAGES", "10000");
    for (int i = 0; i < instances; i++) {
      this.instances.add(
          new Serving(Files.createDirectory(folder.resolve("instance-" + i)), environment));
    }
    for (String user : writer.settle()) {
      for (int i = 0; i < CLIENTS_PER_USER; i++) {
        String name = "client" + clients.size();
        clients.add(new PlayedClient(name, user, vault, tokens, this::port, story));
      }
    }
  }

  /// As a load balancer chooses that knows nobody and does not look who is well.
  private int port() {
    return instances.get(connections.getAndIncrement() % instances.size()).port;
  }

  /// Plays until so many of these faults have been.
  Result play(int faultsMax, List<Fault> faults) throws Exception {
    for (Serving instance : instances) {
      instance.start();
    }
    awaitSynced("the start");
    clients.forEach(PlayedClient::start);
    Thread.ofVirtual().start(this::measureRetained);
    int count = 0;
    checkQuiet(0);
    while (count < faultsMax) {
      writer.resume();
      for (int i = 0; i < FAULTS_A_ROUND && count < faultsMax; i++) {
        Pause.millis(random.nextInt(50, 1_200));
        inject(any(faults));
        count++;
      }
      Pause.millis(random.nextInt(0, 500));
      writer.rest();
      checkQuiet(count);
    }
    return new Result(count, missed, unnoticed, report(count));
  }

  private Fault any(List<Fault> faults) {
    int at = random.nextInt(faults.stream().mapToInt(Fault::weight).sum());
    for (Fault fault : faults) {
      at -= fault.weight();
      if (at < 0) {
        return fault;
      }
    }
    throw new AssertionError();
  }

  private void inject(Fault fault) throws Exception {
    boolean mustNotice = !fault.noticed().isZero();
    if (mustNotice) {
      awaitSynced("what came before " + fault.kind()); // Else there may be nothing to lose.
    }
    story.tell("== %s", fault.kind());
    Instant began = Instant.now();
    Serving wardbell = instances.get(random.nextInt(instances.size()));
    fault.action().on(new Fault.Stage(vault, wardbell, random));
    Instant over = Instant.now();
    story.tell("== over: %s", fault.kind());
    if (random.nextInt(4) == 0) {
      measures.count(fault.kind()); // The next one comes before it has recovered.
      return;
    }
    @Nullable Instant noticed = began;
    if (mustNotice) {
      noticed = awaitLost(began, fault.noticed());
      if (noticed == null) {
        unnoticed.add(fault.kind() + ": not noticed; " + sync());
        story.tell("== not noticed");
        noticed = began;
      }
    }
    awaitSynced(fault.kind());
    @Nullable Instant caughtUp = said(Serving.Kind.CAUGHT_UP, noticed, false);
    Instant since = over.isAfter(noticed) ? over : noticed;
    measures.add(
        fault.kind(),
        mustNotice ? Duration.between(began, noticed) : null,
        caughtUp == null || caughtUp.isBefore(since)
            ? Duration.ZERO
            : Duration.between(since, caughtUp));
  }

  private @Nullable Instant awaitLost(Instant since, Duration patience) throws IOException {
    Instant end = Instant.now().plus(patience);
    @Nullable Instant at = said(Serving.Kind.LOST, since, true);
    while (at == null && Instant.now().isBefore(end)) {
      Pause.millis(30);
      at = said(Serving.Kind.LOST, since, true);
    }
    return at;
  }

  /// When the last of them said so; null if nobody did, or not all who have to.
  private @Nullable Instant said(Serving.Kind kind, Instant since, boolean all) throws IOException {
    @Nullable Instant last = null;
    for (Serving instance : instances) {
      @Nullable Instant at = instance.said(kind, since);
      if (at == null && all) {
        return null;
      }
      if (at != null && (last == null || at.isAfter(last))) {
        last = at;
      }
    }
    return last;
  }

  private List<String> sync() {
    return instances.stream().map(instance -> String.valueOf(instance.sync())).toList();
  }

  private void awaitSynced(String after) {
    Instant end = Instant.now().plus(SYNCED_MAX);
    while (!instances.stream().allMatch(Serving::isSynced)) {
      if (Instant.now().isAfter(end)) {
        unnoticed.add("not recovered after " + after + ": " + sync());
        return;
      }
      Pause.millis(25);
    }
  }

  // ---- quiet points ----

  private void checkQuiet(int count) throws IOException {
    long began = System.nanoTime();
    awaitSynced("a round");
    ServerView view = vault.view();
    Map<PlayedClient, Map<String, String>> odd = odd(view);
    while (!odd.isEmpty() && System.nanoTime() - began < QUIET_MAX.toNanos()) {
      Pause.millis(100);
      odd = odd(view);
    }
    copies += clients.size();
    quietMillis.add((System.nanoTime() - began) / 1_000_000);
    for (Map.Entry<PlayedClient, Map<String, String>> entry : odd.entrySet()) {
      PlayedClient client = entry.getKey();
      List<String> about = new ArrayList<>(entry.getValue().keySet());
      about.add(client.name + " ");
      about.add(client.user);
      String what = client.name + " of " + client.user + ": " + entry.getValue();
      missed.add("after " + count + " faults: " + what + "\n" + story.about(about));
      story.tell("== missed: %s", what);
      client.logIn(); // What follows is to be seen, too.
    }
    story.tell("== quiet after %d faults", count);
  }

  private Map<PlayedClient, Map<String, String>> odd(ServerView view) {
    Map<PlayedClient, Map<String, String>> odd = new HashMap<>();
    for (PlayedClient client : clients) {
      Map<String, String> differences = client.differences(view);
      if (!client.isConnected()) {
        differences.put("connection", "is away");
      }
      if (client.isBusy()) {
        differences.put("requests", "are under way");
      }
      if (!differences.isEmpty()) {
        odd.put(client, differences);
      }
    }
    return odd;
  }

  // ---- measures ----

  private void measureRetained() {
    while (!closed.get()) {
      retainedMost.accumulateAndGet(target.retained(), Math::max);
      Pause.millis(500);
    }
  }

  private String report(int count) {
    Map<String, Object> sums = new TreeMap<>();
    sums.put("operations", writer.operations());
    sums.put("messages", clients.stream().mapToInt(c -> c.messages).sum());
    sums.put("syncs", clients.stream().mapToInt(c -> c.syncs).sum());
    sums.put("requests", clients.stream().mapToInt(c -> c.requests).sum());
    sums.put("log-outs", clients.stream().mapToInt(c -> c.logOuts).sum());
    sums.put("copies compared", copies);
    sums.put("log retained at most, bytes", retainedMost.get());
    quietMillis.sort(null);
    return "%d faults, %d missed changes, %d not noticed or recovered%n%s%n%s%s%n"
        .formatted(
            count,
            missed.size(),
            unnoticed.size(),
            sums,
            measures,
            "all clients right again after the last fault of a round, ms: median %d, most %d"
                .formatted(quietMillis.get(quietMillis.size() / 2), quietMillis.getLast()));
  }

  @Override
  public void close() throws IOException {
    closed.set(true);
    clients.forEach(PlayedClient::close);
    writer.close();
    instances.forEach(Serving::close);
    vault.close();
    story.close();
  }
}
