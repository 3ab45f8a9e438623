package io.wardbell.server;

import io.undertow.Undertow;
import io.undertow.websockets.WebSocketConnectionCallback;
import io.undertow.websockets.WebSocketProtocolHandshakeHandler;
import io.undertow.websockets.core.protocol.version13.Hybi13Handshake;
import io.wardbell.KnownAccounts;
import io.wardbell.Tokens;
import io.wardbell.auth.AuthConfig;
import io.wardbell.auth.Authenticator;
import io.wardbell.hub.Hub;
import io.wardbell.hub.HubConfig;
import io.wardbell.hub.Link;
import io.wardbell.hub.Transport;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/// Answers every message by itself, through the hub's own listener, receiver and transport: what
/// speaks WebSocket in Wardbell, without SignalR, which a suite for WebSocket does not speak. Only
/// the largest message is larger than a hub would take.
final class Echo implements AutoCloseable {
  private static final int MESSAGE_BYTES_MAX = 16 * 1024 * 1024;

  private final Undertow server;

  Echo() {
    HubConfig limits =
        new HubConfig(100, 100, 100, 25, 100, 15, 32_768, 300, 256, 131_072, 30, 60, 100, 10);
    Hub hub = new Hub(limits, new KnownAccounts(), new Metrics(), Clock.system());
    HubListener listener =
        new HubListener(
            ServerConfig.alone(),
            hub,
            new Authenticator(new AuthConfig(Tokens.ORIGIN, Path.of("none")), Clock.system()));
    WebSocketConnectionCallback open =
        (_, channel) ->
            new Receiver(new Answer(new WebSocketTransport(channel)), MESSAGE_BYTES_MAX)
                .attach(channel);
    server =
        listener
            .listener()
            .setHandler(new WebSocketProtocolHandshakeHandler(List.of(new Hybi13Handshake()), open))
            .build();
    server.start();
  }

  int port() {
    return ((InetSocketAddress) server.getListenerInfo().getFirst().getAddress()).getPort();
  }

  @Override
  public void close() {
    server.stop();
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
