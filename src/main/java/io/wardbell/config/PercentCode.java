package io.wardbell.config;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Percent-encoding in URLs. A plus sign is a plus sign.
final class PercentCode {
  private PercentCode() {}

  /// By the rules of PostgreSQL's client library.
  ///
  /// @param what the part's name, for the message
  /// @throws IllegalArgumentException if a `%` is not followed by two hexadecimal digits, or makes
  ///   a zero byte
  static String decode(String text, String what) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(text.length());
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] != '%') {
        out.write(bytes[i]);
        continue;
      }
      int value =
          code(bytes, i)
              .filter(v -> v != 0)
              .orElseThrow(() ->
                  new IllegalArgumentException(
                      "in the "
                          + what
                          + " a % must be followed by two hexadecimal digits other"
                          + " than 00; a percent sign itself is written %25"));
      out.write(value);
      i += 2;
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static Optional<Integer> code(byte[] bytes, int percent) {
    if (percent + 2 >= bytes.length) {
      return Optional.empty();
    }
    int high = Character.digit(bytes[percent + 1], 16);
    int low = Character.digit(bytes[percent + 2], 16);
    return high < 0 || low < 0 ? Optional.empty() : Optional.of((high << 4) | low);
  }

  /// Everything but letters, digits and a few harmless signs is written as bytes.
  static String encode(String text) {
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean plain = b > 0 && (Character.isLetterOrDigit(b) || "-._~".indexOf(b) >= 0);
      out.append(plain ? String.valueOf((char) b) : "%%%02X".formatted(b & 0xff));
    }
    return out.toString();
  }
}
