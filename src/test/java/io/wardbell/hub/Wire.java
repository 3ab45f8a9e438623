package io.wardbell.hub;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.msgpack.core.MessagePack;
import org.msgpack.value.ImmutableValue;
import org.msgpack.value.Value;

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
    return value(hex(hex)).toJson();
  }

  private static ImmutableValue value(byte[] frame) {
    int prefix = frame[0] < 0 ? 2 : 1;
    try (var unpacker = MessagePack.newDefaultUnpacker(frame, prefix, frame.length - prefix)) {
      return unpacker.unpackValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The notification in a hub message, as a client reads it; null if it is another message.
  static @Nullable Notification notification(byte[] frame) {
    List<Value> message = value(frame).asArrayValue().list();
    if (message.getFirst().asIntegerValue().asInt() != 1) {
      return null;
    }
    Map<String, Value> argument = fields(message.get(4).asArrayValue().get(0));
    int number = field(argument, "Type").asIntegerValue().asInt();
    UpdateType type =
        Arrays.stream(UpdateType.values())
            .filter(t -> t.number() == number)
            .findAny()
            .orElseThrow();
    Map<String, Value> payload = fields(field(argument, "Payload"));
    return switch (type) {
      case SYNC_CIPHER_UPDATE, SYNC_CIPHER_CREATE, SYNC_LOGIN_DELETE ->
          new Notification.OfCipher(
              type,
              required(payload, "Id"),
              id(payload, "UserId"),
              id(payload, "OrganizationId"),
              null,
              date(payload));
      case SYNC_FOLDER_DELETE, SYNC_FOLDER_CREATE, SYNC_FOLDER_UPDATE ->
          new Notification.OfFolder(
              type, required(payload, "Id"), required(payload, "UserId"), date(payload));
      case SYNC_SEND_CREATE, SYNC_SEND_UPDATE, SYNC_SEND_DELETE ->
          new Notification.OfSend(
              type, required(payload, "Id"), required(payload, "UserId"), date(payload));
      case SYNC_CIPHERS, SYNC_VAULT, SYNC_SETTINGS, LOG_OUT, SYNC_ORGANIZATIONS ->
          new Notification.OfAccount(type, Instant.EPOCH);
      case AUTH_REQUEST, AUTH_REQUEST_RESPONSE ->
          new Notification.OfAuthRequest(
              type, required(payload, "Id"), required(payload, "UserId"), null);
    };
  }

  private static Map<String, Value> fields(Value value) {
    Map<String, Value> fields = new HashMap<>();
    value
        .asMapValue()
        .map()
        .forEach((name, field) -> fields.put(name.asStringValue().asString(), field));
    return fields;
  }

  private static Value field(Map<String, Value> fields, String name) {
    return Objects.requireNonNull(fields.get(name), name);
  }

  private static <K extends Kind> @Nullable Id<K> id(Map<String, Value> fields, String name) {
    Value id = field(fields, name);
    return id.isNilValue() ? null : Id.of(id.asStringValue().asString());
  }

  private static <K extends Kind> Id<K> required(Map<String, Value> fields, String name) {
    return Id.of(field(fields, name).asStringValue().asString());
  }

  private static Instant date(Map<String, Value> fields) {
    return field(fields, "RevisionDate").asTimestampValue().toInstant();
  }
}
