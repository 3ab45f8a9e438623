package io.wardbell.vault;

import io.wardbell.change.Capture;
import io.wardbell.change.Row;
import io.wardbell.change.RowChange;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `REPLACE INTO`, by which the server saves on SQLite, MySQL and MariaDB, is a delete and an
/// insert of one key: together they are one write of that row, and nothing was deleted.
final class Folding {
  private record Key(String table, List<String> values) {}

  private Folding() {}

  /// The changes of one commit without deletes that a later write of the same key takes back.
  static List<RowChange> fold(List<RowChange> changes) {
    if (changes.size() < 2 || !deletesBeforeItWrites(changes)) {
      return changes;
    }
    @Nullable RowChange[] left = changes.toArray(RowChange[]::new);
    Map<Key, Integer> deleted = new HashMap<>();
    for (int i = 0; i < left.length; i++) {
      switch (changes.get(i)) {
        case RowChange.Deleted(var table, var row) -> {
          @Nullable Key key = key(table, row);
          if (key != null) {
            deleted.put(key, i);
          }
        }
        case RowChange.Upserted(var table, var row) -> {
          @Nullable Key key = key(table, row);
          @Nullable Integer earlier = key == null ? null : deleted.remove(key);
          if (earlier != null) {
            left[earlier] = null;
          }
        }
        case RowChange.Replaced _ -> {
          // Folded by its source.
        }
      }
    }
    List<RowChange> folded = new ArrayList<>(left.length);
    for (@Nullable RowChange change : left) {
      if (change != null) {
        folded.add(change);
      }
    }
    return folded;
  }

  private static boolean deletesBeforeItWrites(List<RowChange> changes) {
    boolean deletes = false;
    for (RowChange change : changes) {
      switch (change) {
        case RowChange.Deleted _ -> deletes = true;
        case RowChange.Upserted _ -> {
          if (deletes) {
            return true;
          }
        }
        case RowChange.Replaced _ -> {
          // Folded by its source.
        }
      }
    }
    return false;
  }

  /// Null for a table that is not ours, or a key that is not whole.
  private static @Nullable Key key(String table, Row row) {
    Capture.@Nullable Table known = VaultTables.CAPTURE.tables().get(table);
    if (known == null) {
      return null;
    }
    List<String> values = new ArrayList<>(known.key().size());
    for (String column : known.key()) {
      @Nullable String value = row.text(column);
      if (value == null) {
        return null;
      }
      values.add(value.strip());
    }
    return new Key(table, values);
  }
}
