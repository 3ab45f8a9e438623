package io.wardbell.source.sqlite.wal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one commit did to the tables that are followed, or what several did together.
///
/// @param kind how it was learnt
/// @param number one more with each transaction delivered
/// @param position where the log was read up to
/// @param gap why rows were compared; null otherwise
/// @param defined tables whose layout is new or changed, to be taken note of before the rows
/// @param dropped tables that are gone, to be forgotten after the rows
/// @param rows each key at most once: deletions, then updates, then creations, table by table. To
///   be walked once, before the next poll
public record Transaction(
    Kind kind,
    long number,
    Position position,
    @Nullable Gap gap,
    List<TableLayout> defined,
    List<TableLayout> dropped,
    Iterable<RowEvent> rows) {
  /// How a transaction was learnt.
  public enum Kind {
    /// All rows there are.
    SNAPSHOT,
    /// Exactly one commit.
    COMMIT,
    /// One commit or more, found by comparing all rows with those known before.
    COMPARISON
  }
}
