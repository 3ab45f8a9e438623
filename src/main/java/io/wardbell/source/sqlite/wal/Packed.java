package io.wardbell.source.sqlite.wal;

import java.nio.charset.Charset;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Values one after another, each as its serial type and its bytes, as in a record; but a value has
/// one form only, so that equal bytes are equal values.
final class Packed {
  private static final int[] LENGTHS = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0};
  private static final int REAL = 7;
  private static final int ZERO = 8;
  private static final int FIRST_BLOB = 12;

  private byte[] buffer = new byte[128];
  private int size;

  /// How many bytes a value of this serial type takes; -1 if there is no such type.
  static long length(long serial) {
    if (serial < 0 || serial == 10 || serial == 11) {
      return -1;
    }
    return serial < FIRST_BLOB ? LENGTHS[(int) serial] : (serial - FIRST_BLOB) >> 1;
  }

  private void room(int more) {
    if (buffer.length - size < more) {
      buffer = Arrays.copyOf(buffer, Math.max(buffer.length * 2, size + more));
    }
  }

  private void varint(long value) {
    room(9);
    int bytes = 1;
    while (bytes < 9 && value >>> (7 * bytes) != 0) {
      bytes++;
    }
    for (int i = bytes - 1; i >= 0; i--) {
      buffer[size++] = (byte) (((value >>> (7 * i)) & 0x7f) | (i > 0 ? 0x80 : 0));
    }
  }

  void integer(long value) {
    if (value == 0 || value == 1) {
      varint(ZERO + value);
      return;
    }
    int serial = 1;
    while (serial < 6 && !fits(value, LENGTHS[serial])) {
      serial++;
    }
    varint(serial);
    big(value, LENGTHS[serial]);
  }

  private static boolean fits(long value, int bytes) {
    int spare = 64 - 8 * bytes;
    return (value << spare) >> spare == value;
  }

  private void real(double value) {
    varint(REAL);
    big(Double.doubleToLongBits(value), 8);
  }

  private void big(long value, int bytes) {
    room(bytes);
    for (int i = bytes - 1; i >= 0; i--) {
      buffer[size++] = (byte) (value >>> (8 * i));
    }
  }

  /// Takes a value over from a record.
  ///
  /// @param asReal whether the column holds reals, which a record may store as integers
  void stored(long serial, byte[] record, int at, boolean asReal) {
    boolean integer = serial >= 1 && serial <= 9 && serial != REAL;
    if (integer) {
      long value = integerAt(serial, record, at);
      if (asReal) {
        real((double) value);
      } else {
        integer(value);
      }
      return;
    }
    int bytes = (int) length(serial);
    varint(serial);
    room(bytes);
    System.arraycopy(record, at, buffer, size, bytes);
    size += bytes;
  }

  private static long integerAt(long serial, byte[] b, int at) {
    if (serial >= ZERO) {
      return serial - ZERO;
    }
    long value = b[at];
    for (int i = 1; i < LENGTHS[(int) serial]; i++) {
      value = (value << 8) | Bits.u8(b, at + i);
    }
    return value;
  }

  /// Takes a literal.
  void literal(@Nullable Object value, Charset encoding) {
    switch (value) {
      case null -> varint(0);
      case Long number -> integer(number);
      case Double number -> real(number);
      case String text -> bytes(text.getBytes(encoding), 1);
      case byte[] blob -> bytes(blob, 0);
      default -> throw new IllegalArgumentException("a literal of " + value.getClass());
    }
  }

  private void bytes(byte[] content, int text) {
    varint(FIRST_BLOB + 2L * content.length + text);
    room(content.length);
    System.arraycopy(content, 0, buffer, size, content.length);
    size += content.length;
  }

  /// Takes values that were packed before.
  void packed(byte[] values) {
    room(values.length);
    System.arraycopy(values, 0, buffer, size, values.length);
    size += values.length;
  }

  /// All values; empty afterwards.
  byte[] take() {
    byte[] all = Arrays.copyOf(buffer, size);
    size = 0;
    return all;
  }

  /// Unpacks one value: null, `Long`, `Double`, `String` or `byte[]`.
  static @Nullable Object valueAt(byte[] b, int at, Charset encoding) {
    long serial = Bits.varint(b, at);
    int content = at + Bits.varintLength(b, at);
    if (serial == 0) {
      return null;
    }
    if (serial == REAL) {
      long bits = 0;
      for (int i = 0; i < 8; i++) {
        bits = (bits << 8) | Bits.u8(b, content + i);
      }
      return Double.longBitsToDouble(bits);
    }
    if (serial < FIRST_BLOB) {
      return integerAt(serial, b, content);
    }
    int bytes = (int) length(serial);
    return (serial & 1) == 1
        ? new String(b, content, bytes, encoding)
        : Arrays.copyOfRange(b, content, content + bytes);
  }

  static boolean isNull(byte[] b, int at) {
    return b[at] == 0;
  }

  /// Where the value after this one is.
  static int next(byte[] b, int at) {
    return at + Bits.varintLength(b, at) + (int) length(Bits.varint(b, at));
  }
}
