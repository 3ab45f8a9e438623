package io.wardbell;

import io.wardbell.change.SourceFault;
import io.wardbell.notification.Delivery;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import io.wardbell.ops.SyncReport;
import io.wardbell.pipeline.Outlet;
import io.wardbell.pipeline.Watcher;
import io.wardbell.routing.RoutingConfig;
import io.wardbell.source.engine.SourceDatabase;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Follows a database and prints a line an event, until it is stopped or nobody reads on.
///
/// A reader that does not keep up makes the pipeline wait, and after five seconds the connection is
/// given up: what was missed is in the next snapshot's differences.
final class Tail implements AutoCloseable {
  private static final Duration LOOK_EVERY = Duration.ofMillis(100);

  private final PrintWriter out;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicBoolean failed = new AtomicBoolean();
  private final EventLines lines;
  private final Follower follower;

  Tail(
      SourceDatabase database,
      boolean groupsEnabled,
      RoutingConfig routing,
      Duration patience,
      EventLines.Format format,
      PrintWriter out) {
    this.out = out;
    Clock clock = Clock.system();
    lines = new EventLines(format, clock, this::print);
    Outlet nobody =
        new Outlet() {
          @Override
          public void accept(Delivery delivery) {}

          @Override
          public void caughtUp() {}
        };
    Watcher watcher = lines;
    follower =
        new Follower(
            new Follower.Plan(database, groupsEnabled, routing, patience, watcher),
            nobody,
            clock,
            new Metrics(),
            _ -> {
              failed.set(true);
              stopped.countDown();
            });
  }

  private synchronized void print(String line) {
    out.println(line);
    if (out.checkError()) {
      stopped.countDown(); // Nobody reads on.
    }
  }

  /// @return whether it ended in order
  /// @throws SourceFault if the database cannot be read as it is set up, or was not reached in time
  boolean run() throws SourceFault, InterruptedException {
    follower.reach(stopped);
    follower.start();
    @Nullable SyncReport said = null;
    do {
      SyncReport now = follower.sync();
      if (!now.equals(said)) {
        lines.state(now);
        said = now;
      }
    } while (!stopped.await(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS));
    return !failed.get();
  }

  @Override
  public void close() {
    stopped.countDown();
    follower.close();
  }
}
