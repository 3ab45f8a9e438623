package io.wardbell.hub;

import io.wardbell.observe.Clock;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// The thread that looks at all sessions twice a second while there are any, and releases what the
/// governor holds back when it is due. Sleeps when there is nothing to wait for.
final class Timekeeper implements AutoCloseable {
  private static final long LOOK_EVERY_NANOS = Duration.ofMillis(500).toNanos();

  /// What there is to do in time.
  interface Duties {
    /// Releases what is due.
    ///
    /// @return when to come again; [Long#MAX_VALUE] for never
    long release();

    /// Looks at all sessions.
    void look();

    /// Whether there are sessions to look at.
    boolean anySessions();
  }

  private final Clock clock;
  private final Duties duties;
  private volatile @Nullable Thread thread;
  private volatile long wakesAt = Long.MAX_VALUE;
  private volatile boolean stopped;

  Timekeeper(Clock clock, Duties duties) {
    this.clock = clock;
    this.duties = duties;
  }

  void start() {
    thread = Thread.ofPlatform().daemon().name("hub-timer").start(this::run);
  }

  /// Has it come at this time or before. Any thread; cheap if it would anyway.
  void dueAt(long due) {
    Thread keeper = thread;
    if (due < wakesAt && keeper != null) {
      LockSupport.unpark(keeper);
    }
  }

  /// Has it look at the first session in time. To be called once the session can be seen.
  void sessionOpened() {
    dueAt(clock.nanoTime() + LOOK_EVERY_NANOS);
  }

  private void run() {
    long lookAt = clock.nanoTime();
    while (!stopped) {
      wakesAt = Long.MAX_VALUE; // what comes from here on wakes the thread, even before it sleeps
      long releaseAt = duties.release();
      if (clock.nanoTime() >= lookAt) {
        duties.look();
        lookAt = clock.nanoTime() + LOOK_EVERY_NANOS;
      }
      long next = Math.min(releaseAt, duties.anySessions() ? lookAt : Long.MAX_VALUE);
      if (next == Long.MAX_VALUE) {
        LockSupport.park(this);
      } else {
        wakesAt = next;
        LockSupport.parkNanos(this, Math.max(1, next - clock.nanoTime()));
      }
    }
  }

  @Override
  public void close() {
    stopped = true;
    LockSupport.unpark(thread);
  }
}
