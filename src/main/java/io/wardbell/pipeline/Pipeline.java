package io.wardbell.pipeline;

import io.wardbell.change.ChangeSink;
import io.wardbell.change.RowChange;
import io.wardbell.change.SourceEvent;
import io.wardbell.notification.Delivery;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Count;
import io.wardbell.observe.Metrics;
import io.wardbell.observe.Owner;
import io.wardbell.observe.Stage;
import io.wardbell.routing.Router;
import io.wardbell.vault.Reconciliation;
import io.wardbell.vault.VaultChange;
import io.wardbell.vault.VaultModel;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one loop: read, fold, route, hand over. See DESIGN.md beside this file.
///
/// One thread named `pipeline` owns the model and everything that waits. Sources put events into a
/// bounded queue; a full one makes the source wait, and after its patience give up its connection.
public final class Pipeline implements ChangeSink {
  /// Rows between the source and the pipeline, at most: some megabytes. An event is a thousand rows
  /// of a transaction, or one, or takes the place of one.
  public static final int QUEUE_MAX = 4_096;

  /// How long what waits may wait for a queue that never empties.
  private static final long OVERDUE_NANOS_MAX = Duration.ofSeconds(1).toNanos();

  private static final Logger log = LoggerFactory.getLogger(Pipeline.class);

  private final VaultModel model;
  private final Router router;
  private final Outlet outlet;
  private final Watcher watcher;
  private final Clock clock;
  private final Metrics metrics;
  private final Accounts accounts = new Accounts();
  private final BlockingQueue<SourceEvent> queue = new LinkedBlockingQueue<>();
  private final Semaphore room = new Semaphore(QUEUE_MAX);
  private final Owner owner = new Owner("pipeline");
  private final Consumer<Throwable> onBug;
  private volatile PipelineState state = new PipelineState.Waiting();
  private volatile boolean closing;
  private @Nullable Thread thread;
  private boolean snapshotting;
  private Instant snapshotAt = Instant.MIN;

  /// @param clock for waits and for messages that have no date of their own
  /// @param onBug what to do when the loop fails: nothing can be told rightly from then on
  public record Parts(
      VaultModel model,
      Router router,
      Outlet outlet,
      Watcher watcher,
      Clock clock,
      Metrics metrics,
      Consumer<Throwable> onBug) {}

  public Pipeline(Parts parts) {
    model = parts.model();
    router = parts.router();
    outlet = parts.outlet();
    watcher = parts.watcher();
    clock = parts.clock();
    metrics = parts.metrics();
    onBug = parts.onBug();
    metrics.gauge(
        "queue.source.depth",
        "Rows waiting for the pipeline",
        () -> QUEUE_MAX - room.availablePermits());
  }

  /// Begins to take events.
  public void start() {
    thread = Thread.ofPlatform().name("pipeline").start(this::run);
  }

  /// Accounts as they are known now. Any thread.
  public Accounts accounts() {
    return accounts;
  }

  /// What the pipeline is doing. Any thread.
  public PipelineState state() {
    return state;
  }

  @Override
  public boolean offer(SourceEvent event, Duration patience) throws InterruptedException {
    return room.tryAcquire(size(event), patience.toNanos(), TimeUnit.NANOSECONDS)
        && queue.add(event);
  }

  private static int size(SourceEvent event) {
    return event instanceof SourceEvent.Rows(var rows, _)
        ? Math.clamp(rows.size(), 1, QUEUE_MAX)
        : 1;
  }

  private void run() {
    owner.check();
    try {
      while (!closing) {
        @Nullable SourceEvent event = next();
        if (event != null) {
          handle(event);
        }
        // What is queued was committed before now and may be what something waits for.
        long overdue = clock.nanoTime() - router.due();
        if (!snapshotting && overdue >= 0 && (queue.isEmpty() || overdue > OVERDUE_NANOS_MAX)) {
          router.tick(clock.now(), clock.nanoTime(), this::deliver);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error bug) {
      log.error(
          "The pipeline failed; Wardbell stops, because it could not tell anything right [WB-BUG-01]",
          bug);
      onBug.accept(bug);
    }
  }

  private @Nullable SourceEvent next() throws InterruptedException {
    long due = router.due();
    @Nullable SourceEvent event =
        due == Long.MAX_VALUE || snapshotting
            ? queue.take()
            : queue.poll(Math.max(0, due - clock.nanoTime()), TimeUnit.NANOSECONDS);
    if (event != null) {
      room.release(size(event));
    }
    return event;
  }

  private void handle(SourceEvent event) {
    switch (event) {
      case SourceEvent.SnapshotBegun(var tables, var at) -> {
        snapshotting = true;
        snapshotAt = at;
        state = new PipelineState.Reconciling(accounts.asOf() == null);
        model.beginSnapshot(tables);
      }
      case SourceEvent.Rows(var changes, var committedAt) -> rows(changes, committedAt);
      case SourceEvent.SnapshotDone() -> reconcile();
      case SourceEvent.Unreadable(var table, var why) -> {
        metrics.count(Count.ROWS_UNREADABLE, table);
        log.warn("A row of {} could not be read: {} [WB-LOG-01]", table, why);
      }
      case SourceEvent.Lost(var reason, var why, var quiet) -> {
        snapshotting = false;
        model.lost(quiet);
        metrics.count(Count.GAPS, reason);
        log.warn(
            "The database's log was lost; the next snapshot will tell what was missed: {} [WB-LOG-02]",
            why);
        router.lost(clock.nanoTime());
        state = new PipelineState.Gap(clock.now(), why);
      }
    }
  }

  private void rows(List<RowChange> changes, Instant committedAt) {
    long readAt = clock.nanoTime();
    if (!snapshotting) {
      metrics.took(Stage.COMMIT_TO_READ, Duration.between(committedAt, clock.now()).toNanos());
    }
    for (RowChange change : changes) {
      metrics.count(Count.ROWS_READ, change.table());
      if (!snapshotting) {
        watcher.changed(change, committedAt);
      }
    }
    model.apply(
        changes,
        meaning -> {
          note(meaning);
          router.route(meaning, committedAt, clock.nanoTime(), this::deliver);
        });
    if (!snapshotting) {
      Instant now = clock.now();
      accounts.asOf(committedAt.isBefore(now) ? committedAt : now);
      metrics.took(Stage.READ_TO_ROUTED, clock.nanoTime() - readAt);
    }
  }

  /// Accounts are published before anybody is told: a client that is let in meanwhile is judged by
  /// the new state.
  private void note(VaultChange meaning) {
    switch (meaning) {
      case VaultChange.AccountChanged(var id, _, var after) -> accounts.put(id, after);
      case VaultChange.Unreadable(var table, _, var why) -> {
        metrics.count(Count.ROWS_UNREADABLE, table);
        log.warn("A row of {} could not be read: {} [WB-LOG-01]", table, why);
      }
      default -> {
        // Nothing that other threads look at.
      }
    }
  }

  private void reconcile() {
    Reconciliation reconciliation = model.endSnapshot();
    snapshotting = false;
    accounts.replace(model::accounts);
    accounts.asOf(snapshotAt);
    int differences = reconciliation.changes().size();
    metrics.count(Count.DIFFERENCES, "", differences);
    reconciliation.changes().forEach(this::note);
    router.reconciled(reconciliation, clock.now(), clock.nanoTime(), this::deliver);
    state = new PipelineState.Following(clock.now(), differences);
    log.info(
        "Caught up with the database: {} items, {}",
        model.items(),
        reconciliation.first()
            ? "first snapshot"
            : reconciliation.overwhelmed()
                ? "more differences than can be told one by one: everybody is told to sync"
                : differences + " differences told");
    outlet.caughtUp();
  }

  private void deliver(Delivery delivery) {
    metrics.count(Count.NOTIFICATIONS, delivery.notification().type().toString());
    outlet.accept(delivery);
    watcher.delivered(delivery);
  }

  /// Ends the loop; what is queued is dropped, since a new start takes a new snapshot.
  public void stop() {
    closing = true;
    Thread running = thread;
    if (running != null) {
      running.interrupt();
    }
  }
}
