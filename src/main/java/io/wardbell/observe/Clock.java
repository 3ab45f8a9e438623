package io.wardbell.observe;

import java.time.Instant;

/// The only source of time. Tests own it.
public interface Clock {
  /// Wall-clock time, UTC.
  Instant now();

  /// Monotonic nanoseconds from an arbitrary origin.
  long nanoTime();

  /// The machine's clock.
  static Clock system() {
    return new Clock() {
      @Override
      public Instant now() {
        return Instant.now();
      }

      @Override
      public long nanoTime() {
        return System.nanoTime();
      }
    };
  }
}
