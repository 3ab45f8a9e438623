package io.wardbell.hub;

import java.util.concurrent.Executor;

/// One WebSocket, as the hub sees it. The server room has the only real one.
///
/// All methods but [#ioThread] and [#abort] are called on the I/O thread alone.
public interface Transport {
  /// Runs tasks on the thread that owns this connection, in order. Many connections share one: the
  /// same thread must give the same executor. Never blocks; any thread.
  Executor ioThread();

  /// Sends one WebSocket message. The next comes only after `sent` was called: on the I/O thread,
  /// within this call or later.
  ///
  /// @param data shared by many sessions: not to be written to
  void send(byte[] data, boolean text, Sent sent);

  /// Sends a close frame behind what was sent, then ends the connection.
  void close(int wsCode, String phrase);

  /// Ends the connection at once. Any thread.
  void abort();

  /// Told of each message once.
  interface Sent {
    /// @param ok false if the connection is broken
    void sent(boolean ok);
  }
}
