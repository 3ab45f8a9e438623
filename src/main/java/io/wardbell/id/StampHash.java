package io.wardbell.id;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The first 128 bits of the SHA-256 of a user's security stamp.
///
/// The stamp itself is never kept: equality is all that is asked of it. The hub compares the hash
/// of a token's `sstamp` claim with that of `users.security_stamp`.
public record StampHash(long high, long low) {
  /// The hash of a stamp, without the white space around it.
  public static StampHash of(String stamp) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(stamp.strip().getBytes(StandardCharsets.UTF_8));
      ByteBuffer bytes = ByteBuffer.wrap(digest);
      return new StampHash(bytes.getLong(), bytes.getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
