package io.wardbell.server;

import io.undertow.websockets.core.WebSocketCallback;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import io.wardbell.hub.Transport;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import org.xnio.IoUtils;

/// One of Undertow's WebSockets, as the hub wants it.
final class WebSocketTransport implements Transport {
  private static final WebSocketCallback<Transport.Sent> TELL =
      new WebSocketCallback<>() {
        @Override
        public void complete(WebSocketChannel channel, Transport.Sent sent) {
          sent.sent(true);
        }

        @Override
        public void onError(WebSocketChannel channel, Transport.Sent sent, Throwable error) {
          sent.sent(false);
        }
      };

  private final WebSocketChannel channel;

  WebSocketTransport(WebSocketChannel channel) {
    this.channel = channel;
  }

  @Override
  public Executor ioThread() {
    return channel.getIoThread();
  }

  @Override
  public void send(byte[] data, boolean text, Sent sent) {
    ByteBuffer buffer = ByteBuffer.wrap(data);
    if (text) {
      WebSockets.sendText(buffer, channel, TELL, sent);
    } else {
      WebSockets.sendBinary(buffer, channel, TELL, sent);
    }
  }

  @Override
  public void close(int wsCode, String phrase) {
    WebSockets.sendClose(wsCode, phrase, channel, null);
  }

  @Override
  public void abort() {
    IoUtils.safeClose(channel);
  }
}
