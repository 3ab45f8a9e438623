package io.wardbell.source.sqlite.wal;

import org.jspecify.annotations.Nullable;

/// What happened to one row. The values are unpacked when asked for, in the order of the layout's
/// columns: null, `Long`, `Double`, `String` or `byte[]`.
public final class RowEvent {
  /// What happened.
  public enum Operation {
    /// The row was there when everything was read.
    READ,
    /// The row is new.
    CREATE,
    /// The row was written; its included columns may be what they were.
    UPDATE,
    /// The row is gone.
    DELETE
  }

  private final TableLayout table;
  private final Operation operation;
  private final @Nullable StoredRow before;
  private final @Nullable StoredRow after;

  RowEvent(
      TableLayout table,
      Operation operation,
      @Nullable StoredRow before,
      @Nullable StoredRow after) {
    this.table = table;
    this.operation = operation;
    this.before = before;
    this.after = after;
  }

  /// The table, as it is after the event.
  public TableLayout table() {
    return table;
  }

  /// What happened.
  public Operation operation() {
    return operation;
  }

  /// The row as it was; null if it was not there.
  public @Nullable Object @Nullable [] before() {
    return before == null ? null : table.projection.values(before.kept);
  }

  /// The row as it is; null if it is gone.
  public @Nullable Object @Nullable [] after() {
    return after == null ? null : table.projection.values(after.kept);
  }

  @Override
  public String toString() {
    return operation + " a row of " + table.name();
  }
}
