package io.wardbell.source.sqlite.wal;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The first 32 bytes of a write-ahead log.
///
/// Two headers are the same generation only if **all** bytes are equal: after a rolled-back spill
/// another connection may write the header again with the same salts and another checkpoint number,
/// and so with another seed for the checksums of the frames.
final class WalHeader {
  static final int BYTES = 32;
  private static final int TRIES = 3;
  private static final int MAGIC = 0x377f0682;
  private static final int VERSION = 3_007_000;

  private final byte[] bytes;
  final boolean bigEndianSums;
  final int pageSize;
  final int salt1;
  final int salt2;
  final int sum1;
  final int sum2;

  private WalHeader(byte[] bytes) {
    this.bytes = bytes;
    bigEndianSums = (Bits.big32(bytes, 0) & 1) != 0;
    pageSize = Bits.big32(bytes, 8);
    salt1 = Bits.big32(bytes, 16);
    salt2 = Bits.big32(bytes, 20);
    sum1 = Bits.big32(bytes, 24);
    sum2 = Bits.big32(bytes, 28);
  }

  /// @return null if these bytes are no valid header: SQLite, too, takes such a log for empty
  static @Nullable WalHeader parse(byte[] source) {
    if (source.length < BYTES
        || (Bits.big32(source, 0) & ~1) != MAGIC
        || Bits.big32(source, 4) != VERSION) {
      return null;
    }
    WalHeader header = new WalHeader(Arrays.copyOf(source, BYTES));
    RunningSum sum = new RunningSum();
    sum.add(source, 0, 24, header.bigEndianSums);
    boolean sound = sum.first == header.sum1 && sum.second == header.sum2;
    return sound && DatabaseHeader.isPageSize(header.pageSize) ? header : null;
  }

  /// The header of a log as it is now.
  ///
  /// @return null if there is no log, or none with a valid header
  static @Nullable WalHeader read(@Nullable FileBytes log) throws IOException {
    byte[] bytes = new byte[BYTES];
    for (int i = 0; log != null && i < TRIES; i++) {
      if (log.read(bytes, 0, BYTES, 0) < BYTES) {
        return null;
      }
      WalHeader header = parse(bytes);
      if (header != null) {
        return header;
      }
    }
    return null;
  }

  int frameBytes() {
    return Frame.HEADER_BYTES + pageSize;
  }

  /// Where frame 1, 2, … begins.
  long positionOf(int frame) {
    return BYTES + (frame - 1L) * frameBytes();
  }

  boolean sameSalts(int otherSalt1, int otherSalt2) {
    return salt1 == otherSalt1 && salt2 == otherSalt2;
  }

  /// Whether this is the generation that SQLite makes right after that one.
  boolean follows(WalHeader before) {
    return salt1 == before.salt1 + 1;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof WalHeader that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
