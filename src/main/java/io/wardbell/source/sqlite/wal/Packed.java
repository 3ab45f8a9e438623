package io.wardbell.source.sqlite.wal;

import java.nio.charset.Charset;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Values one after another, each as its serial type and its bytes, as in a record; but a value has
/// one form only, so that equal bytes are equal values. A UUID, which is most of what is kept,
/// takes 17 bytes instead of 37.
final class Packed {
  private static final int[] LENGTHS = {0, 1, 2, 3, 4, 6, 8, 8, 0, 0};
  private static final int REAL = 7;
  private static final int ZERO = 8;
  private static final int FIRST_BLOB = 12;

  /// No serial type of SQLite's: 16 bytes for 36 of text, in any encoding.
  private static final int UUID = 11;

  private static final int UUID_TEXT = 36;

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
    bytes(serial, record, at);
  }

  private void bytes(long serial, byte[] content, int at) {
    int bytes = (int) length(serial);
    boolean text = (serial & 1) == 1;
    if (text && bytes == UUID_TEXT && uuid(content, at)) {
      return;
    }
    varint(serial);
    room(bytes);
    System.arraycopy(content, at, buffer, size, bytes);
    size += bytes;
  }

  private boolean uuid(byte[] text, int at) {
    room(17);
    int to = size;
    buffer[to++] = UUID;
    for (int i = 0; i < UUID_TEXT; i += 2) {
      if (isDash(i)) {
        if (text[at + i++] != '-') {
          return false;
        }
      }
      int both = digit(text[at + i]) << 4 | digit(text[at + i + 1]);
      if (both < 0) {
        return false;
      }
      buffer[to++] = (byte) both;
    }
    size = to;
    return true;
  }

  private static boolean isDash(int i) {
    return i == 8 || i == 13 || i == 18 || i == 23;
  }

  private static int digit(byte b) {
    if (b >= '0' && b <= '9') {
      return b - '0';
    }
    return b >= 'a' && b <= 'f' ? b - 'a' + 10 : -1;
  }

  private static byte[] uuidText(byte[] b, int at) {
    byte[] text = new byte[UUID_TEXT];
    int from = at;
    for (int i = 0; i < UUID_TEXT; i += 2, from++) {
      if (isDash(i)) {
        text[i++] = '-';
      }
      text[i] = (byte) Character.forDigit(b[from] >> 4 & 0xf, 16);
      text[i + 1] = (byte) Character.forDigit(b[from] & 0xf, 16);
    }
    return text;
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
      case String text -> literal(text.getBytes(encoding), 1);
      case byte[] blob -> literal(blob, 0);
      default -> throw new IllegalArgumentException("a literal of " + value.getClass());
    }
  }

  private void literal(byte[] content, int text) {
    bytes(FIRST_BLOB + 2L * content.length + text, content, 0);
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
    if (serial == UUID) {
      return new String(uuidText(b, content), encoding);
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
    long serial = Bits.varint(b, at);
    return at + Bits.varintLength(b, at) + (serial == UUID ? 16 : (int) length(serial));
  }
}
