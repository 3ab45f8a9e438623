package io.wardbell.source.sqlite.wal;

/// A commit may have passed unseen, or what was read cannot be vouched for. Always answered by
/// reading everything again and comparing rows; no stack trace, because it is no error.
final class GapException extends Exception {
  private final Gap cause;

  GapException(Gap cause) {
    super(cause.name(), null, false, false);
    this.cause = cause;
  }

  Gap gap() {
    return cause;
  }
}
