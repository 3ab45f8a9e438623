package io.wardbell.source.engine;

import io.wardbell.change.RowChange;
import io.wardbell.change.SourceEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The rows of one transaction, in order; a deletion and an insertion under one key are one
/// replacement. Used by the engine's thread alone.
final class TransactionRows {
  /// A larger transaction is handed on in pieces: what is deleted in one and inserted in the next
  /// is told as gone and new.
  private static final int ROWS_MAX = 1_000;

  /// @param key the row's, with its schema, which names the table
  private record RowKey(String table, Object key) {}

  private final List<@Nullable RowChange> changes = new ArrayList<>();
  private final Map<RowKey, Integer> deletions = new HashMap<>();
  private Instant committedAt = Instant.EPOCH;

  /// @param key the row's key as Debezium has it, equal for equal rows
  void add(RowChange change, @Nullable Object key, Instant at) {
    committedAt = at;
    @Nullable RowKey rowKey = key == null ? null : new RowKey(change.table(), key);
    RowChange folded = change;
    if (rowKey != null) {
      switch (change) {
        case RowChange.Deleted _ -> deletions.put(rowKey, changes.size());
        case RowChange.Upserted(var table, var after) -> {
          @Nullable Integer deletion = deletions.remove(rowKey);
          if (deletion != null) {
            changes.set(deletion, null);
            folded = new RowChange.Replaced(table, after);
          }
        }
        case RowChange.Replaced _ -> {
          // Made here and nowhere else.
        }
      }
    }
    changes.add(folded);
  }

  boolean isFull() {
    return changes.size() >= ROWS_MAX;
  }

  /// All rows so far, and forgets them; null if there are none.
  SourceEvent.@Nullable Rows drain() {
    if (changes.isEmpty()) {
      return null;
    }
    List<RowChange> all = new ArrayList<>(changes.size());
    for (@Nullable RowChange change : changes) {
      if (change != null) {
        all.add(change);
      }
    }
    changes.clear();
    deletions.clear();
    return new SourceEvent.Rows(all, Objects.requireNonNull(committedAt));
  }
}
