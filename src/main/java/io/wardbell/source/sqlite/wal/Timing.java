package io.wardbell.source.sqlite.wal;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/// The two clocks a reader needs.
///
/// @param nanos monotonic
/// @param wall to compare with the times of files
public record Timing(LongSupplier nanos, InstantSource wall) {
  long now() {
    return nanos.getAsLong();
  }

  long wallNanos() {
    Instant now = wall.instant();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }
}
