package io.wardbell;

import io.wardbell.observe.Clock;
import java.time.Duration;
import java.time.Instant;

/// A clock that stands still until the test moves it.
public final class ManualClock implements Clock {
  private Instant now = Instant.parse("2026-11-24T10:00:00Z");
  private long nanos = 1_000_000_000L;

  /// Moves time on.
  public synchronized void advance(Duration by) {
    now = now.plus(by);
    nanos += by.toNanos();
  }

  @Override
  public synchronized Instant now() {
    return now;
  }

  @Override
  public synchronized long nanoTime() {
    return nanos;
  }
}
