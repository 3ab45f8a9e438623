package io.wardbell.auth;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the public half of an RSA key from a PEM file, in the four forms in which it is found: the
/// private key as PKCS#1 or PKCS#8, the public key as PKCS#1 or SubjectPublicKeyInfo. Of a private
/// key only modulus and public exponent are read.
final class RsaPem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([^-]*)-----END \\1-----");
  private static final byte[] RSA_ENCRYPTION = {
    0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01
  };
  private static final int BITS_MIN = 2048;

  private RsaPem() {}

  /// @throws BadKeyException saying what the file holds instead
  static RSAPublicKey read(String pem) throws BadKeyException {
    Matcher block = BLOCK.matcher(pem);
    if (!block.find()) {
      throw new BadKeyException("it is not a PEM file (no BEGIN and END line)");
    }
    String label = block.group(1);
    byte[] der = bytes(block.group(2));
    try {
      return switch (label) {
        case "RSA PRIVATE KEY" -> pkcs1Private(new Der(der).sequence());
        case "PRIVATE KEY" -> pkcs8(new Der(der).sequence());
        case "RSA PUBLIC KEY" -> pkcs1Public(new Der(der).sequence());
        case "PUBLIC KEY" -> publicKeyInfo(new Der(der).sequence());
        case "ENCRYPTED PRIVATE KEY" ->
            throw new BadKeyException("it is encrypted, and the vault server's own never is");
        default -> throw new BadKeyException("it holds " + label + ", not an RSA key");
      };
    } finally {
      Arrays.fill(der, (byte) 0);
    }
  }

  private static byte[] bytes(String base64) throws BadKeyException {
    if (base64.contains(":")) {
      throw new BadKeyException("it is encrypted, and the vault server's own never is");
    }
    try {
      return Base64.getMimeDecoder().decode(base64.strip().getBytes(StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      throw new BadKeyException("what is between BEGIN and END is not base64", e);
    }
  }

  private static RSAPublicKey pkcs1Private(Der key) throws BadKeyException {
    key.integer(); // version
    return key(key.integer(), key.integer());
  }

  private static RSAPublicKey pkcs1Public(Der key) throws BadKeyException {
    return key(key.integer(), key.integer());
  }

  private static RSAPublicKey pkcs8(Der info) throws BadKeyException {
    info.integer(); // version
    rsaOnly(info.sequence());
    return pkcs1Private(info.octets().sequence());
  }

  private static RSAPublicKey publicKeyInfo(Der info) throws BadKeyException {
    rsaOnly(info.sequence());
    return pkcs1Public(info.bits().sequence());
  }

  private static void rsaOnly(Der algorithm) throws BadKeyException {
    if (!Arrays.equals(algorithm.objectIdentifier(), RSA_ENCRYPTION)) {
      throw new BadKeyException("it holds a key that is not RSA");
    }
  }

  private static RSAPublicKey key(BigInteger modulus, BigInteger exponent) throws BadKeyException {
    if (modulus.bitLength() < BITS_MIN) {
      throw new BadKeyException(
          "its RSA key has %d bits, fewer than %d".formatted(modulus.bitLength(), BITS_MIN));
    }
    try {
      return (RSAPublicKey)
          KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
    } catch (GeneralSecurityException e) {
      throw new BadKeyException("its RSA key is not valid", e);
    }
  }
}
