package io.wardbell.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One connection to the hub, with JSON. Handlers are called one at a time.
final class HubSocket {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String END = "\u001e";
  private static final String PING = "{\"type\":6}" + END;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final WebSocket socket;

  private HubSocket(WebSocket socket) {
    this.socket = socket;
  }

  /// Connects and begins the handshake.
  ///
  /// @param onArgument is given each notification
  /// @param onEnd is called once when the connection is over, not after [#close]
  static HubSocket open(int port, String token, Consumer<JsonNode> onArgument, Runnable onEnd)
      throws IOException {
    try {
      WebSocket socket =
          HTTP.newWebSocketBuilder()
              .connectTimeout(PATIENCE)
              .buildAsync(
                  URI.create("ws://127.0.0.1:" + port + "/notifications/hub?access_token=" + token),
                  new Inbound(onArgument, onEnd))
              .orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
              .join();
      var _ =
          socket
              .sendText("{\"protocol\":\"json\",\"version\":1}" + END, true)
              .thenCompose(s -> s.sendText(PING, true));
      return new HubSocket(socket);
    } catch (CompletionException e) {
      throw new IOException("not connected", e);
    }
  }

  void ping() {
    var _ = socket.sendText(PING, true);
  }

  /// Breaks it off.
  void close() {
    socket.abort();
  }

  private static final class Inbound implements WebSocket.Listener {
    private final Consumer<JsonNode> onArgument;
    private final Runnable onEnd;
    private final StringBuilder pending = new StringBuilder();

    Inbound(Consumer<JsonNode> onArgument, Runnable onEnd) {
      this.onArgument = onArgument;
      this.onEnd = onEnd;
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      pending.append(data);
      int end = pending.indexOf(END);
      while (end >= 0) {
        message(pending.substring(0, end));
        pending.delete(0, end + 1);
        end = pending.indexOf(END);
      }
      socket.request(1);
      return null;
    }

    private void message(String text) {
      try {
        JsonNode message = JSON.readTree(text);
        if (message.path("type").asInt() == 1) {
          onArgument.accept(message.path("arguments").path(0));
        }
      } catch (JsonProcessingException e) {
        throw new UncheckedIOException("a hub message that is no JSON: " + text, e);
      }
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int status, String reason) {
      onEnd.run();
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      onEnd.run();
    }
  }
}
