package io.wardbell.source.sqlite.wal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Numbers as SQLite lays them out in bytes. Reading outside of the array throws
/// [IndexOutOfBoundsException], which the page readers turn into a named fault.
final class Bits {
  private static final VarHandle BIG =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LITTLE =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private Bits() {}

  static int u8(byte[] b, int at) {
    return b[at] & 0xff;
  }

  static int u16(byte[] b, int at) {
    return (u8(b, at) << 8) | u8(b, at + 1);
  }

  static int big32(byte[] b, int at) {
    return (int) BIG.get(b, at);
  }

  static int little32(byte[] b, int at) {
    return (int) LITTLE.get(b, at);
  }

  static int word(byte[] b, int at, boolean bigEndian) {
    return bigEndian ? big32(b, at) : little32(b, at);
  }

  /// A variable-length integer: seven bits a byte, eight in the ninth.
  static long varint(byte[] b, int at) {
    long value = 0;
    for (int i = 0; i < 8; i++) {
      byte c = b[at + i];
      value = (value << 7) | (c & 0x7f);
      if (c >= 0) {
        return value;
      }
    }
    return (value << 8) | u8(b, at + 8);
  }

  /// How many bytes the integer at this place takes.
  static int varintLength(byte[] b, int at) {
    for (int i = 0; i < 8; i++) {
      if (b[at + i] >= 0) {
        return i + 1;
      }
    }
    return 9;
  }

  /// A 64-bit hash, seeded, so that nobody can prepare two contents that collide.
  static long hash(long seed, byte[] b, int from, int to) {
    long h = seed ^ 0x9E3779B97F4A7C15L * (to - from + 1);
    int at = from;
    for (; at + 8 <= to; at += 8) {
      h ^= (long) LONGS.get(b, at) * 0xff51afd7ed558ccdL;
      h = Long.rotateLeft(h, 29) * 0xc4ceb9fe1a85ec53L;
    }
    for (; at < to; at++) {
      h = (h ^ u8(b, at)) * 0x100000001b3L;
    }
    h = (h ^ (h >>> 32)) * 0xd6e8feb86659fd93L;
    return h ^ (h >>> 29);
  }
}
