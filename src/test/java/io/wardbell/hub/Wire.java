package io.wardbell.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.msgpack.core.MessagePack;
import org.msgpack.value.ImmutableValue;

/// Bytes as clients send them, and a reader of what the hub sends.
final class Wire {
  static final String PING = "029106";
  static final String OK = "7b7d1e";

  private Wire() {}

  static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  static byte[] handshake(String protocol) {
    return ("{\"protocol\":\"" + protocol + "\",\"version\":1}\u001e")
        .getBytes(StandardCharsets.UTF_8);
  }

  /// The body of a hub message of less than 16 KiB, as JSON.
  static String json(String hex) {
    byte[] frame = hex(hex);
    int prefix = frame[0] < 0 ? 2 : 1;
    try (var unpacker = MessagePack.newDefaultUnpacker(frame, prefix, frame.length - prefix)) {
      ImmutableValue value = unpacker.unpackValue();
      return value.toJson();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
