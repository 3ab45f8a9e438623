package io.wardbell.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// The vault server's `config.json`, which its admin page writes and which beats its environment.
/// Its keys are the variables' names in lower case.
final class ServerFile {
  /// The server writes a few kilobytes.
  private static final long BYTES_MAX = 1 << 20;

  private ServerFile() {}

  /// The file's values under the names of the variables; empty if there is no such file. Nulls and
  /// anything nested are left out: no variable is written so.
  ///
  /// @throws IOException if it cannot be read or is no JSON object; the message is safe to show
  static Map<String, String> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Map.of();
    }
    if (Files.size(file) > BYTES_MAX) {
      throw new IOException("is larger than " + BYTES_MAX + " bytes");
    }
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IOException("cannot be read (" + e.getClass().getSimpleName() + ")", e);
    }
    try (JsonParser json = new JsonFactory().createParser(bytes)) {
      return object(json);
    } catch (IOException e) {
      // Jackson's own message quotes the file, and the file holds secrets.
      throw new IOException("is not a JSON object", e);
    }
  }

  private static Map<String, String> object(JsonParser json) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new IOException("no object");
    }
    Map<String, String> values = new HashMap<>();
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName().toUpperCase(Locale.ROOT);
      JsonToken value = json.nextToken();
      if (value.isStructStart()) {
        json.skipChildren();
      } else if (value != JsonToken.VALUE_NULL) {
        values.put(name, json.getText());
      }
    }
    return values;
  }
}
