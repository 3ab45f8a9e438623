package io.wardbell.source.sqlite.wal;

/// How many rows, as they were and as they are, are compared at once. They are in memory beside all
/// that are known, some 400 bytes each: a statement that writes a whole table must not take more
/// than a small part of the heap.
final class RowLimit {
  static final int ROWS_MAX = 50_000;

  private final int most;
  private int rows;

  private RowLimit(int most) {
    this.most = most;
  }

  static RowLimit compared() {
    return new RowLimit(ROWS_MAX);
  }

  /// For rows that are compared with nothing.
  static RowLimit none() {
    return new RowLimit(Integer.MAX_VALUE);
  }

  /// @throws DatabaseFault if it is too many in all: reading everything anew, with nothing to
  ///   compare it with, takes less
  void add(int more) {
    if (more > most - rows) {
      throw new DatabaseFault(
          DatabaseFault.Kind.TOO_BUSY, "more was written at once than is compared row by row");
    }
    rows += more;
  }
}
