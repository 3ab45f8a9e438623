package io.wardbell.hub;

import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import java.time.Duration;
import java.util.List;
import java.util.function.ToIntBiFunction;
import org.jspecify.annotations.Nullable;

/// One notification on its way to sessions of accounts. The thread that delivers.
final class Telling {
  /// So much later than what is stored is a date that makes any client fetch.
  private static final Duration LATER = Duration.ofSeconds(1);

  private final SyncGovernor governor;
  private final ToIntBiFunction<Session, Message> push;
  private final Notification notification;
  private final Message message;
  private final boolean item;
  private final boolean governed;
  private final long number;
  private final long now;
  private @Nullable List<Message> again;
  private long queued;
  private long releaseAt = Long.MAX_VALUE;

  /// @param push puts a message into a session's outbox; 1 if it was taken, else 0
  /// @param number of this telling: no other has it
  Telling(
      Notification notification,
      SyncGovernor governor,
      ToIntBiFunction<Session, Message> push,
      long number,
      long now) {
    this.notification = notification;
    this.governor = governor;
    this.push = push;
    this.number = number;
    this.now = now;
    message = Message.of(notification, now);
    governed = SyncGovernor.governs(notification.type());
    item =
        switch (notification) {
          case Notification.OfCipher _, Notification.OfFolder _, Notification.OfSend _ -> true;
          case Notification.OfAccount _, Notification.OfAuthRequest _ -> false;
        };
  }

  void tell(Session session) {
    DeviceEntry client = session.client;
    if (client == null) {
      return;
    }
    if (governed) {
      if (firstOf(client)) { // the governor tells all sessions of a client at once
        releaseAt = Math.min(releaseAt, governor.ask(client, type()));
      }
    } else if (!item || lets(client)) {
      client.toldAt = now;
      queued += push.applyAsInt(session, message);
    }
  }

  /// Tells a session's client to sync if it may have been reading a sync since then: see
  /// [SyncGovernor#askAgain].
  void tellAgain(Session session, long since, boolean orTold) {
    DeviceEntry client = session.client;
    if (client != null && firstOf(client)) {
      releaseAt = Math.min(releaseAt, governor.askAgain(client, type(), since, orTold));
    }
  }

  private boolean lets(DeviceEntry client) {
    if (firstOf(client)) {
      SyncGovernor.Pass pass = governor.item(client, this::again, now);
      client.lets = pass.goes();
      releaseAt = Math.min(releaseAt, pass.releaseAt());
    }
    return client.lets;
  }

  /// For all clients that are told once more: without the time when it was made. A sync may show a
  /// new item before the server has written all about it, so that is to be fetched by those who
  /// have it, too.
  private List<Message> again() {
    if (again == null) {
      again =
          notification instanceof Notification.OfCipher item
                  && item.type() == UpdateType.SYNC_CIPHER_CREATE
              ? List.of(Message.of(item), Message.of(item.updated(LATER)))
              : List.of(Message.of(notification));
    }
    return again;
  }

  private boolean firstOf(DeviceEntry client) {
    boolean first = client.telling != number;
    client.telling = number;
    return first;
  }

  UpdateType type() {
    return message.type();
  }

  /// How many sessions it was queued for.
  long queued() {
    return queued;
  }

  /// When the governor is to be asked to release; [Long#MAX_VALUE] if that is not needed.
  long releaseAt() {
    return releaseAt;
  }
}
