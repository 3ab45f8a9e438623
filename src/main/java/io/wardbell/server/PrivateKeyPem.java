package io.wardbell.server;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads a private key from PEM, in the three forms in which tools write it: PKCS#8, PKCS#1 (RSA)
/// and SEC 1 (EC). Java reads the first alone; the others are wrapped into it.
final class PrivateKeyPem {
  /// A block with its label and its content.
  static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");

  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;
  private static final int CURVE = 0xa0;
  private static final byte[] VERSION = {0x02, 0x01, 0x00};
  private static final byte[] RSA = {
    0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0
  };
  private static final byte[] EC = {
    0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01
  };

  private PrivateKeyPem() {}

  /// @param algorithm of the certificate's public key
  /// @throws BadTlsFileException saying what the text holds instead
  static PrivateKey read(String pem, String algorithm) throws BadTlsFileException {
    Matcher block = BLOCK.matcher(pem);
    while (block.find()) {
      String label = block.group(1);
      if (label.endsWith("PRIVATE KEY")) {
        try {
          byte[] key = pkcs8(label, block.group(2));
          return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(key));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
          // The cause may quote the key.
          throw bad("it is damaged, or no %s key as the certificate has it".formatted(algorithm));
        }
      }
    }
    throw bad("it holds no private key (PEM)");
  }

  private static byte[] pkcs8(String label, String content) throws BadTlsFileException {
    if (label.startsWith("ENCRYPTED") || content.contains("ENCRYPTED")) {
      throw bad("it is encrypted: give one without a passphrase");
    }
    byte[] der = bytes(content);
    return switch (label) {
      case "RSA PRIVATE KEY" -> wrapped(RSA, der);
      case "EC PRIVATE KEY" -> wrapped(joined(EC, curve(der)), der);
      default -> der;
    };
  }

  /// What is between the lines BEGIN and END.
  ///
  /// @throws IllegalArgumentException if it is not base64
  static byte[] bytes(String base64) {
    return Base64.getMimeDecoder().decode(base64.strip().getBytes(StandardCharsets.US_ASCII));
  }

  private static byte[] wrapped(byte[] algorithm, byte[] key) {
    return der(SEQUENCE, joined(VERSION, joined(der(SEQUENCE, algorithm), der(OCTET_STRING, key))));
  }

  /// The curve's identifier, which stands behind version and key, as DER.
  private static byte[] curve(byte[] key) {
    ByteBuffer fields = content(ByteBuffer.wrap(key));
    while (fields.hasRemaining()) {
      int tag = fields.get(fields.position()) & 0xff;
      ByteBuffer field = content(fields);
      if (tag == CURVE) {
        byte[] curve = new byte[field.remaining()];
        field.get(curve);
        return curve;
      }
    }
    throw new IllegalArgumentException("no curve");
  }

  /// Takes the next value.
  ///
  /// @throws IllegalArgumentException if it does not fit
  private static ByteBuffer content(ByteBuffer from) {
    if (from.remaining() < 2) {
      throw new IllegalArgumentException("cut off");
    }
    from.get();
    int length = from.get() & 0xff;
    if (length == 0x81 && from.hasRemaining()) {
      length = from.get() & 0xff;
    }
    if (length > from.remaining()) {
      throw new IllegalArgumentException("cut off");
    }
    ByteBuffer content = from.slice(from.position(), length);
    from.position(from.position() + length);
    return content;
  }

  private static byte[] der(int tag, byte[] content) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 4);
    out.write(tag);
    if (content.length > 0xff) {
      out.write(0x82);
      out.write(content.length >> 8);
    } else if (content.length > 0x7f) {
      out.write(0x81);
    }
    out.write(content.length);
    out.writeBytes(content);
    return out.toByteArray();
  }

  private static byte[] joined(byte[] first, byte[] second) {
    return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
  }

  private static BadTlsFileException bad(String why) {
    return new BadTlsFileException(TlsConfig.KEY, why);
  }
}
