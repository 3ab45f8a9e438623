package io.wardbell.hub;

/// Whether a connection may be opened, decided before the upgrade.
public sealed interface Admission {
  /// Yes. Holds a place until it is released, which happens at the session's end, or must be done
  /// by the holder if there will be no session.
  non-sealed interface Ticket extends Admission {
    /// Gives the place back. May be called more than once; any thread.
    void release();
  }

  /// No.
  ///
  /// @param httpStatus 429 if the client should come less often, 503 if nobody can come now
  record Refused(int httpStatus, String why) implements Admission {}
}
