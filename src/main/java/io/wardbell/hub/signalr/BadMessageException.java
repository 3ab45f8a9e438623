package io.wardbell.hub.signalr;

/// Bytes from a client that break the protocol. The message never quotes them.
public final class BadMessageException extends Exception {
  BadMessageException(String message) {
    super(message);
  }
}
