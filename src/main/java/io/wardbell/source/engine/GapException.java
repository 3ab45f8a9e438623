package io.wardbell.source.engine;

/// The engine has to end, because rows changed without a record of each, or because going on would
/// harm the database.
final class GapException extends Exception {
  private final String reason;

  /// @param reason one word of a closed set, for the metric
  /// @param why for people
  GapException(String reason, String why) {
    super(why);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
