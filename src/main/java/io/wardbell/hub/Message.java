package io.wardbell.hub;

import io.wardbell.hub.signalr.Protocol;
import io.wardbell.hub.signalr.ServerMessage;
import io.wardbell.hub.signalr.Value;
import io.wardbell.id.Id;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// A notification as bytes, encoded once for each protocol however many sessions get it.
///
/// Keys are in Pascal case and always present: rbw and Goldwarden know no other (the official
/// clients take any). Where the payload names its recipient, the bytes are made once with a
/// stand-in and patched as they are sent. Safe for use by any thread.
final class Message {
  private static final String STAND_IN = "@@@@@@@@-@@@@-@@@@-@@@@-@@@@@@@@@@@@";

  /// Timing each client of ten thousand took a tenth of the whole fan-out.
  private static final int TIMED_EVERY = 64;

  private static final Value NIL = new Value.Nil();

  /// @param userAt where the recipient's id goes; negative if nowhere
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Encoded(byte[] bytes, int userAt) {}

  private final Notification notification;
  private final boolean anonymous;
  private final long madeAt;
  private final Encoded messagePack;
  private int timed; // I/O threads may lose a count to each other: it only thins out
  private volatile @Nullable Encoded json;

  private Message(Notification notification, boolean anonymous, long madeAt) {
    this.notification = notification;
    this.anonymous = anonymous;
    this.madeAt = madeAt;
    this.messagePack = encoded(Protocol.MESSAGE_PACK);
  }

  /// For sessions of accounts.
  static Message of(Notification notification) {
    return new Message(notification, false, DeviceEntry.NEVER);
  }

  /// For sessions of accounts, made now and to be sent at once.
  static Message of(Notification notification, long now) {
    return new Message(notification, false, now);
  }

  /// For those who wait on the anonymous hub: another method, and the user beside the payload.
  static Message anonymous(Notification notification) {
    return new Message(notification, true, DeviceEntry.NEVER);
  }

  /// Whether its way to this client is to be timed: the first, and then each so many.
  boolean isTimedNow() {
    return madeAt != DeviceEntry.NEVER && timed++ % TIMED_EVERY == 0;
  }

  UpdateType type() {
    return notification.type();
  }

  /// The item, folder or Send that it is about; null if it is about none.
  @Nullable Id<?> thing() {
    return switch (notification) {
      case Notification.OfCipher cipher -> cipher.id();
      case Notification.OfFolder folder -> folder.id();
      case Notification.OfSend send -> send.id();
      case Notification.OfAccount _, Notification.OfAuthRequest _ -> null;
    };
  }

  /// When it was made; [DeviceEntry#NEVER] if it may have waited since then on purpose.
  long madeAt() {
    return madeAt;
  }

  /// About how many bytes it has.
  int size() {
    return messagePack.bytes().length;
  }

  /// The bytes for one recipient: not to be written to.
  ///
  /// @param recipient null on the anonymous hub
  byte[] bytes(Protocol protocol, @Nullable Recipient recipient) {
    Encoded encoded = encodedOnce(protocol);
    if (encoded.userAt() < 0 || recipient == null) {
      return encoded.bytes();
    }
    byte[] patch = recipient.patch();
    if (patch == null) {
      return encode(protocol, recipient.id());
    }
    byte[] bytes = encoded.bytes().clone();
    System.arraycopy(patch, 0, bytes, encoded.userAt(), Recipient.PATCH_BYTES);
    return bytes;
  }

  private Encoded encodedOnce(Protocol protocol) {
    return switch (protocol) {
      case MESSAGE_PACK -> messagePack;
      case JSON -> {
        Encoded known = json;
        if (known == null) {
          known = encoded(protocol);
          json = known;
        }
        yield known;
      }
    };
  }

  private Encoded encoded(Protocol protocol) {
    byte[] bytes = encode(protocol, STAND_IN);
    int userAt =
        notification instanceof Notification.OfAccount
            ? new String(bytes, StandardCharsets.ISO_8859_1).indexOf(STAND_IN)
            : -1;
    return new Encoded(bytes, userAt);
  }

  private byte[] encode(Protocol protocol, String recipient) {
    Value payload = payload(recipient);
    SequencedMap<String, Value> argument = new LinkedHashMap<>();
    argument.put("Type", new Value.Whole(notification.type().number()));
    argument.put("Payload", payload);
    if (anonymous && notification instanceof Notification.OfAuthRequest request) {
      argument.put("UserId", text(request.userId()));
    } else {
      argument.put("ContextId", contextId());
    }
    String target = anonymous ? "AuthRequestResponseRecieved" : "ReceiveMessage"; // sic
    return protocol.encode(
        new ServerMessage.Invocation(target, List.of(new Value.Fields(argument))));
  }

  private Value contextId() {
    return notification instanceof Notification.OfAuthRequest request && request.contextId() != null
        ? new Value.Text(request.contextId())
        : NIL;
  }

  private Value payload(String recipient) {
    SequencedMap<String, Value> fields = new LinkedHashMap<>();
    switch (notification) {
      case Notification.OfCipher cipher -> {
        fields.put("Id", text(cipher.id()));
        fields.put("UserId", text(cipher.userId()));
        fields.put("OrganizationId", text(cipher.organizationId()));
        var collections = cipher.collectionIds();
        fields.put(
            "CollectionIds",
            collections == null
                ? NIL
                : new Value.Items(collections.stream().map(Message::text).toList()));
        fields.put("RevisionDate", new Value.Date(cipher.revisionDate()));
      }
      case Notification.OfFolder folder -> {
        fields.put("Id", text(folder.id()));
        fields.put("UserId", text(folder.userId()));
        fields.put("RevisionDate", new Value.Date(folder.revisionDate()));
      }
      case Notification.OfSend send -> {
        fields.put("Id", text(send.id()));
        fields.put("UserId", text(send.userId()));
        fields.put("RevisionDate", new Value.Date(send.revisionDate()));
      }
      case Notification.OfAccount account -> {
        fields.put("UserId", new Value.Text(recipient));
        fields.put("Date", new Value.Date(account.date()));
      }
      case Notification.OfAuthRequest request -> {
        fields.put("Id", text(request.id()));
        fields.put("UserId", text(request.userId()));
      }
    }
    return new Value.Fields(fields);
  }

  private static Value text(@Nullable Id<?> id) {
    return id == null ? NIL : new Value.Text(id.toString());
  }
}
