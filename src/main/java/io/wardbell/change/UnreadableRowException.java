package io.wardbell.change;

/// A row that is not of the shape that its table is known to have. The message names columns and
/// types, never values.
public final class UnreadableRowException extends RuntimeException {
  public UnreadableRowException(String message) {
    super(message);
  }
}
