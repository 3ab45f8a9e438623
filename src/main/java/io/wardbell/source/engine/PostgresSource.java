package io.wardbell.source.engine;

import io.wardbell.change.Capture;
import io.wardbell.change.ChangeSink;
import io.wardbell.change.ChangeSource;
import io.wardbell.change.SourceEvent;
import io.wardbell.change.SourceFault;
import io.wardbell.change.SourceState;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Count;
import io.wardbell.observe.Metrics;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads a PostgreSQL database for as long as it is open: one engine after another, each with a
/// temporary slot, a snapshot and the stream that follows it. See DESIGN.md beside this file.
///
/// The thread `source` builds engines and waits for their end; `source-watch` looks every second
/// for a server that has fallen silent, and every minute for a publication that is not what it was.
public final class PostgresSource implements ChangeSource {
  private static final Duration FIRST_WAIT = Duration.ofMillis(200);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

  /// A run that lived so long was well: the next wait is short again.
  private static final Duration GOOD_RUN = Duration.ofSeconds(30);

  private static final Duration CHECK_EVERY = Duration.ofSeconds(60);

  /// How long the reader waits for data in one go: shorter waits cost idle CPU.
  private static final long READ_WAIT_MILLIS = 5_000;

  /// The server answers each of our status updates, sent every 2 s: three that stay unanswered, on
  /// top of a reader's wait, mean that nobody is there.
  private static final Duration SILENCE_MAX = Duration.ofMillis(READ_WAIT_MILLIS + 3 * 2_000);

  private static final Logger log = LoggerFactory.getLogger(PostgresSource.class);

  private final PostgresDatabase database;
  private final PostgresPreflight preflight;
  private final PostgresConnections connections;
  private final Clock clock;
  private final Metrics metrics;
  private final String instance;
  private final SplittableRandom random = new SplittableRandom();
  private final CountDownLatch closed = new CountDownLatch(1);
  private volatile SourceState state;
  private volatile @Nullable Running running;
  private volatile @Nullable Thread supervisor;
  private int runs;

  /// @param plan what is being read
  private record Running(EngineRun engine, SocketGroup sockets, PostgresPlan plan) {}

  /// @param instance tells this process's slots from another's: letters, digits and underscores
  public PostgresSource(
      PostgresDatabase database, Capture capture, Clock clock, Metrics metrics, String instance) {
    this.database = database;
    this.clock = clock;
    this.metrics = metrics;
    this.instance = instance;
    preflight = new PostgresPreflight(capture, database.publication());
    connections = new PostgresConnections(database);
    state = new SourceState.Away(clock.now(), "not started");
  }

  /// Looks once whether this database can be read.
  ///
  /// @throws SourceFault if it cannot: all that is wrong in one message
  public void probe() throws SourceFault {
    var _ = plan();
  }

  private PostgresPlan plan() throws SourceFault {
    try (Connection connection = connections.open()) {
      return preflight.check(connection);
    } catch (SQLException e) {
      throw connections.explain(e);
    }
  }

  @Override
  public void start(ChangeSink sink) {
    supervisor = Thread.ofPlatform().daemon().name("source").start(() -> supervise(sink));
    Thread.ofPlatform().daemon().name("source-watch").start(this::watch);
  }

  @Override
  public SourceState state() {
    return state;
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
        state = new SourceState.Away(clock.now(), end.why());
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
    PostgresPlan plan;
    try {
      plan = plan();
    } catch (SourceFault e) {
      String why = String.valueOf(e.getMessage());
      if (!(state instanceof SourceState.Away(_, var before)) || !why.equals(before)) {
        log.warn("Not connected: {}", why);
      }
      return new EngineRun.End(e.isUnreachable() ? "unreachable" : "setup", why);
    }
    metrics.count(Count.ENGINE_STARTS);
    state = new SourceState.Snapshotting(clock.now());
    put(sink, new SourceEvent.SnapshotBegun(plan.tables().keySet()));
    EngineRun.End end = run(sink, plan);
    put(sink, new SourceEvent.Lost(end.reason(), end.why()));
    return end;
  }

  private EngineRun.End run(ChangeSink sink, PostgresPlan plan) throws InterruptedException {
    String slot = "wardbell_" + instance + "_" + ++runs;
    long half = plan.walSenderTimeoutMillis() / 3;
    long wait = half == 0 ? READ_WAIT_MILLIS : Math.min(READ_WAIT_MILLIS, half);
    try (SocketGroup sockets = new SocketGroup(slot, database, wait, clock::nanoTime);
        CommitVisibility visibility = new CommitVisibility(connections, clock::nanoTime)) {
      EngineRun engine =
          new EngineRun(
              "engine-" + runs,
              PostgresSettings.of(database, plan, slot, sockets),
              sink,
              plan.synchronous() ? visibility : _ -> {},
              new EngineRun.Hooks(
                  () -> state = new SourceState.Streaming(clock.now(), plan.faults()),
                  sockets::closing));
      running = new Running(engine, sockets, plan);
      if (isClosed()) {
        return new EngineRun.End("closed", "closed");
      }
      EngineRun.End end = engine.run();
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
    long nextCheck = clock.nanoTime() + CHECK_EVERY.toNanos();
    try {
      while (!closed.await(1, TimeUnit.SECONDS)) {
        Running now = running;
        if (now == null) {
          continue;
        }
        if (now.sockets().streaming() && now.sockets().silentNanos() > SILENCE_MAX.toNanos()) {
          log.warn("The database has not answered for {}: cutting the connection", SILENCE_MAX);
          now.engine()
              .stop("silent", "the database did not answer for " + SILENCE_MAX.toSeconds() + " s");
          now.sockets().close();
        } else if (clock.nanoTime() - nextCheck >= 0) {
          nextCheck = clock.nanoTime() + CHECK_EVERY.toNanos();
          check(now);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // Closed.
    }
  }

  /// Whether the database still is as the engine was told: a table that was made anew has left the
  /// publication without a word, and its grants with it.
  private void check(Running now) {
    try {
      PostgresPlan plan = plan();
      if (!plan.tables().equals(now.plan().tables())) {
        now.engine().stop("drift", "tables, columns or the publication changed");
      } else if (state instanceof SourceState.Streaming(var since, var known)
          && !known.equals(plan.faults())) {
        plan.faults().forEach(fault -> log.warn("Not complete: {}", fault));
        state = new SourceState.Streaming(since, plan.faults());
      }
    } catch (SourceFault e) {
      if (!e.isUnreachable() && state instanceof SourceState.Streaming(var since, var known)) {
        List<String> faults = String.valueOf(e.getMessage()).lines().toList();
        if (!known.equals(faults)) {
          faults.forEach(fault -> log.warn("Not complete: {}", fault));
          state = new SourceState.Streaming(since, faults);
        }
      } // Else the engine's own connection tells.
    }
  }

  @Override
  public void close() {
    closed.countDown();
    Running now = running;
    if (now != null) {
      now.engine().stop("closed", "closed");
    }
    Thread thread = supervisor;
    if (thread != null) {
      try {
        if (!thread.join(Duration.ofSeconds(3)) && now != null) {
          now.sockets().close();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    state = new SourceState.Away(clock.now(), "closed");
  }
}
