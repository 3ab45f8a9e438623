package io.wardbell.source.sqlite.wal;

/// One row as it was last seen: the included columns, and a hash of all of it. Immutable; kept by
/// the million, hence the plain fields.
final class StoredRow {
  static final int[] NO_OVERFLOW = {};

  final long rowid;

  /// Of the cell on its page: equal means that nothing on the page changed about it.
  final long cellHash;

  /// Of the whole record, wherever its bytes are: equal means that the row is the same.
  final long recordHash;

  /// The included columns, the key's first, as [Projection] packs them.
  final byte[] kept;

  /// The overflow pages of the record.
  final int[] overflow;

  StoredRow(long rowid, long cellHash, long recordHash, byte[] kept, int[] overflow) {
    this.rowid = rowid;
    this.cellHash = cellHash;
    this.recordHash = recordHash;
    this.kept = kept;
    this.overflow = overflow;
  }
}
