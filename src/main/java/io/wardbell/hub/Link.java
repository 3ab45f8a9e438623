package io.wardbell.hub;

/// What a connection tells its session. All on the connection's I/O thread.
public interface Link {
  /// One whole WebSocket message.
  void received(byte[] data, boolean text);

  /// A WebSocket message larger than a client may send; it was not kept.
  void receivedTooMuch();

  /// The connection is over. Told at least once; the first counts.
  ///
  /// @param orderly whether the client sent a close frame, so that nothing sent before was lost
  void closed(boolean orderly);
}
