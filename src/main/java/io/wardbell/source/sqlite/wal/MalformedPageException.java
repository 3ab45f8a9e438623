package io.wardbell.source.sqlite.wal;

/// Bytes that are not what the format says. Names pages and lengths, never contents.
final class MalformedPageException extends Exception {
  private final boolean beyondEnd;

  MalformedPageException(String message) {
    this(message, false);
  }

  private MalformedPageException(String message, boolean beyondEnd) {
    super(message, null, false, false);
    this.beyondEnd = beyondEnd;
  }

  static MalformedPageException beyondEnd(int page) {
    return new MalformedPageException("page " + page + " lies beyond the end of the file", true);
  }

  /// Whether the file is too short.
  boolean isBeyondEnd() {
    return beyondEnd;
  }
}
