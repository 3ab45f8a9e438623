package io.wardbell.hub.signalr;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Reads a client's hub messages in JSON. Work and memory are bounded by the input's size.
final class JsonReader {
  private JsonReader() {}

  static List<ClientMessage> decode(byte[] data) throws BadMessageException {
    List<ClientMessage> messages = new ArrayList<>(1);
    int start = 0;
    for (int i = 0; i < data.length; i++) {
      if (data[i] == JsonText.END) {
        messages.add(message(data, start, i - start));
        start = i + 1;
      }
    }
    if (start != data.length) {
      throw new BadMessageException("a message that does not end");
    }
    return messages;
  }

  private static ClientMessage message(byte[] data, int offset, int length)
      throws BadMessageException {
    JsonNode body;
    try {
      body = JsonText.MAPPER.readTree(data, offset, length);
    } catch (IOException e) {
      BadMessageException bad = new BadMessageException("a message that is not JSON");
      bad.initCause(e);
      throw bad;
    }
    if (!body.isObject() || !body.path("type").isInt()) {
      throw new BadMessageException("a message without a type");
    }
    int type = body.path("type").intValue();
    return switch (type) {
      case 1 -> {
        JsonNode id = body.path("invocationId");
        yield new ClientMessage.Invocation(
            id.isTextual() ? id.textValue() : null, text(body, "target"));
      }
      case 4 ->
          new ClientMessage.StreamInvocation(text(body, "invocationId"), text(body, "target"));
      case 6 -> new ClientMessage.Ping();
      case 7 -> new ClientMessage.Close();
      default -> new ClientMessage.Other(type);
    };
  }

  private static String text(JsonNode body, String key) throws BadMessageException {
    JsonNode value = body.path(key);
    if (!value.isTextual()) {
      throw new BadMessageException("an invocation without " + key);
    }
    return value.textValue();
  }
}
