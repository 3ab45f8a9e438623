package io.wardbell.source.sqlite.wal;

import io.wardbell.source.sqlite.wal.RowEvent.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Tells rows that were written from rows that only moved: by key and by content, never by page or
/// rowid. A table without a key, or a row with NULL in it, goes by content first, then by rowid.
final class RowDiff {
  @SuppressWarnings("ArrayRecordComponent") // read, never shared outside
  private record Key(byte[] kept, int bytes) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key that && Arrays.equals(kept, 0, bytes, that.kept, 0, that.bytes);
    }

    @Override
    public int hashCode() {
      int h = bytes;
      for (int i = 0; i < bytes; i++) {
        h = 31 * h + kept[i];
      }
      return h;
    }
  }

  private final TableLayout layout;
  private final boolean keptOnly;
  private final List<RowEvent> deletes = new ArrayList<>();
  private final List<RowEvent> updates = new ArrayList<>();
  private final List<RowEvent> creates = new ArrayList<>();

  private RowDiff(TableLayout layout, boolean keptOnly) {
    this.layout = layout;
    this.keptOnly = keptOnly;
  }

  /// @param keptOnly whether only included columns count. So it is when the table's definition
  ///   changed: a migration writes all rows anew, which is no news about any of them
  static List<RowEvent> of(
      TableLayout layout,
      Collection<StoredRow> before,
      Collection<StoredRow> after,
      boolean keptOnly) {
    RowDiff diff = new RowDiff(layout, keptOnly);
    diff.compare(before, after);
    List<RowEvent> all = new ArrayList<>(diff.deletes);
    all.addAll(diff.updates);
    all.addAll(diff.creates);
    return all;
  }

  private void compare(Collection<StoredRow> before, Collection<StoredRow> after) {
    Map<Key, StoredRow> known = LinkedHashMap.newLinkedHashMap(before.size());
    List<StoredRow> keylessBefore = new ArrayList<>();
    List<StoredRow> keylessAfter = new ArrayList<>();
    for (StoredRow row : before) {
      int bytes = layout.projection.keyBytes(row.kept);
      StoredRow twice = bytes == 0 ? row : known.put(new Key(row.kept, bytes), row);
      if (twice != null) {
        keylessBefore.add(twice);
      }
    }
    for (StoredRow row : after) {
      int bytes = layout.projection.keyBytes(row.kept);
      StoredRow old = bytes == 0 ? null : known.remove(new Key(row.kept, bytes));
      if (bytes == 0) {
        keylessAfter.add(row);
      } else if (old == null) {
        creates.add(new RowEvent(layout, Operation.CREATE, null, row));
      } else if (!same(old, row)) {
        updates.add(new RowEvent(layout, Operation.UPDATE, old, row));
      }
    }
    known.values().forEach(this::delete);
    if (!keylessBefore.isEmpty() || !keylessAfter.isEmpty()) {
      compareKeyless(keylessBefore, keylessAfter);
    }
  }

  private void delete(StoredRow row) {
    deletes.add(new RowEvent(layout, Operation.DELETE, row, null));
  }

  private boolean same(StoredRow a, StoredRow b) {
    return a == b || (keptOnly ? Arrays.equals(a.kept, b.kept) : a.recordHash == b.recordHash);
  }

  private long content(StoredRow row) {
    return keptOnly ? Bits.hash(RecordReader.SEED, row.kept, 0, row.kept.length) : row.recordHash;
  }

  private void compareKeyless(List<StoredRow> before, List<StoredRow> after) {
    Map<Long, List<StoredRow>> byContent = new HashMap<>();
    before.forEach(r -> byContent.computeIfAbsent(content(r), _ -> new ArrayList<>(1)).add(r));
    List<StoredRow> written = new ArrayList<>();
    for (StoredRow row : after) {
      List<StoredRow> equal = byContent.get(content(row));
      if (equal == null || equal.isEmpty()) {
        written.add(row);
      } else {
        equal.removeLast();
      }
    }
    Map<Long, StoredRow> byRowid = new LinkedHashMap<>();
    byContent.values().forEach(rows -> rows.forEach(row -> byRowid.put(row.rowid, row)));
    for (StoredRow row : written) {
      StoredRow old = layout.withoutRowid ? null : byRowid.remove(row.rowid);
      if (old == null) {
        creates.add(new RowEvent(layout, Operation.CREATE, null, row));
      } else {
        updates.add(new RowEvent(layout, Operation.UPDATE, old, row));
      }
    }
    byRowid.values().forEach(this::delete);
  }

  /// Rows as another layout of the same table would have kept them.
  static List<StoredRow> converted(Collection<StoredRow> rows, TableLayout from, TableLayout to) {
    if (from.describesTheSameAs(to)) {
      return List.copyOf(rows);
    }
    Packed packed = new Packed();
    List<StoredRow> all = new ArrayList<>(rows.size());
    for (StoredRow row : rows) {
      @Nullable Object[] values = from.projection.values(row.kept);
      for (Projection.Slot slot : to.projection.slots()) {
        int at = indexOf(from, to.columns().get(slot.column()).name());
        if (at < 0) {
          packed.packed(slot.fallback());
        } else {
          packed.literal(values[at], to.projection.encoding());
        }
      }
      all.add(new StoredRow(row.rowid, row.cellHash, row.recordHash, packed.take(), row.overflow));
    }
    return all;
  }

  private static int indexOf(TableLayout layout, String column) {
    for (int i = 0; i < layout.columns().size(); i++) {
      if (layout.columns().get(i).name().equalsIgnoreCase(column)) {
        return i;
      }
    }
    return -1;
  }
}
