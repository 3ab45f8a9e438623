package io.wardbell.auth;

import java.math.BigInteger;
import java.nio.ByteBuffer;

/// Reads the few DER shapes that an RSA key is made of, and nothing beyond its own bounds.
final class Der {
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OCTET_STRING = 0x04;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int SEQUENCE = 0x30;

  private final ByteBuffer data;

  Der(byte[] data) {
    this(ByteBuffer.wrap(data));
  }

  private Der(ByteBuffer data) {
    this.data = data;
  }

  Der sequence() throws BadKeyException {
    return new Der(next(SEQUENCE));
  }

  Der octets() throws BadKeyException {
    return new Der(next(OCTET_STRING));
  }

  Der bits() throws BadKeyException {
    ByteBuffer bits = next(BIT_STRING);
    if (!bits.hasRemaining() || bits.get() != 0) {
      throw damaged();
    }
    return new Der(bits);
  }

  BigInteger integer() throws BadKeyException {
    byte[] bytes = bytes(next(INTEGER));
    if (bytes.length == 0) {
      throw damaged();
    }
    return new BigInteger(bytes);
  }

  byte[] objectIdentifier() throws BadKeyException {
    return bytes(next(OBJECT_IDENTIFIER));
  }

  private static byte[] bytes(ByteBuffer from) {
    byte[] bytes = new byte[from.remaining()];
    from.get(bytes);
    return bytes;
  }

  private ByteBuffer next(int tag) throws BadKeyException {
    if (data.remaining() < 2 || (data.get() & 0xff) != tag) {
      throw damaged();
    }
    int length = data.get() & 0xff;
    if (length > 0x7f) {
      int bytes = length & 0x7f;
      if (bytes == 0 || bytes > 3 || bytes > data.remaining()) {
        throw damaged();
      }
      length = 0;
      for (int i = 0; i < bytes; i++) {
        length = length << 8 | (data.get() & 0xff);
      }
    }
    if (length > data.remaining()) {
      throw damaged();
    }
    ByteBuffer content = data.slice(data.position(), length);
    data.position(data.position() + length);
    return content;
  }

  private static BadKeyException damaged() {
    return new BadKeyException("its key is damaged (not the DER of an RSA key)");
  }
}
