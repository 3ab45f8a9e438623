package io.wardbell.source.engine;

import io.wardbell.change.ChangeSink;
import io.wardbell.change.HeldLog;
import io.wardbell.change.SourceEvent;
import io.wardbell.change.SourceFault;
import io.wardbell.change.SourceState;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Count;
import io.wardbell.observe.Metrics;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a database read for as long as it is open: one engine after another, whatever ends them.
/// What differs from database to database is a [Database].
///
/// The thread `source` builds engines and waits for their end; `source-watch` looks every second
/// for a server that has fallen silent, and every minute for a database that is not what it was.
final class Supervisor<P extends Supervisor.Plan> implements AutoCloseable {
  /// What is going to be read.
  interface Plan {
    /// The tables that are read.
    Set<String> tableNames();

    /// What is missing although the database has it, with what mends it.
    List<String> faults();

    /// Whether an engine built for the one is right for the other, too.
    boolean readsSameAs(Plan other);
  }

  /// One kind of database. Called by the supervisor's threads.
  interface Database<P extends Plan> {
    /// Looks the database over.
    ///
    /// @throws SourceFault if no engine can work on it
    P plan() throws SourceFault;

    /// What the server keeps for us. Asked when changes come, and once a minute.
    default @Nullable HeldLog held() throws SourceFault {
      return null;
    }

    /// Builds an engine that is not running yet.
    ///
    /// @param number counts this process's engines
    Attempt attempt(P plan, int number, ChangeSink sink, Runnable onStreaming)
        throws SourceFault, InterruptedException;
  }

  /// One engine, with what it holds. Closing it cuts what connections are left.
  interface Attempt extends AutoCloseable {
    EngineRun engine();

    /// Whether the server has been silent for longer than it ever is.
    boolean isSilent();

    /// Asked once a minute: why what is read is not what the database writes; null if it is.
    @Nullable String astray();

    /// Asked when the engine has ended: for how long the log was known to hold nothing new.
    default Duration quiet() {
      return Duration.ZERO;
    }

    /// Asked every second until changes come: what the engine has to wait for before it can begin;
    /// null if nothing is in its way.
    default @Nullable String waitsFor() {
      return null;
    }

    /// Asked every second until changes come: who waits for something that the engine holds, so
    /// that it has to give way; null if nobody does.
    default @Nullable String isInTheWayOf() {
      return null;
    }

    @Override
    void close();
  }

  private static final Duration FIRST_WAIT = Duration.ofMillis(200);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

  /// A run that lived so long was well: the next wait is short again.
  private static final Duration GOOD_RUN = Duration.ofSeconds(30);

  static final Duration CHECK_EVERY = Duration.ofSeconds(60);

  /// How often it is asked what the server keeps for us while that is much.
  private static final Duration LOOK_OFTEN = Duration.ofSeconds(5);

  private static final Logger log = LoggerFactory.getLogger(Supervisor.class);

  private final Database<P> database;
  private final Clock clock;
  private final Metrics metrics;
  private final Duration checkEvery;
  private final SplittableRandom random = new SplittableRandom();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final AtomicReference<SourceState> state;
  private volatile @Nullable Running<P> running;

  /// A run whose database was not in order when it was looked over. The watch's own.
  private @Nullable Running<P> faulty;

  private volatile @Nullable HeldLog held;
  private volatile @Nullable Thread thread;
  private int runs;

  private record Running<P>(Attempt attempt, P plan) {}

  Supervisor(Database<P> database, Clock clock, Metrics metrics) {
    this(database, clock, metrics, CHECK_EVERY);
  }

  /// @param checkEvery how often the database is looked over while an engine runs
  Supervisor(Database<P> database, Clock clock, Metrics metrics, Duration checkEvery) {
    this.database = database;
    this.clock = clock;
    this.metrics = metrics;
    this.checkEvery = checkEvery;
    state = new AtomicReference<>(new SourceState.Away(clock.now(), "not started"));
  }

  void start(ChangeSink sink) {
    thread = Thread.ofPlatform().daemon().name("source").start(() -> supervise(sink));
    Thread.ofPlatform().daemon().name("source-watch").start(this::watch);
  }

  SourceState state() {
    return state.get();
  }

  @Nullable HeldLog held() {
    return held;
  }

  private boolean isClosed() {
    return closed.getCount() == 0;
  }

  // ---- one engine after another ----

  private void supervise(ChangeSink sink) {
    Duration wait = FIRST_WAIT;
    try {
      while (!isClosed()) {
        Instant began = clock.now();
        EngineRun.End end = runOnce(sink);
        if (isClosed()) {
          return;
        }
        state.set(new SourceState.Away(clock.now(), end.why()));
        if (Duration.between(began, clock.now()).compareTo(GOOD_RUN) > 0) {
          wait = FIRST_WAIT;
        }
        long jitter = random.nextLong(wait.toMillis() / 2 + 1);
        if (closed.await(wait.toMillis() / 2 + jitter, TimeUnit.MILLISECONDS)) {
          return;
        }
        wait =
            wait.multipliedBy(2).compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait.multipliedBy(2);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Closed.
    }
  }

  private EngineRun.End runOnce(ChangeSink sink) throws InterruptedException {
    P plan;
    Attempt attempt;
    try {
      plan = database.plan();
      attempt = database.attempt(plan, ++runs, sink, () -> streaming());
    } catch (SourceFault e) {
      String why = String.valueOf(e.getMessage());
      if (!(state.get() instanceof SourceState.Away(_, var before)) || !why.equals(before)) {
        log.warn("Not connected: {}", why);
      }
      return new EngineRun.End(e.isUnreachable() ? "unreachable" : "setup", why);
    }
    try (attempt) {
      metrics.count(Count.ENGINE_STARTS);
      state.set(new SourceState.Snapshotting(clock.now()));
      put(sink, new SourceEvent.SnapshotBegun(plan.tableNames(), clock.now()));
      EngineRun.End end = run(attempt, plan);
      put(sink, new SourceEvent.Lost(end.reason(), end.why(), attempt.quiet()));
      return end;
    } finally {
      held = null; // What is kept is unknown, or let go.
    }
  }

  private void streaming() {
    Running<P> now = running;
    if (now != null) {
      state.set(new SourceState.Streaming(clock.now(), now.plan().faults()));
    }
  }

  private EngineRun.End run(Attempt attempt, P plan) throws InterruptedException {
    running = new Running<>(attempt, plan);
    try {
      if (isClosed()) {
        return new EngineRun.End("closed", "closed");
      }
      EngineRun.End end = attempt.engine().run();
      log.debug("Engine {} ended: {}", runs, end.why());
      return end;
    } finally {
      running = null;
    }
  }

  /// The engine is not running, or not yet: nothing is kept from the database by this wait.
  private void put(ChangeSink sink, SourceEvent event) throws InterruptedException {
    while (!isClosed() && !sink.offer(event, Duration.ofSeconds(1))) {
      log.debug("Waiting for room for {}", event.getClass().getSimpleName());
    }
  }

  // ---- the watch ----

  private void watch() {
    long nextCheck = clock.nanoTime() + checkEvery.toNanos();
    long nextLook = clock.nanoTime();
    @Nullable Running<P> looked = null;
    try {
      while (!closed.await(1, TimeUnit.SECONDS)) {
        Running<P> now = running;
        if (now == null || now.attempt().engine().isEnding()) {
          continue;
        }
        if (now.attempt().isSilent()) {
          log.warn("The database does not answer: cutting the connection [WB-LOG-03]");
          now.attempt().engine().stop("silent", "the database did not answer");
          now.attempt().close();
        } else if (clock.nanoTime() - nextCheck >= 0) {
          nextCheck = clock.nanoTime() + checkEvery.toNanos();
          check(now);
        } else if (!now.equals(looked) || clock.nanoTime() - nextLook >= 0) {
          looked = now;
          look(now);
          nextLook =
              clock.nanoTime() + (held == null || isMuch(held) ? LOOK_OFTEN : checkEvery).toNanos();
        } else if (!(state.get() instanceof SourceState.Streaming)) {
          giveWay(now);
          showWait(now);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Closed.
    }
  }

  /// Log that the server keeps is let go with the connection; what comes then is a gap.
  private void look(Running<P> now) {
    try {
      @Nullable HeldLog found = database.held();
      held = now.equals(running) ? found : null;
      if (found != null && found.bytes() > found.bytesMax()) {
        now.attempt()
            .engine()
            .stop(
                "retained",
                "the server kept %d MB of its log for Wardbell, more than the %d MB that WARDBELL_WAL_MEGABYTES or the server allow [WB-PG-33]"
                    .formatted(found.bytes() >> 20, found.bytesMax() >> 20));
      }
    } catch (SourceFault e) {
      held = null; // The engine's own connection tells.
    }
  }

  private static boolean isMuch(@Nullable HeldLog held) {
    return held != null && held.bytes() > held.bytesMax() / 16;
  }

  private static void giveWay(Running<?> now) {
    @Nullable String waiting = now.attempt().isInTheWayOf();
    if (waiting != null) {
      now.attempt().engine().stop("gave way", waiting);
      now.attempt().close(); // At once: whoever waits keeps everybody else out of the table.
    }
  }

  private void showWait(Running<P> now) {
    SourceState before = state.get();
    @Nullable String waits = now.attempt().waitsFor();
    boolean shown = before instanceof SourceState.Away(_, var why) && why.equals(waits);
    if (shown || !now.equals(running) || now.attempt().engine().isEnding()) {
      return;
    }
    if (waits != null) {
      log.warn("Not reading yet: {}", waits);
      state.compareAndSet(before, new SourceState.Away(clock.now(), waits));
    } else if (before instanceof SourceState.Away) {
      state.compareAndSet(before, new SourceState.Snapshotting(clock.now()));
    }
  }

  /// Whether the database still is as the engine was told: a table may be new, be made anew, or
  /// have lost its grants, without a word in the log. What was out of order for a while may have
  /// kept changes from us, so that its return to order is a gap.
  private void check(Running<P> now) {
    @Nullable String astray = now.attempt().astray();
    if (astray != null) {
      now.attempt().engine().stop("astray", astray);
      return;
    }
    try {
      P plan = database.plan();
      if (!plan.readsSameAs(now.plan())) {
        now.attempt().engine().stop("drift", "tables, columns, grants or publication changed");
      } else if (now.equals(faulty)) {
        now.attempt().engine().stop("drift", "the database is in order again");
      } else {
        faults(plan.faults());
      }
    } catch (SourceFault e) {
      if (!e.isUnreachable()) {
        faulty = now;
        faults(String.valueOf(e.getMessage()).lines().toList());
      } // Else the engine's own connection tells.
    }
  }

  private void faults(List<String> faults) {
    if (state.get() instanceof SourceState.Streaming(var since, var known)
        && !known.equals(faults)) {
      faults.forEach(fault -> log.warn("Not complete: {}", fault));
      state.set(new SourceState.Streaming(since, faults));
    }
  }

  /// Ends the engine, within some seconds at most.
  @Override
  public void close() {
    closed.countDown();
    Running<P> now = running;
    if (now != null) {
      now.attempt().engine().stop("closed", "closed");
    }
    Thread running = thread;
    if (running != null) {
      try {
        if (!running.join(Duration.ofSeconds(3)) && now != null) {
          now.attempt().close();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    state.set(new SourceState.Away(clock.now(), "closed"));
  }
}
