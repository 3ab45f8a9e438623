package io.wardbell.hub.signalr;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessagePack;
import org.msgpack.core.MessagePackException;
import org.msgpack.core.MessageUnpacker;

/// Reads a client's hub messages in MessagePack. Work and memory are bounded by the input's size.
final class MessagePackReader {
  private static final int PREFIX_MAX = 5;

  private MessagePackReader() {}

  static List<ClientMessage> decode(byte[] data) throws BadMessageException {
    List<ClientMessage> messages = new ArrayList<>(1);
    int at = 0;
    while (at < data.length) {
      long length = 0;
      int i = 0;
      byte b;
      do {
        if (i == PREFIX_MAX || at == data.length) {
          throw new BadMessageException("a length that does not end");
        }
        b = data[at++];
        length |= (b & 0x7fL) << (7 * i++);
      } while (b < 0);
      if (length > data.length - at) {
        throw new BadMessageException("a message shorter than its length says");
      }
      messages.add(message(data, at, (int) length));
      at += (int) length;
    }
    return messages;
  }

  private static ClientMessage message(byte[] data, int offset, int length)
      throws BadMessageException {
    try (MessageUnpacker body = MessagePack.newDefaultUnpacker(data, offset, length)) {
      int items = body.unpackArrayHeader();
      if (items == 0) {
        throw new BadMessageException("a message without a type");
      }
      int type = body.unpackInt();
      return switch (type) {
        case 1 -> {
          need(items, 5);
          body.skipValue();
          String id = body.tryUnpackNil() ? null : text(body, length);
          yield new ClientMessage.Invocation(id, text(body, length));
        }
        case 4 -> {
          need(items, 5);
          body.skipValue();
          yield new ClientMessage.StreamInvocation(text(body, length), text(body, length));
        }
        case 6 -> new ClientMessage.Ping();
        case 7 -> new ClientMessage.Close();
        default -> new ClientMessage.Other(type);
      };
    } catch (MessagePackException | IOException e) {
      throw bad("a message that is not MessagePack", e);
    }
  }

  private static void need(int items, int least) throws BadMessageException {
    if (items < least) {
      throw new BadMessageException("an invocation with too few items");
    }
  }

  private static String text(MessageUnpacker body, int length)
      throws IOException, BadMessageException {
    int size = body.unpackRawStringHeader();
    if (size > length - body.getTotalReadBytes()) {
      throw new BadMessageException("a text that is longer than its message");
    }
    return new String(body.readPayload(size), StandardCharsets.UTF_8);
  }

  private static BadMessageException bad(String what, @Nullable Throwable cause) {
    BadMessageException bad = new BadMessageException(what);
    bad.initCause(cause);
    return bad;
  }
}
