package io.wardbell;

import io.wardbell.change.ChangeSource;
import io.wardbell.change.HeldLog;
import io.wardbell.change.SourceFault;
import io.wardbell.change.SourceState;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import io.wardbell.ops.SyncReport;
import io.wardbell.pipeline.Accounts;
import io.wardbell.pipeline.Outlet;
import io.wardbell.pipeline.Pipeline;
import io.wardbell.pipeline.PipelineState;
import io.wardbell.pipeline.Watcher;
import io.wardbell.routing.Router;
import io.wardbell.routing.RoutingConfig;
import io.wardbell.source.engine.SourceDatabase;
import io.wardbell.vault.VaultModel;
import io.wardbell.vault.VaultTables;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A database that is followed: from its log to what somebody is to be told.
final class Follower implements AutoCloseable {
  /// What is followed, and how.
  ///
  /// @param groupsEnabled the server's ORG_GROUPS_ENABLED
  /// @param patience how long to wait for a database that was never reached
  record Plan(
      SourceDatabase database,
      boolean groupsEnabled,
      RoutingConfig routing,
      Duration patience,
      Watcher watcher) {}

  private static final Duration TRY_EVERY = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(Follower.class);

  private final Plan plan;
  private final Clock clock;
  private final ChangeSource source;
  private final Pipeline pipeline;
  private volatile @Nullable String waitsFor; // before the first connection

  /// @param onBug called when nothing can be told rightly any more
  Follower(Plan plan, Outlet outlet, Clock clock, Metrics metrics, Consumer<Throwable> onBug) {
    this.plan = plan;
    this.clock = clock;
    source = plan.database().source(VaultTables.CAPTURE, clock, metrics);
    VaultModel model = new VaultModel(plan.groupsEnabled(), plan.database().dateStep());
    pipeline =
        new Pipeline(
            new Pipeline.Parts(
                model,
                new Router(model, plan.routing()),
                outlet,
                plan.watcher(),
                clock,
                metrics,
                onBug));
    metrics.gauge("synced", "1 if clients hear of every change", () -> sync().synced() ? 1 : 0);
    metrics.gauge(
        "retained.log.bytes", "Log that the database keeps for Wardbell", this::heldBytes);
  }

  private double heldBytes() {
    @Nullable HeldLog held = heldLog();
    return held == null ? 0 : held.bytes();
  }

  /// Waits until the database can be read, for the plan's patience at most.
  ///
  /// @param stopped ends the waiting
  /// @throws SourceFault if the database cannot be read as it is set up, or was not reached in time
  void reach(CountDownLatch stopped) throws SourceFault, InterruptedException {
    Instant until = clock.now().plus(plan.patience());
    boolean said = false;
    while (true) {
      try {
        source.probe();
        waitsFor = null;
        return;
      } catch (SourceFault e) {
        if (!e.isUnreachable() || clock.now().isAfter(until)) {
          throw e;
        }
        waitsFor = e.getMessage();
        if (!said) {
          log.warn(
              "Waiting for the database, {} s at most: {}",
              plan.patience().toSeconds(),
              e.getMessage());
          said = true;
        }
        if (stopped.await(TRY_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
          throw e;
        }
      }
    }
  }

  /// Begins to follow.
  void start() {
    pipeline.start();
    source.start(pipeline);
  }

  /// Accounts as they are known now. Any thread.
  Accounts accounts() {
    return pipeline.accounts();
  }

  /// Whether changes are heard of right now. Any thread.
  SyncReport sync() {
    @Nullable String waits = waitsFor;
    if (waits != null) {
      return new SyncReport(false, "away", waits);
    }
    return switch (pipeline.state()) {
      case PipelineState.Waiting _ -> away("starting", "away");
      case PipelineState.Gap(_, var why) -> away(why, "away");
      case PipelineState.Reconciling _ -> away("all rows are being read", "snapshot");
      case PipelineState.Following _ -> following();
    };
  }

  private SyncReport following() {
    return switch (source.state()) {
      case SourceState.Away(_, var why) -> new SyncReport(false, "away", why);
      case SourceState.Snapshotting _ ->
          new SyncReport(false, "snapshot", "all rows are being read");
      case SourceState.Streaming(_, var faults) ->
          faults.isEmpty()
              ? new SyncReport(true, "streaming", null)
              : new SyncReport(false, "incomplete", String.join("; ", faults));
    };
  }

  private SyncReport away(String why, String word) {
    return source.state() instanceof SourceState.Away(_, var reason)
        ? new SyncReport(false, "away", reason)
        : new SyncReport(false, word, why);
  }

  /// What the database keeps for us; null if nothing. Any thread.
  @Nullable HeldLog heldLog() {
    return source.heldLog();
  }

  @Override
  public void close() {
    source.close();
    pipeline.stop();
  }
}
