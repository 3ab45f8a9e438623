package io.wardbell.change;

import java.time.Instant;
import java.util.List;

/// What a source is doing.
public sealed interface SourceState {
  /// Not connected, since then, because of this.
  record Away(Instant since, String why) implements SourceState {}

  /// Connected, and reading all rows.
  record Snapshotting(Instant since) implements SourceState {}

  /// Reading the log.
  ///
  /// @param faults what makes this less than complete (a table that left the publication, a grant
  ///   that is missing), each with the statement that mends it; empty when all is well
  record Streaming(Instant since, List<String> faults) implements SourceState {
    /// A defensive copy.
    public Streaming {
      faults = List.copyOf(faults);
    }
  }
}
