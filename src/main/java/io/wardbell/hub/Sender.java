package io.wardbell.hub;

import io.wardbell.observe.Clock;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Sends what a session has to say, one WebSocket message after the other: first what concerns the
/// connection, then notifications. On the connection's I/O thread, except where it says otherwise.
final class Sender implements Transport.Sent {
  private static final int FIRST_MAX = 64;
  private static final int FIRST_BYTES_MAX = 16 * 1024;

  /// One WebSocket message.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Frame(byte[] data, boolean text) {}

  /// Where notifications come from.
  interface Feed {
    /// The next one that may go; null if there is none.
    @Nullable Frame next();

    /// Nothing is left to send.
    void allSent();

    /// The connection is broken.
    void broken();
  }

  private final Transport transport;
  private final Clock clock;
  private final Feed feed;
  private final ArrayDeque<Frame> first = new ArrayDeque<>(2);
  private int firstBytes;
  private boolean draining;

  // Written on the I/O thread, read by the timer, which may see them a moment late.
  private volatile boolean sending;
  private volatile long sentAt;

  Sender(Transport transport, Clock clock, Feed feed) {
    this.transport = transport;
    this.clock = clock;
    this.feed = feed;
    this.sentAt = clock.nanoTime();
  }

  /// Puts a frame before all notifications; [#drain] sends it.
  ///
  /// @return false if too many such frames wait already, or too many bytes of them
  boolean first(Frame frame) {
    int bytes = firstBytes + frame.data().length;
    if (first.size() == FIRST_MAX || bytes > FIRST_BYTES_MAX) {
      return false;
    }
    firstBytes = bytes;
    return first.add(frame);
  }

  void clear() {
    first.clear();
    firstBytes = 0;
  }

  /// Whether a message was begun that the connection has not taken yet. Any thread.
  boolean sending() {
    return sending;
  }

  /// Whether the connection has taken nothing of a message for this long. Any thread.
  boolean stuck(long now, int seconds) {
    return sending && now - sentAt > TimeUnit.SECONDS.toNanos(seconds);
  }

  /// When the last message was begun. Any thread.
  long sentAt() {
    return sentAt;
  }

  /// Sends what waits, as far as the connection takes it.
  void drain() {
    if (draining) {
      return;
    }
    draining = true;
    try {
      while (!sending) {
        Frame frame = first.poll();
        if (frame == null) {
          frame = feed.next();
        } else {
          firstBytes -= frame.data().length;
        }
        if (frame == null) {
          break;
        }
        sentAt = clock.nanoTime();
        sending = true;
        transport.send(frame.data(), frame.text(), this);
      }
    } finally {
      draining = false;
    }
    if (!sending) {
      feed.allSent();
    }
  }

  @Override
  public void sent(boolean ok) {
    sending = false;
    if (!ok) {
      feed.broken();
    } else if (!draining) {
      drain();
    }
  }
}
