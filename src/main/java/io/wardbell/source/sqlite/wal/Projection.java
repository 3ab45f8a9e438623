package io.wardbell.source.sqlite.wal;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which values of a record are kept, and in which order: the key's first.
final class Projection {
  static final int ROWID = -1;

  /// @param column where the value stands among the layout's columns
  /// @param position where it stands in the record, or [#ROWID]
  /// @param real whether integers in the record stand for reals
  /// @param fallback the packed value for records that end before it
  @SuppressWarnings("ArrayRecordComponent") // read, never shared outside
  record Slot(int column, int position, boolean real, byte[] fallback) {}

  private final List<Slot> slots;
  private final int[] slotAt;
  final int keySlots;
  private final Charset encoding;

  Projection(List<Slot> slots, int keySlots, Charset encoding) {
    this.slots = List.copyOf(slots);
    this.keySlots = keySlots;
    this.encoding = encoding;
    int last = slots.stream().mapToInt(Slot::position).max().orElse(ROWID);
    slotAt = new int[last + 1];
    Arrays.fill(slotAt, -1);
    for (int i = 0; i < slots.size(); i++) {
      if (slots.get(i).position() != ROWID) {
        slotAt[slots.get(i).position()] = i;
      }
    }
  }

  Charset encoding() {
    return encoding;
  }

  List<Slot> slots() {
    return slots;
  }

  /// How many values from the beginning of a record matter.
  int positions() {
    return slotAt.length;
  }

  /// Which slot a position of the record belongs to; -1 if to none.
  int slotAt(int position) {
    return slotAt[position];
  }

  /// Whether rows kept by that one can stand beside rows kept by this one.
  boolean keepsTheSameAs(Projection other) {
    if (slots.size() != other.slots.size()
        || keySlots != other.keySlots
        || !encoding.equals(other.encoding)) {
      return false;
    }
    for (int i = 0; i < slots.size(); i++) {
      Slot a = slots.get(i);
      Slot b = other.slots.get(i);
      if (a.position() != b.position()
          || a.column() != b.column()
          || a.real() != b.real()
          || !Arrays.equals(a.fallback(), b.fallback())) {
        return false;
      }
    }
    return true;
  }

  /// How many bytes of a kept row are its key.
  ///
  /// @return 0 if the row has no key, or a NULL in it, which makes it no key
  int keyBytes(byte[] kept) {
    int at = 0;
    for (int i = 0; i < keySlots; i++) {
      if (Packed.isNull(kept, at)) {
        return 0;
      }
      at = Packed.next(kept, at);
    }
    return at;
  }

  /// The values in the order of the layout's columns.
  @Nullable Object[] values(byte[] kept) {
    @Nullable Object[] values = new Object[slots.size()];
    int at = 0;
    for (Slot slot : slots) {
      values[slot.column()] = Packed.valueAt(kept, at, encoding);
      at = Packed.next(kept, at);
    }
    return values;
  }

  static Projection of(
      CreateTable table, List<String> columns, List<String> key, Charset encoding) {
    List<String> order = new ArrayList<>(key);
    columns.stream().filter(c -> !order.contains(c)).forEach(order::add);
    List<String> record = recordOrder(table);
    Packed pack = new Packed();
    List<Slot> slots = new ArrayList<>();
    for (String name : order) {
      CreateTable.Column column =
          table.columns().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
      Affinity affinity = Affinity.of(column.type());
      boolean rowid = name.equals(table.rowidColumn());
      pack.literal(affinity.apply(column.fallback()), encoding);
      slots.add(
          new Slot(
              columns.indexOf(name),
              rowid ? ROWID : record.indexOf(name),
              affinity == Affinity.REAL,
              pack.take()));
    }
    return new Projection(slots, key.size(), encoding);
  }

  /// The columns as they stand in a record: a table WITHOUT ROWID begins with its key.
  private static List<String> recordOrder(CreateTable table) {
    List<String> stored =
        table.columns().stream()
            .filter(c -> c.generated() != CreateTable.Generated.VIRTUAL)
            .map(CreateTable.Column::name)
            .toList();
    if (!table.isWithoutRowid()) {
      return stored;
    }
    List<String> order = new ArrayList<>();
    for (String key : table.primaryKey()) {
      stored.stream()
          .filter(c -> c.equalsIgnoreCase(key) && !order.contains(c))
          .forEach(order::add);
    }
    stored.stream().filter(c -> !order.contains(c)).forEach(order::add);
    return order;
  }
}
