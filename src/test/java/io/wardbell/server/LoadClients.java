package io.wardbell.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/// The clients of [SoakCheck] and of the benchmarks, in a process of their own, one thread for all
/// sockets. Arguments: a port, a file of targets (a line `kind target` each, of kind `member`,
/// `other` or `stuck`), churn a second. The input says what to do.
public final class LoadClients {
  private static final int CONNECTING_MAX = 50;
  private static final int PING_SECONDS = 15;
  private static final int STRIDE = 7_919; // a prime
  private static final long DELAY_STEP_NANOS = 100_000;
  private static final long SECOND = Duration.ofSeconds(1).toNanos();
  private static final long OPEN_WITHIN = Duration.ofSeconds(30).toNanos();
  private static final int SYNC_VAULT = 5;
  private static final int SYNC_ORGANIZATIONS = 17;

  private final int port;
  private final int churnPerSecond;
  private final Selector selector;
  private final List<Slot> readers = new ArrayList<>();
  private final List<Slot> stuck = new ArrayList<>();
  private final Queue<String> commands = new ConcurrentLinkedQueue<>();
  private int ended;
  private long[] latencies = new long[0];
  private int heard;
  private int newest;
  private int connecting;
  private int churned;
  private long messages;
  private long lost;
  private long syncs;
  private long frames;
  private long firstSent = Long.MAX_VALUE;
  private long lastHeard;
  private boolean churning;

  /// How many probes took how long, in steps of [#DELAY_STEP_NANOS].
  private final int[] delays = new int[100_000];

  private LoadClients(int port, int churnPerSecond, Selector selector) {
    this.port = port;
    this.churnPerSecond = churnPerSecond;
    this.selector = selector;
  }

  public static void main(String[] args) throws Exception {
    try (Selector selector = Selector.open()) {
      LoadClients clients =
          new LoadClients(Integer.parseInt(args[0]), Integer.parseInt(args[2]), selector);
      List<String> targets = Files.readAllLines(Path.of(args[1]));
      Thread.ofPlatform().daemon().start(clients::listen);
      clients.latencies = new long[targets.size()];
      for (String target : targets) {
        clients.add(target.split(" ", 2));
      }
      while (clients.connecting > 0) {
        clients.select();
      }
      System.out.println("connected");
      clients.run();
    }
  }

  private void add(String[] target) throws IOException {
    Slot slot = new Slot(target[1], target[0], readers.size() % 10 != 0);
    (slot.reads() ? readers : stuck).add(slot);
    slot.connect();
    while (connecting >= CONNECTING_MAX) {
      select();
    }
  }

  private void listen() {
    try (var input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        commands.add(line);
        selector.wakeup();
      }
      System.exit(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void select() throws IOException {
    selector.select(key -> ((LoadClient) key.attachment()).ready(), 5);
  }

  private void run() throws IOException {
    long churnAt = System.nanoTime();
    long secondAt = churnAt + SECOND;
    for (int second = 0; ; ) {
      select();
      for (String line = commands.poll(); line != null; line = commands.poll()) {
        obey(line);
      }
      long now = System.nanoTime();
      if (!churning) {
        churnAt = now;
      }
      while (now - churnAt > 0) {
        churnAt += SECOND / churnPerSecond;
        churn();
      }
      if (now - secondAt > 0) {
        secondAt += SECOND;
        everySecond(second++, now);
      }
    }
  }

  private void obey(String line) {
    switch (line) {
      case "churn" -> churning = true;
      case "rest" -> churning = false;
      case "newest" -> newest();
      case "totals" -> totals();
      case "count" -> {
        frames = 0;
        Arrays.fill(delays, 0);
        firstSent = Long.MAX_VALUE;
        System.out.println("count 0");
      }
      case "burst" -> burst();
      case "delays" -> delays();
      default -> throw new IllegalArgumentException(line);
    }
  }

  /// Of the newest change: its number, who heard it, and after how many microseconds half of them,
  /// 95 of 100, and all.
  private void newest() {
    long[] sorted = Arrays.copyOf(latencies, heard);
    Arrays.sort(sorted);
    System.out.printf(
        "newest %d %d %d %d %d%n",
        newest,
        heard,
        heard == 0 ? 0 : sorted[heard / 2] / 1000,
        heard == 0 ? 0 : sorted[heard * 95 / 100] / 1000,
        heard == 0 ? 0 : sorted[heard - 1] / 1000);
  }

  /// How many probes came since `count`, and in how many microseconds.
  private void burst() {
    System.out.printf("burst %d %d%n", frames, Math.max(0, lastHeard - firstSent) / 1000);
  }

  /// Of the probes since `count`: how many, and after how many microseconds half of them were
  /// there, 95 of 100, 99.
  private void delays() {
    System.out.printf("delays %d %d %d %d%n", frames, delay(50), delay(95), delay(99));
  }

  private long delay(int percent) {
    long sooner = 0;
    int step = -1;
    while (sooner * 100 < frames * percent && step < delays.length - 1) {
      sooner += delays[++step];
    }
    return (step + 1) * DELAY_STEP_NANOS / 1_000;
  }

  /// What happened so far: clients that went and came again, open ones, messages, those lost,
  /// clients that were not told of a change, syncs, ends that were not the client's wish.
  private void totals() {
    System.out.printf(
        "totals %d %d %d %d %d %d %d%n",
        churned,
        readers.stream().filter(Slot::open).count(),
        messages,
        lost,
        readers.stream().filter(slot -> slot.missed).count(),
        syncs,
        ended);
  }

  /// One client goes, every other in good order, and comes again; the stuck ones once they were
  /// cut.
  private void churn() throws IOException {
    // Not one account's connections one after the other.
    int place = (int) ((long) churned * STRIDE % readers.size());
    readers.get(place).again(churned % 2 == 0);
    if (churned % 50 == 0 && !stuck.isEmpty()) {
      stuck.get(churned / 50 % stuck.size()).again(false);
    }
    churned++;
  }

  /// A tenth of the clients never ping, as rbw. One whose connection was ended comes again.
  private void everySecond(int second, long now) throws IOException {
    for (int i = 0; i < readers.size(); i++) {
      Slot slot = readers.get(i);
      if (slot.pings && i % PING_SECONDS == second % PING_SECONDS) {
        slot.client.ping();
      }
      if (slot.client.ended()) {
        slot.connect();
      } else if (!slot.open() && now - slot.since > OPEN_WITHIN) {
        count("no answer to the upgrade or the handshake");
        slot.again(false);
      }
    }
  }

  private void count(String why) {
    System.out.println("ended: " + why);
    ended++;
  }

  /// A client across its connections.
  private final class Slot implements LoadClient.Ear {
    private final String target;
    private final boolean pings;
    private final boolean isStuck;
    private LoadClient client;
    private boolean fresh;
    private long since;
    private int probe = -1;
    private int change = -1;

    /// Whether a change passed it by of which no sync has told it yet.
    private boolean missed;

    @SuppressWarnings("NullAway.Init") // connect() is called next
    Slot(String target, String kind, boolean pings) {
      this.target = target;
      this.pings = pings && !kind.equals("stuck");
      isStuck = kind.equals("stuck");
    }

    boolean reads() {
      return !isStuck;
    }

    boolean open() {
      return client.open();
    }

    void connect() throws IOException {
      connecting++;
      fresh = true;
      since = System.nanoTime();
      probe = -1;
      client = new LoadClient(selector, port, target, isStuck, this);
    }

    void again(boolean orderly) throws IOException {
      if (!client.ended() && !client.open()) {
        connecting--;
      }
      client.leave(orderly);
      connect();
    }

    @Override
    public void opened() {
      connecting--;
      fresh = false;
      if (pings) {
        client.ping();
      }
    }

    @Override
    public void heard(ByteBuffer message) {
      LoadMark mark = LoadMark.in(message);
      switch (mark.kind()) {
        case 'P' -> probed(mark);
        case 'C' -> changed(mark);
        default -> other(message);
      }
    }

    /// Probes are no changes: nobody is told to sync for them, so an open session gets them all.
    private void probed(LoadMark mark) {
      messages++;
      frames++;
      firstSent = Math.min(firstSent, mark.nanos());
      lastHeard = System.nanoTime();
      long step = (lastHeard - mark.nanos()) / DELAY_STEP_NANOS;
      delays[Math.clamp(step, 0, delays.length - 1)]++;
      if (probe >= 0) {
        lost += mark.number() - probe - 1;
      }
      probe = mark.number();
    }

    private void changed(LoadMark mark) {
      long now = System.nanoTime();
      messages++;
      missed |= change >= 0 && mark.number() != change + 1;
      change = mark.number();
      if (mark.number() > newest) {
        newest = mark.number();
        heard = 0;
      }
      if (mark.number() == newest) {
        latencies[heard++] = now - mark.nanos();
      }
    }

    /// A sync makes up for all that was missed before.
    private void other(ByteBuffer message) {
      for (int i = message.position(); i + 4 < message.limit(); i++) {
        if (message.get(i) == 'T' && message.get(i + 1) == 'y' && message.get(i + 3) == 'e') {
          int type = message.get(i + 4);
          if (type == SYNC_VAULT || type == SYNC_ORGANIZATIONS) {
            syncs++;
            missed = false;
            change = -1;
          }
          return;
        }
      }
    }

    @Override
    public void ended(String why) {
      if (fresh) {
        connecting--;
      }
      count(why);
    }
  }
}
