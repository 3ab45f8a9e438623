package io.wardbell.hub;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The user of a session, ready to be written into a message.
final class Recipient {
  static final int PATCH_BYTES = 36;

  private final String id;
  private final byte @Nullable [] patch;

  Recipient(String id) {
    this.id = id;
    this.patch = plain(id) ? id.getBytes(StandardCharsets.US_ASCII) : null;
  }

  private static boolean plain(String id) {
    return id.length() == PATCH_BYTES
        && id.chars().allMatch(c -> c == '-' || (c < 128 && Character.isLetterOrDigit(c)));
  }

  String id() {
    return id;
  }

  /// The id's 36 bytes, the same in every protocol; null if it has another length or characters
  /// that a protocol would write differently. Not to be written to.
  byte @Nullable [] patch() {
    return patch;
  }
}
