package io.wardbell.source.sqlite.wal;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/// The first 100 bytes of a database file.
///
/// @param usableBytes of each page; what is behind them belongs to extensions
/// @param writeAheadLog whether the database is in WAL mode
/// @param changeCounter moves with each commit in rollback-journal mode
record DatabaseHeader(
    int pageSize, int usableBytes, boolean writeAheadLog, int changeCounter, Charset encoding) {
  static final int BYTES = 100;
  private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);
  private static final int USABLE_MIN = 480;

  static boolean isPageSize(int bytes) {
    return bytes >= 512 && bytes <= 65_536 && Integer.bitCount(bytes) == 1;
  }

  /// @throws DatabaseFault if this is the header of something else, or of a newer format
  static DatabaseHeader parse(byte[] b) {
    for (int i = 0; i < MAGIC.length; i++) {
      if (b[i] != MAGIC[i]) {
        throw new DatabaseFault(
            DatabaseFault.Kind.NOT_A_DATABASE,
            "the file is not a SQLite database, or is encrypted");
      }
    }
    int written = Bits.u16(b, 16);
    int pageSize = written == 1 ? 65_536 : written;
    int usable = pageSize - Bits.u8(b, 20);
    int writeVersion = Bits.u8(b, 18);
    int readVersion = Bits.u8(b, 19);
    if (readVersion < 1 || readVersion > 2 || writeVersion > 2) {
      throw new DatabaseFault(
          DatabaseFault.Kind.UNSUPPORTED_FORMAT,
          "file format version %d is not supported (1 and 2 are)".formatted(readVersion));
    }
    if (!isPageSize(pageSize) || usable < USABLE_MIN) {
      throw new DatabaseFault(
          DatabaseFault.Kind.NOT_A_DATABASE,
          "page size %d with %d usable bytes is impossible".formatted(pageSize, usable));
    }
    if (Bits.big32(b, 44) > 4) {
      throw new DatabaseFault(
          DatabaseFault.Kind.UNSUPPORTED_FORMAT,
          "schema format %d is not supported (1 to 4 are)".formatted(Bits.big32(b, 44)));
    }
    return new DatabaseHeader(
        pageSize, usable, readVersion == 2, Bits.big32(b, 24), encoding(Bits.big32(b, 56)));
  }

  /// Whether pages of the two can be compared.
  boolean equalsInShape(DatabaseHeader other) {
    return pageSize == other.pageSize
        && usableBytes == other.usableBytes
        && encoding.equals(other.encoding);
  }

  private static Charset encoding(int code) {
    return switch (code) {
      case 0, 1 -> StandardCharsets.UTF_8; // 0: nothing was ever stored
      case 2 -> StandardCharsets.UTF_16LE;
      case 3 -> StandardCharsets.UTF_16BE;
      default ->
          throw new DatabaseFault(
              DatabaseFault.Kind.UNSUPPORTED_FORMAT, "text encoding " + code + " is not known");
    };
  }
}
