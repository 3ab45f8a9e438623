package io.wardbell.hub.signalr;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/// A client's first message: JSON in a text or a binary WebSocket message, whatever the protocol.
public sealed interface Handshake {
  /// The client may go on.
  ///
  /// @param rest what the same WebSocket message holds behind the handshake; usually nothing
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Accepted(Protocol protocol, byte[] rest) implements Handshake {
    /// What to answer, in the protocol's own kind of WebSocket message: the vault server's hub
    /// sends a binary one, and rbw reads no other; SignalR's JSON clients read text only.
    public static byte[] answer() {
      return new byte[] {'{', '}', JsonText.END};
    }
  }

  /// The client is told why, and the socket is closed.
  ///
  /// @param error the words of the official server
  record Refused(String error) implements Handshake {
    /// The client did not shake hands in time.
    public static final Refused LATE = new Refused("Handshake was canceled.");

    /// It is no handshake at all.
    public static final Refused UNREADABLE =
        new Refused("An unexpected error occurred during connection handshake.");

    /// What to answer, as a text message, which SignalR's clients of both protocols read.
    public byte[] answer() {
      try {
        byte[] json = JsonText.MAPPER.writeValueAsBytes(Map.of("error", error));
        byte[] answer = Arrays.copyOf(json, json.length + 1);
        answer[json.length] = JsonText.END;
        return answer;
      } catch (IOException e) {
        throw new IllegalStateException("a text is always JSON", e);
      }
    }
  }

  /// Reads the first WebSocket message. A whole JSON object without the 0x1e at its end counts too:
  /// Goldwarden sends that.
  static Handshake read(byte[] data) {
    int end = 0;
    while (end < data.length && data[end] != JsonText.END) {
      end++;
    }
    JsonNode request;
    try {
      request = JsonText.MAPPER.readTree(data, 0, end);
    } catch (IOException e) {
      return Refused.UNREADABLE;
    }
    JsonNode name = request.path("protocol");
    JsonNode version = request.path("version");
    if (!request.isObject() || !name.isTextual() || !version.isInt()) {
      return Refused.UNREADABLE;
    }
    for (Protocol protocol : Protocol.values()) {
      if (protocol.wireName().equalsIgnoreCase(name.textValue())) {
        return protocol.speaks(version.intValue())
            ? new Accepted(
                protocol, Arrays.copyOfRange(data, Math.min(end + 1, data.length), data.length))
            : new Refused(
                "The server does not support version %d of the '%s' protocol."
                    .formatted(version.intValue(), protocol.wireName()));
      }
    }
    return new Refused("The protocol '%s' is not supported.".formatted(shown(name.textValue())));
  }

  private static String shown(String name) {
    String printable = name.replaceAll("[^ -~]", "?");
    return printable.getBytes(StandardCharsets.US_ASCII).length <= 40
        ? printable
        : printable.substring(0, 40);
  }
}
