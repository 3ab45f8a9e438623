package io.wardbell.change;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/// What a [ChangeSource] has to say, in the order in which it is true.
///
/// `SnapshotBegun, Rows*, SnapshotDone, Rows*, Lost` and from the start again, for as long as the
/// source lives. `Lost` may come at any time after `SnapshotBegun`.
public sealed interface SourceEvent {
  /// Rows that follow are a snapshot: all rows there are, at one instant.
  ///
  /// @param tables the tables that it covers; of others it says nothing
  /// @param at what was committed before is in it, by our clock
  record SnapshotBegun(Set<String> tables, Instant at) implements SourceEvent {
    /// A defensive copy.
    public SnapshotBegun {
      tables = Set.copyOf(tables);
    }
  }

  /// Committed changes, oldest first; within a snapshot, rows as they are.
  ///
  /// @param committedAt by the database's clock; within a snapshot, when it was read
  record Rows(List<RowChange> changes, Instant committedAt) implements SourceEvent {
    /// A defensive copy.
    public Rows {
      changes = List.copyOf(changes);
    }
  }

  /// The snapshot is whole. What follows are changes since, without a gap.
  record SnapshotDone() implements SourceEvent {}

  /// A row that could not be decoded at all.
  ///
  /// @param table whose row it was
  /// @param why names types and columns, never values
  record Unreadable(String table, String why) implements SourceEvent {}

  /// Changes may have been missed from here to the next snapshot.
  ///
  /// @param reason from a closed set of words, for the metric
  /// @param why for people
  /// @param quiet for how long the log was known to hold nothing new when it was last heard of;
  ///   zero if that is not known
  record Lost(String reason, String why, Duration quiet) implements SourceEvent {}
}
