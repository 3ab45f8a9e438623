package io.wardbell.source.sqlite.wal;

import java.nio.ByteOrder;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The first 136 bytes of the `-shm` file, in the machine's byte order: how many frames of the log
/// are committed. A commit writes its frames first and this header after, so frames up to
/// [#frames], read after it, are there.
///
/// @param changes one more with each commit
/// @param frames how many frames are committed (SQLite: mxFrame)
/// @param sum1 the running checksum after the last of them
/// @param sum2 its other half
/// @param salt1 of the log that this is the index of
/// @param salt2 its other half
/// @param backfillAttempted up to which frame a checkpoint may have begun to copy pages
record WalIndexHeader(
    int changes, int frames, int sum1, int sum2, int salt1, int salt2, int backfillAttempted) {
  static final int BYTES = 136;
  private static final int COPY_BYTES = 48;
  private static final boolean BIG = ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN;

  /// @return null if the two copies differ, or while the index is being built
  static @Nullable WalIndexHeader parse(byte[] b) {
    if (b.length < BYTES
        || !Arrays.equals(b, 0, COPY_BYTES, b, COPY_BYTES, 2 * COPY_BYTES)
        || b[12] != 1) {
      return null;
    }
    RunningSum sum = new RunningSum();
    sum.add(b, 0, 40, BIG);
    if (sum.first != word(b, 40) || sum.second != word(b, 44)) {
      return null;
    }
    return new WalIndexHeader(
        word(b, 8),
        word(b, 16),
        word(b, 24),
        word(b, 28),
        Bits.big32(b, 32), // the salts stand as they do in the log
        Bits.big32(b, 36),
        word(b, 128));
  }

  private static int word(byte[] b, int at) {
    return Bits.word(b, at, BIG);
  }

  boolean indexes(WalHeader header) {
    return header.sameSalts(salt1, salt2);
  }
}
