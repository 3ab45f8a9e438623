package io.wardbell.hub.signalr;

import java.util.List;

/// A way to write hub messages, as named in the handshake. Stateless; safe for use by any thread.
public enum Protocol {
  /// Bitwarden's own clients and all others known. WebSocket messages are binary.
  MESSAGE_PACK("messagepack", 2),
  /// The default of SignalR's libraries. WebSocket messages are text.
  JSON("json", 1);

  private final String wireName;
  private final int newestVersion;

  Protocol(String wireName, int newestVersion) {
    this.wireName = wireName;
    this.newestVersion = newestVersion;
  }

  /// The name in the handshake.
  public String wireName() {
    return wireName;
  }

  boolean speaks(int version) {
    return version >= 0 && version <= newestVersion;
  }

  /// Whether its WebSocket messages are text.
  public boolean text() {
    return this == JSON;
  }

  /// One hub message with its frame. To be sent as one WebSocket message: some clients read only
  /// the first hub message of each, and none accepts half a one.
  public byte[] encode(ServerMessage message) {
    return switch (this) {
      case MESSAGE_PACK -> MessagePackWriter.encode(message);
      case JSON -> JsonWriter.encode(message);
    };
  }

  /// The hub messages of one WebSocket message: whole ones, none to many.
  ///
  /// @throws BadMessageException if it holds anything else; those before the fault are lost
  public List<ClientMessage> decode(byte[] data) throws BadMessageException {
    return switch (this) {
      case MESSAGE_PACK -> MessagePackReader.decode(data);
      case JSON -> JsonReader.decode(data);
    };
  }
}
