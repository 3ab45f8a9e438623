package io.wardbell.sim;

import io.wardbell.auth.AccountView;
import io.wardbell.hub.HubInSimulation;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.observe.Clock;
import io.wardbell.vault.VaultChange;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// The connections of the clients to the real hub, and a look at what it is asked to tell.
final class Hub {
  private final Timeline time;
  private final HubInSimulation hub;
  private final Map<Client, Connection> connections = new HashMap<>();
  private final Map<Id<Kind.User>, VaultChange.Account> accounts = new HashMap<>();
  private Instant asOf;
  private final BiConsumer<String, String> privacy;
  int messages;

  /// @param privacy is asked about each user and each id that he is told
  Hub(Timeline time, BiConsumer<String, String> privacy) {
    this.time = time;
    this.privacy = privacy;
    Clock clock =
        new Clock() {
          @Override
          public Instant now() {
            return time.now();
          }

          @Override
          public long nanoTime() {
            return time.nanos();
          }
        };
    hub =
        new HubInSimulation(
            clock,
            (delay, action) -> time.in((delay.toNanos() + 999) / 1_000, action),
            new Accounts());
  }

  /// What the pipeline publishes of accounts.
  private final class Accounts implements AccountView {
    @Override
    public Account account(Id<Kind.User> user) {
      VaultChange.Account known = accounts.get(user);
      return known == null ? null : new Account(known.enabled(), known.stamp(), known.updatedAt());
    }

    @Override
    public Instant asOf() {
      return asOf;
    }
  }

  void account(Id<Kind.User> user, VaultChange.Account account) {
    if (account == null) {
      accounts.remove(user);
    } else {
      accounts.put(user, account);
    }
  }

  void forgetAccounts() {
    accounts.clear();
  }

  void knownAsOf(Instant commit) {
    asOf = commit;
    hub.lookSoon();
  }

  /// One user after the other in the order of their names: a set that cannot be changed has another
  /// order in each process, and a seed must play the same in all.
  void deliver(Delivery delivery) {
    Notification message = delivery.notification();
    switch (delivery.audience()) {
      case Audience.Users(var users) -> {
        SortedSet<String> names = names(users);
        time.tell("  > " + describe(message) + " to " + names);
        names.forEach(user -> mayHear(user, message));
        messages += names.size();
        names.forEach(user -> deliver(message, Audience.Users.of(Id.of(user))));
      }
      case Audience.JustSynced(var users, var within, var orTold) -> {
        SortedSet<String> names = names(users);
        time.tell("  > " + describe(message) + " to those who just synced of " + names);
        names.forEach(
            user -> deliver(message, new Audience.JustSynced(Set.of(Id.of(user)), within, orTold)));
      }
      case Audience.StaleSessions stale -> {
        time.tell("  > log out " + stale.user());
        deliver(message, stale);
      }
      // Nobody here waits for an answer, and everyone may be told to sync.
      case Audience.Anonymous _, Audience.Everyone _, Audience.EveryoneJustSynced _ ->
          deliver(message, delivery.audience());
    }
  }

  private void deliver(Notification message, Audience audience) {
    hub.deliver(new Delivery(message, audience));
  }

  private static SortedSet<String> names(Set<Id<Kind.User>> users) {
    TreeSet<String> names = new TreeSet<>();
    users.forEach(user -> names.add(user.toString()));
    return names;
  }

  private void mayHear(String user, Notification message) {
    switch (message) {
      case Notification.OfCipher cipher -> privacy.accept(user, cipher.id().toString());
      case Notification.OfFolder folder -> privacy.accept(user, folder.id().toString());
      case Notification.OfSend send -> privacy.accept(user, send.id().toString());
      case Notification.OfAccount _, Notification.OfAuthRequest _ -> {
        // Names nothing but the user.
      }
    }
  }

  void caughtUp() {
    hub.caughtUp();
  }

  /// Has a client that is logged in connect, unless it is connected.
  ///
  /// @param tokenAge how long ago it got its token
  void connect(Client client, Duration tokenAge) {
    if (client.loggedIn() && !connections.containsKey(client)) {
      time.tell("      " + client.name + " connects");
      Connection connection = new Connection(client);
      connections.put(client, connection);
      connection.end = hub.connect(client.user, client.stamp(), client.name, tokenAge, connection);
    }
  }

  /// Breaks a client's connection, with what is on its way; the hub notices later, perhaps after
  /// the client has come back.
  void cut(Client client) {
    Connection connection = connections.remove(client);
    if (connection != null) {
      time.tell("      " + client.name + " is cut off");
      connection.broken = true;
      time.in(time.between(0, 4_000), () -> connection.end.accept(false));
    }
  }

  private final class Connection implements HubInSimulation.Peer {
    private final Client client;
    private long arrival;
    private boolean broken;
    private Consumer<Boolean> end;

    Connection(Client client) {
      this.client = client;
    }

    /// A connection keeps the order.
    @Override
    public void sent(Notification message) {
      mayHear(client.user, message);
      arrival = Math.max(arrival, time.micros() + time.between(0.5, 40));
      time.in(
          arrival - time.micros(),
          () -> {
            if (!broken) {
              time.tell("      " + client.name + " receives " + describe(message));
              client.receive(message);
            }
          });
    }

    @Override
    public boolean isThere() {
      return !broken;
    }

    @Override
    public void hungUp() {
      arrival = Math.max(arrival, time.micros());
      time.in(
          arrival - time.micros() + 1,
          () -> {
            connections.remove(client, this);
            end.accept(true);
          });
    }
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
