package io.wardbell.server;

import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedBinaryMessage;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.CloseMessage;
import io.undertow.websockets.core.WebSocketChannel;
import io.wardbell.hub.Link;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.RejectedExecutionException;
import org.xnio.Buffers;

/// Passes what one WebSocket receives to its session.
final class Receiver extends AbstractReceiveListener {
  /// Up to so many times the largest message, a client is answered in SignalR's words; beyond that
  /// Undertow hangs up while it still reads.
  private static final int SLACK = 4;

  private final Link link;
  private final int bytesMax;
  private boolean closeReceived;

  Receiver(Link link, int bytesMax) {
    this.link = link;
    this.bytesMax = bytesMax;
  }

  /// Begins to receive; on the I/O thread.
  void attach(WebSocketChannel channel) {
    channel.getReceiveSetter().set(this);
    channel.addCloseTask(this::closed);
    channel.resumeReceives();
  }

  private void closed(WebSocketChannel channel) {
    try {
      // Another thread may have closed it.
      channel.getIoThread().execute(() -> link.closed(closeReceived));
    } catch (RejectedExecutionException e) {
      link.closed(false); // the process stops, and the I/O threads are gone
    }
  }

  @Override
  protected long getMaxBinaryBufferSize() {
    return (long) bytesMax * SLACK;
  }

  @Override
  protected long getMaxTextBufferSize() {
    return (long) bytesMax * SLACK;
  }

  @Override
  protected void onFullTextMessage(WebSocketChannel channel, BufferedTextMessage message) {
    pass(message.getData().getBytes(StandardCharsets.UTF_8), true);
  }

  @Override
  protected void onFullBinaryMessage(WebSocketChannel channel, BufferedBinaryMessage message) {
    var data = message.getData(); // of a type that XNIO deprecated and Undertow still returns
    try {
      ByteBuffer[] parts = data.getResource();
      byte[] bytes = new byte[(int) Buffers.remaining(parts)];
      int at = 0;
      for (ByteBuffer part : parts) {
        int length = part.remaining();
        part.get(bytes, at, length);
        at += length;
      }
      pass(bytes, false);
    } finally {
      data.free();
    }
  }

  private void pass(byte[] bytes, boolean text) {
    if (bytes.length > bytesMax) {
      link.receivedTooMuch();
    } else {
      link.received(bytes, text);
    }
  }

  @Override
  protected void onCloseMessage(CloseMessage message, WebSocketChannel channel) {
    closeReceived = true;
  }
}
