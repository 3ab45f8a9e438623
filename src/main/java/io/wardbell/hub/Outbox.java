package io.wardbell.hub;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/// The messages that wait for one client, bounded in number and bytes. Two threads meet here: who
/// delivers offers, the connection's I/O thread takes. It costs a few bytes while it is empty.
///
/// When one message more would break a bound, all that wait are dropped, and all that come until
/// the I/O thread notices: the session then owes its client one message to sync.
final class Outbox {
  private final int messagesMax;
  private final int bytesMax;
  private @Nullable ArrayDeque<Message> waiting;
  private int bytes;
  private boolean overflowed;
  private boolean shut;

  Outbox(int messagesMax, int bytesMax) {
    this.messagesMax = messagesMax;
    this.bytesMax = bytesMax;
  }

  /// Puts a message behind the others.
  ///
  /// @return false if it was dropped
  synchronized boolean offer(Message message) {
    if (shut || overflowed) {
      return false;
    }
    if (waiting == null) {
      waiting = new ArrayDeque<>(4);
    }
    if (waiting.size() == messagesMax || bytes + message.size() > bytesMax) {
      overflowed = true;
      clear();
      return false;
    }
    waiting.add(message);
    bytes += message.size();
    return true;
  }

  /// The oldest message; null if there is none.
  synchronized @Nullable Message poll() {
    if (waiting == null) {
      return null;
    }
    Message message = waiting.poll();
    if (message != null) {
      bytes -= message.size();
    }
    if (waiting.isEmpty()) {
      waiting = null;
    }
    return message;
  }

  /// Whether messages were dropped since this was last asked. Messages are taken again from now on.
  synchronized boolean overflowed() {
    boolean was = overflowed;
    overflowed = false;
    return was;
  }

  /// Drops what waits and all that will come.
  ///
  /// @return whether anything was dropped that the client had to get
  synchronized boolean shut() {
    boolean dropped = overflowed || waiting != null;
    shut = true;
    clear();
    return dropped;
  }

  private void clear() {
    waiting = null;
    bytes = 0;
  }
}
