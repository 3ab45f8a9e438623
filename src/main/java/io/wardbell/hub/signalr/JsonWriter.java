package io.wardbell.hub.signalr;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;

/// Writes hub messages in JSON, each ended by 0x1e.
final class JsonWriter {
  private JsonWriter() {}

  static byte[] encode(ServerMessage message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (JsonGenerator json = JsonText.MAPPER.createGenerator(bytes)) {
      json.writeStartObject();
      switch (message) {
        case ServerMessage.Invocation(String target, List<Value> arguments) -> {
          json.writeNumberField("type", 1);
          json.writeStringField("target", target);
          json.writeFieldName("arguments");
          write(json, new Value.Items(arguments));
        }
        case ServerMessage.Completion(String id, String error) -> {
          json.writeNumberField("type", 3);
          json.writeStringField("invocationId", id);
          json.writeStringField("error", error);
        }
        case ServerMessage.Ping() -> json.writeNumberField("type", 6);
        case ServerMessage.Close(var error) -> {
          json.writeNumberField("type", 7);
          if (error != null) {
            json.writeStringField("error", error);
          }
        }
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing into memory cannot fail", e);
    }
    bytes.write(JsonText.END);
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator json, Value value) throws IOException {
    switch (value) {
      case Value.Nil() -> json.writeNull();
      case Value.Whole(int number) -> json.writeNumber(number);
      case Value.Text(String text) -> json.writeString(text);
      case Value.Date(Instant instant) -> json.writeString(instant.toString());
      case Value.Items(List<Value> items) -> {
        json.writeStartArray();
        for (Value item : items) {
          write(json, item);
        }
        json.writeEndArray();
      }
      case Value.Fields(var fields) -> {
        json.writeStartObject();
        for (var field : fields.entrySet()) {
          json.writeFieldName(field.getKey());
          write(json, field.getValue());
        }
        json.writeEndObject();
      }
    }
  }
}
