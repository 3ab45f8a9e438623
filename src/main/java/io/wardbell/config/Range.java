package io.wardbell.config;

/// What a whole number may be.
public final class Range {
  private Range() {}

  /// @throws IllegalArgumentException naming the setting if its value is out of range
  public static void check(String setting, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s is %d and must be from %d to %d".formatted(setting, value, least, most));
    }
  }
}
