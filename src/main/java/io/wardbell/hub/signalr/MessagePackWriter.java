package io.wardbell.hub.signalr;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import org.msgpack.core.MessageBufferPacker;
import org.msgpack.core.MessagePack;

/// Writes hub messages in MessagePack, each behind its length as a VarInt.
final class MessagePackWriter {
  private static final byte TIMESTAMP = -1;
  private static final long SECONDS_MAX = (1L << 34) - 1;

  /// More than nearly all messages have; the library's 8 KiB were most of what one allocated.
  private static final MessagePack.PackerConfig PACKERS =
      new MessagePack.PackerConfig().withBufferSize(512);

  private MessagePackWriter() {}

  static byte[] encode(ServerMessage message) {
    try (MessageBufferPacker packer = PACKERS.newBufferPacker()) {
      switch (message) {
        case ServerMessage.Invocation(String target, List<Value> arguments) -> {
          packer.packArrayHeader(6).packInt(1).packMapHeader(0).packNil().packString(target);
          packer.packArrayHeader(arguments.size());
          for (Value argument : arguments) {
            pack(packer, argument);
          }
          packer.packArrayHeader(0);
        }
        case ServerMessage.Completion(String id, String error) ->
            packer
                .packArrayHeader(5)
                .packInt(3)
                .packMapHeader(0)
                .packString(id)
                .packInt(1)
                .packString(error);
        case ServerMessage.Ping() -> packer.packArrayHeader(1).packInt(6);
        case ServerMessage.Close(var error) -> {
          packer.packArrayHeader(2).packInt(7);
          if (error == null) {
            packer.packNil();
          } else {
            packer.packString(error);
          }
        }
      }
      return framed(packer.toByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException("packing into memory cannot fail", e);
    }
  }

  private static void pack(MessageBufferPacker packer, Value value) throws IOException {
    switch (value) {
      case Value.Nil() -> packer.packNil();
      case Value.Whole(int number) -> packer.packInt(number);
      case Value.Text(String text) -> packer.packString(text);
      case Value.Date(Instant instant) -> {
        packer.packExtensionTypeHeader(TIMESTAMP, Long.BYTES);
        packer.writePayload(ByteBuffer.allocate(Long.BYTES).putLong(timestamp64(instant)).array());
      }
      case Value.Items(List<Value> items) -> {
        packer.packArrayHeader(items.size());
        for (Value item : items) {
          pack(packer, item);
        }
      }
      case Value.Fields(var fields) -> {
        packer.packMapHeader(fields.size());
        for (var field : fields.entrySet()) {
          packer.packString(field.getKey());
          pack(packer, field.getValue());
        }
      }
    }
  }

  /// 30 bits of nanoseconds, 34 bits of seconds. Instants that do not fit (before 1970, after 2514)
  /// are brought to the nearest that does.
  private static long timestamp64(Instant instant) {
    long seconds = Math.clamp(instant.getEpochSecond(), 0L, SECONDS_MAX);
    return ((long) instant.getNano() << 34) | seconds;
  }

  private static byte[] framed(byte[] body) {
    int prefix = 1;
    for (int rest = body.length >>> 7; rest != 0; rest >>>= 7) {
      prefix++;
    }
    byte[] frame = new byte[prefix + body.length];
    int rest = body.length;
    for (int i = 0; i < prefix; i++) {
      frame[i] = (byte) ((rest & 0x7f) | (i < prefix - 1 ? 0x80 : 0));
      rest >>>= 7;
    }
    System.arraycopy(body, 0, frame, prefix, body.length);
    return frame;
  }
}
