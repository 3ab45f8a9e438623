package io.wardbell.change;

import java.time.Duration;

/// Where a source puts its events: bounded, one producer at a time, order kept.
public interface ChangeSink {
  /// Waits for room, at most so long.
  ///
  /// @return false if there was none: the event was not taken
  boolean offer(SourceEvent event, Duration patience) throws InterruptedException;
}
