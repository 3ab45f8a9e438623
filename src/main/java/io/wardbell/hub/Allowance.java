package io.wardbell.hub;

import java.time.Duration;

/// How many messages a client may still send this minute. On its I/O thread.
final class Allowance {
  private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();

  private final int perMinute;
  private long since;
  private int used;

  Allowance(int perMinute, long now) {
    this.perMinute = perMinute;
    this.since = now;
  }

  /// Takes one.
  ///
  /// @return false if there is none left
  boolean take(long now) {
    if (now - since > MINUTE_NANOS) {
      since = now;
      used = 0;
    }
    return ++used <= perMinute;
  }
}
