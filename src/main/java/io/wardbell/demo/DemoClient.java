package io.wardbell.demo;

import io.wardbell.observe.Clock;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessageUnpacker;
import org.msgpack.value.Value;
import org.msgpack.value.ValueFactory;

/// A small Bitwarden client: connects to a hub as the official ones do, with MessagePack, and
/// reports what it is told. Handlers are called by the connection's own threads, one message at a
/// time.
public final class DemoClient implements AutoCloseable {
  private static final byte[] PING = {0x02, (byte) 0x91, 0x06};
  private static final Duration PING_EVERY = Duration.ofSeconds(15);
  private static final int INVOCATION = 1;

  /// What a hub said.
  ///
  /// @param target `ReceiveMessage`, or the anonymous hub's own
  /// @param type Bitwarden's update type
  /// @param id the payload's `Id`; null if it has none
  /// @param nanos when it came, by the clock's monotonic time
  public record Message(String target, int type, @Nullable String id, long nanos) {}

  private final HttpClient http;
  private final WebSocket socket;
  private final CompletableFuture<Void> shaken;
  private final Thread pinger;

  private DemoClient(HttpClient http, WebSocket socket, CompletableFuture<Void> shaken) {
    this.http = http;
    this.socket = socket;
    this.shaken = shaken;
    pinger = Thread.ofVirtual().name("demo-ping").unstarted(this::ping);
  }

  /// Connects, and returns once the handshake is done.
  ///
  /// @throws IOException if the hub cannot be reached, refuses or does not answer
  public static DemoClient connect(URI hub, Clock clock, Consumer<Message> onMessage)
      throws IOException, InterruptedException {
    CompletableFuture<Void> shaken = new CompletableFuture<>();
    HttpClient http = HttpClient.newHttpClient();
    try {
      WebSocket socket =
          http.newWebSocketBuilder()
              .connectTimeout(Duration.ofSeconds(10))
              .buildAsync(hub, new Inbound(shaken, clock, onMessage))
              .orTimeout(10, java.util.concurrent.TimeUnit.SECONDS)
              .join();
      DemoClient client = new DemoClient(http, socket, shaken);
      client.shakeHands();
      return client;
    } catch (CompletionException e) {
      http.shutdownNow();
      throw new IOException("the hub did not let the demo's client in: " + e.getCause(), e);
    }
  }

  private void shakeHands() {
    socket.sendText("{\"protocol\":\"messagepack\",\"version\":1}\u001e", true).join();
    shaken.orTimeout(10, java.util.concurrent.TimeUnit.SECONDS).join();
    pinger.start();
  }

  private void ping() {
    try {
      while (!socket.isOutputClosed()) {
        socket.sendBinary(ByteBuffer.wrap(PING), true).join();
        Thread.sleep(PING_EVERY);
      }
    } catch (InterruptedException | CompletionException e) {
      socket.abort(); // Closed, by us or by the hub.
    }
  }

  @Override
  public void close() {
    pinger.interrupt();
    socket.abort();
    http.shutdownNow();
  }

  /// Puts frames together and reads hub messages out of them.
  private static final class Inbound implements WebSocket.Listener {
    private final CompletableFuture<Void> shaken;
    private final Clock clock;
    private final Consumer<Message> onMessage;
    private ByteBuffer pending = ByteBuffer.allocate(0);

    Inbound(CompletableFuture<Void> shaken, Clock clock, Consumer<Message> onMessage) {
      this.shaken = shaken;
      this.clock = clock;
      this.onMessage = onMessage;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      shaken.complete(null);
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
      long now = clock.nanoTime();
      ByteBuffer both = ByteBuffer.allocate(pending.remaining() + data.remaining());
      both.put(pending).put(data).flip();
      pending = both;
      if (last) {
        read(pending, now);
        pending = ByteBuffer.allocate(0);
      }
      socket.request(1);
      return null;
    }

    private void read(ByteBuffer bytes, long now) {
      if (!shaken.isDone()) {
        shaken.complete(null); // `{}` and 0x1e.
        return;
      }
      while (bytes.hasRemaining()) {
        int length = 0;
        for (int shift = 0; ; shift += 7) {
          byte part = bytes.get();
          length |= (part & 0x7f) << shift;
          if (part >= 0) {
            break;
          }
        }
        byte[] body = new byte[length];
        bytes.get(body);
        message(body, now);
      }
    }

    private void message(byte[] body, long now) {
      try (MessageUnpacker unpacker = MessagePack.newDefaultUnpacker(body)) {
        Value message = unpacker.unpackValue();
        if (message.asArrayValue().get(0).asIntegerValue().asInt() != INVOCATION) {
          return;
        }
        String target = message.asArrayValue().get(3).asStringValue().asString();
        Map<Value, Value> argument =
            message.asArrayValue().get(4).asArrayValue().get(0).asMapValue().map();
        Value type = argument.get(ValueFactory.newString("Type"));
        Value payload = argument.get(ValueFactory.newString("Payload"));
        if (type == null || payload == null) {
          return; // Not one of Bitwarden's.
        }
        Value id = payload.asMapValue().map().get(ValueFactory.newString("Id"));
        onMessage.accept(
            new Message(
                target, type.asIntegerValue().asInt(), id == null ? null : id.toString(), now));
      } catch (IOException e) {
        throw new java.io.UncheckedIOException("a hub message that is no MessagePack", e);
      }
    }
  }
}
