package io.wardbell.id;

import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// The identifier of one kind of thing, `Id<Kind.User>` for a user.
///
/// A UUID in canonical form (36 characters, lower case) is held as its 16 bytes; any other text is
/// held as it is, because clients compare ids as exact strings: an id is never re-cased, only
/// trimmed (PostgreSQL pads `CHAR(36)`). Immutable.
@SuppressWarnings("UnusedTypeParameter") // a phantom type: it exists for the compiler alone
public final class Id<K extends Kind> {
  private final long high;
  private final long low;
  private final @Nullable String text;

  private Id(long high, long low, @Nullable String text) {
    this.high = high;
    this.low = low;
    this.text = text;
  }

  /// The id that `text` spells, without the white space around it.
  ///
  /// @throws IllegalArgumentException if nothing is left after trimming
  public static <K extends Kind> Id<K> of(String text) {
    String trimmed = text.strip();
    if (trimmed.isEmpty()) {
      throw new IllegalArgumentException("an id cannot be empty");
    }
    if (isCanonicalUuid(trimmed)) {
      UUID uuid = UUID.fromString(trimmed);
      return new Id<>(uuid.getMostSignificantBits(), uuid.getLeastSignificantBits(), null);
    }
    return new Id<>(0, 0, trimmed);
  }

  private static boolean isCanonicalUuid(String text) {
    if (text.length() != 36) {
      return false;
    }
    for (int i = 0; i < 36; i++) {
      char c = text.charAt(i);
      boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
      if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Id<?> id
        && high == id.high
        && low == id.low
        && Objects.equals(text, id.text);
  }

  @Override
  public int hashCode() {
    if (text != null) {
      return text.hashCode();
    }
    long mixed = (high ^ low) * 0x9E3779B97F4A7C15L;
    return (int) (mixed ^ (mixed >>> 32));
  }

  /// Exactly as the database has it, without padding.
  @Override
  public String toString() {
    return text != null ? text : new UUID(high, low).toString();
  }
}
