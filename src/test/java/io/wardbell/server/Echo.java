package io.wardbell.server;

import io.undertow.websockets.WebSocketConnectionCallback;
import io.undertow.websockets.WebSocketProtocolHandshakeHandler;
import io.undertow.websockets.core.protocol.version13.Hybi13Handshake;
import io.wardbell.hub.Link;
import io.wardbell.hub.Transport;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// Answers every message by itself, through the hub's own listener, receiver and transport: what
/// speaks WebSocket in Wardbell, without SignalR, which a suite for WebSocket does not speak. Only
/// the largest message is larger than a hub would take.
final class Echo implements AutoCloseable {
  private static final int MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

  private final PublicSocket socket;

  Echo() {
    WebSocketConnectionCallback open =
        (_, channel) ->
            new Receiver(new Answer(new WebSocketTransport(channel)), MESSAGE_BYTES_MAX)
                .attach(channel);
    socket =
        PublicSocket.open(
            ServerConfig.alone(),
            new Lobby(100),
            new WebSocketProtocolHandshakeHandler(List.of(new Hybi13Handshake()), open));
  }

  int port() {
    return socket.port();
  }

  @Override
  public void close() {
    socket.close();
  }

  /// One message is sent at a time, as the hub does.
  private static final class Answer implements Link {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Message(byte[] data, boolean text) {}

    private final Transport transport;
    private final Deque<Message> waiting = new ArrayDeque<>();
    private boolean sending;

    Answer(Transport transport) {
      this.transport = transport;
    }

    @Override
    public void received(byte[] data, boolean text) {
      waiting.add(new Message(data, text));
      next();
    }

    private void next() {
      Message message = sending ? null : waiting.poll();
      if (message != null) {
        sending = true;
        transport.send(
            message.data(),
            message.text(),
            _ ->
                transport
                    .ioThread()
                    .execute(() -> {
                      sending = false;
                      next();
                    }));
      }
    }

    @Override
    public void receivedTooMuch() {
      transport.abort();
    }

    @Override
    public void closed(boolean orderly) {
      waiting.clear();
    }
  }
}
