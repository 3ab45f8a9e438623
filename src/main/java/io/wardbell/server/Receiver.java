package io.wardbell.server;

import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedBinaryMessage;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.CloseMessage;
import io.undertow.websockets.core.WebSocketCallback;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import io.wardbell.hub.Link;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.xnio.Buffers;
import org.xnio.IoUtils;

/// Passes what one WebSocket receives to its session.
final class Receiver extends AbstractReceiveListener {
  /// Up to so many times the largest message, a client is answered in SignalR's words; beyond that
  /// Undertow hangs up while it still reads.
  private static final int SLACK = 4;

  private static final WebSocketCallback<@Nullable Void> HANG_UP =
      new WebSocketCallback<>() {
        @Override
        public void complete(WebSocketChannel channel, @Nullable Void context) {
          IoUtils.safeClose(channel);
        }

        @Override
        public void onError(WebSocketChannel channel, @Nullable Void context, Throwable error) {
          IoUtils.safeClose(channel);
        }
      };

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

  /// A real close frame: it is answered, then the server ends the connection, as RFC 6455 has it;
  /// Undertow by itself would wait for the client to do so. For a connection that ends without one,
  /// Undertow makes a message up and passes it to `onCloseMessage` alone; a proxy that gave a dead
  /// client up ends it like that, and nothing was taken in good order then.
  @Override
  protected void onFullCloseMessage(WebSocketChannel channel, BufferedBinaryMessage message) {
    closeReceived = true;
    var data = message.getData();
    try {
      CloseMessage close = new CloseMessage(data.getResource());
      if (channel.isCloseFrameSent()) {
        IoUtils.safeClose(channel);
      } else {
        WebSockets.sendClose(close, channel, HANG_UP);
      }
    } finally {
      data.free();
    }
  }
}
