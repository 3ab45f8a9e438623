package io.wardbell.sim;

import io.wardbell.id.StampHash;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/// A stand-in for the hub: hands messages to sessions, and keeps the rules by which the governor
/// makes clients sync: at least ten seconds between two for one user, one more after an item's
/// message within that time, and one instead of the tail of a burst.
final class Hub {
  private static final long SPACING = 10_000_000;
  private static final long BURST_WAIT = 2_000_000;
  private static final int BURST = 10;

  private static final class Governed {
    long lastSync = Long.MIN_VALUE / 2;
    UpdateType pending;
    int burst;
    long burstSince = Long.MIN_VALUE / 2;
  }

  private final Timeline time;
  private final List<Client> clients;
  private final Map<String, Governed> governed = new HashMap<>();
  private final Map<Client, Long> arrivals = new HashMap<>();
  private final BiConsumer<String, String> privacy;
  int messages;

  /// @param privacy is asked about each user and each id that he is told
  Hub(Timeline time, List<Client> clients, BiConsumer<String, String> privacy) {
    this.time = time;
    this.clients = clients;
    this.privacy = privacy;
  }

  void deliver(Delivery delivery) {
    Notification message = delivery.notification();
    switch (delivery.audience()) {
      case Audience.Users(var users) -> {
        TreeSet<String> names = new TreeSet<>();
        users.forEach(user -> names.add(user.toString()));
        time.tell("  > " + describe(message) + " to " + names);
        names.forEach(user -> user(user, message));
      }
      case Audience.StaleSessions(var user, var stamp) -> {
        time.tell("  > log out " + user);
        governed.remove(user.toString());
        for (Client client : List.copyOf(clients)) {
          if (client.user.equals(user.toString()) && !StampHash.of(client.stamp()).equals(stamp)) {
            arrive(client, message);
          }
        }
      }
      case Audience.Anonymous _ -> {
        // Nobody here waits for an answer.
      }
      case Audience.Everyone() -> {
        TreeSet<String> names = new TreeSet<>();
        clients.forEach(client -> names.add(client.user));
        names.forEach(user -> sync(user, message.type()));
      }
    }
  }

  private void user(String user, Notification message) {
    messages++;
    Governed state = governed.computeIfAbsent(user, _ -> new Governed());
    switch (message) {
      case Notification.OfAccount account -> sync(user, account.type());
      case Notification.OfCipher cipher -> item(user, state, cipher, cipher.id().toString());
      case Notification.OfFolder folder -> item(user, state, folder, folder.id().toString());
      case Notification.OfSend send -> item(user, state, send, send.id().toString());
      case Notification.OfAuthRequest request -> send(user, request);
    }
  }

  private void item(String user, Governed state, Notification message, String id) {
    privacy.accept(user, id);
    long now = time.micros();
    if (now - state.burstSince > SPACING) {
      state.burstSince = now;
      state.burst = 0;
    }
    if (++state.burst > BURST) {
      pend(user, state, UpdateType.SYNC_ORGANIZATIONS, now + BURST_WAIT);
      return;
    }
    send(user, message);
    if (now - state.lastSync < SPACING) {
      pend(user, state, UpdateType.SYNC_ORGANIZATIONS, state.lastSync + SPACING);
    }
  }

  private void sync(String user, UpdateType type) {
    Governed state = governed.computeIfAbsent(user, _ -> new Governed());
    if (state.pending == null && time.micros() - state.lastSync >= SPACING) {
      syncNow(user, state, type);
    } else {
      pend(user, state, type, state.lastSync + SPACING);
    }
  }

  private void pend(String user, Governed state, UpdateType type, long at) {
    boolean timed = state.pending != null;
    if (state.pending != UpdateType.SYNC_ORGANIZATIONS) {
      state.pending = type;
    }
    if (!timed) {
      long when = Math.max(at, state.lastSync + SPACING);
      time.in(
          when - time.micros(),
          () -> {
            if (governed.get(user) == state && state.pending != null) {
              UpdateType due = state.pending;
              state.pending = null;
              syncNow(user, state, due);
            }
          });
    }
  }

  private void syncNow(String user, Governed state, UpdateType type) {
    state.lastSync = time.micros();
    send(user, new Notification.OfAccount(type, time.now()));
    if (type == UpdateType.SYNC_ORGANIZATIONS) {
      send(user, new Notification.OfAccount(UpdateType.SYNC_VAULT, time.now()));
    }
  }

  private void send(String user, Notification message) {
    for (Client client : new ArrayList<>(clients)) {
      if (client.user.equals(user)) {
        arrive(client, message);
      }
    }
  }

  /// A connection keeps the order.
  private void arrive(Client client, Notification message) {
    long at = Math.max(arrivals.getOrDefault(client, 0L), time.micros() + time.between(0.5, 40));
    arrivals.put(client, at);
    time.in(
        at - time.micros(),
        () -> {
          time.tell("      " + client.name + " receives " + describe(message));
          client.receive(message);
        });
  }

  static String describe(Notification message) {
    String type = message.type().number() + " " + message.type();
    return switch (message) {
      case Notification.OfCipher n -> type + " " + n.id() + " at " + n.revisionDate();
      case Notification.OfFolder n -> type + " " + n.id();
      case Notification.OfSend n -> type + " " + n.id() + " at " + n.revisionDate();
      case Notification.OfAccount _ -> type;
      case Notification.OfAuthRequest n -> type + " " + n.id();
    };
  }
}
