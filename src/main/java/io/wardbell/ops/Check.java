package io.wardbell.ops;

/// One thing that `wardbell doctor` looked at.
///
/// @param says what is, in plain words; for a failure with what mends it and its code
public record Check(Result result, String says) {
  /// How it is.
  public enum Result {
    /// As it has to be.
    GOOD,
    /// It works, and something could be better.
    ADVICE,
    /// It does not work.
    BAD,
    /// It was not looked at.
    SKIPPED
  }

  static Check good(String says) {
    return new Check(Result.GOOD, says);
  }

  static Check bad(String says) {
    return new Check(Result.BAD, says);
  }
}
