package io.wardbell.change;

/// A source cannot work as the database is set up. The message says what is wrong and the statement
/// or setting that mends it, in one line for each fault, and holds no secret.
public final class SourceFault extends Exception {
  private final boolean unreachable;

  private SourceFault(String message, boolean unreachable) {
    super(message);
    this.unreachable = unreachable;
  }

  /// Somebody has to change a setting, of Wardbell or of the database.
  public static SourceFault setup(String message) {
    return new SourceFault(message, false);
  }

  /// There is no answer, or not yet: it may come by itself.
  public static SourceFault unreachable(String message) {
    return new SourceFault(message, true);
  }

  /// Whether waiting may help.
  public boolean isUnreachable() {
    return unreachable;
  }
}
