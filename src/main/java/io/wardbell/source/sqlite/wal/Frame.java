package io.wardbell.source.sqlite.wal;

/// The 24 bytes in front of each page in a write-ahead log.
///
/// @param page which page follows; 0 in no valid frame
/// @param databasePages after this commit; 0 in a frame that is not the last of its transaction
record Frame(int page, int databasePages, int salt1, int salt2) {
  static final int HEADER_BYTES = 24;

  static Frame at(byte[] b, int offset) {
    return new Frame(
        Bits.big32(b, offset),
        Bits.big32(b, offset + 4),
        Bits.big32(b, offset + 8),
        Bits.big32(b, offset + 12));
  }

  boolean isCommit() {
    return databasePages != 0;
  }

  boolean belongsTo(WalHeader header) {
    return page != 0 && header.sameSalts(salt1, salt2);
  }

  /// Written by a transaction that had spilled and whose checksums were to be made at its commit.
  /// SQLite before 3.50.2 could leave such frames behind in a *committed* transaction.
  boolean hasNoSalt() {
    return page != 0 && salt1 == 0 && salt2 == 0;
  }
}
