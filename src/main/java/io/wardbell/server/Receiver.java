package io.wardbell.server;

import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedBinaryMessage;
import io.undertow.websockets.core.CloseMessage;
import io.undertow.websockets.core.StreamSourceFrameChannel;
import io.undertow.websockets.core.WebSocketCallback;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import io.wardbell.hub.Link;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;

/// Passes what one WebSocket receives to its session.
final class Receiver extends AbstractReceiveListener {
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
  protected void onText(WebSocketChannel channel, StreamSourceFrameChannel message)
      throws IOException {
    receive(message, new Incoming(true));
  }

  @Override
  protected void onBinary(WebSocketChannel channel, StreamSourceFrameChannel message)
      throws IOException {
    receive(message, new Incoming(false));
  }

  private void receive(StreamSourceFrameChannel message, Incoming incoming) throws IOException {
    if (!incoming.takeFrom(message)) {
      message
          .getReadSetter()
          .set(more -> {
            try {
              if (incoming.takeFrom(more)) {
                more.suspendReads();
              }
            } catch (IOException e) {
              more.suspendReads();
              onError(more.getWebSocketChannel(), e);
            }
          });
      message.resumeReads();
    }
  }

  /// One message on its way. It is kept in a buffer of its own, no larger than a message may be:
  /// Undertow would keep it in as many shared buffers as it has frames.
  private final class Incoming {
    private static final int USUAL_BYTES = 64;

    private final boolean text;
    private byte[] bytes = new byte[Math.min(USUAL_BYTES, bytesMax + 1)];
    private int length;
    private boolean tooMuch;

    Incoming(boolean text) {
      this.text = text;
    }

    /// Takes what there is, and passes the message on if that was all of it.
    ///
    /// @return whether it was
    boolean takeFrom(StreamSourceFrameChannel message) throws IOException {
      while (true) {
        int read = message.read(ByteBuffer.wrap(bytes, length, bytes.length - length));
        if (read == 0) {
          return false;
        }
        if (read < 0) {
          if (!tooMuch) {
            link.received(Arrays.copyOf(bytes, length), text);
          }
          return true;
        }
        length += read;
        if (length > bytesMax) {
          length = 0; // what still comes is read into the same place
          if (!tooMuch) {
            tooMuch = true;
            link.receivedTooMuch();
          }
        } else if (length == bytes.length) {
          bytes = Arrays.copyOf(bytes, Math.min(2 * length, bytesMax + 1));
        }
      }
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
