package io.wardbell.hub;

import io.wardbell.auth.Principal;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The sessions of each account, and of those without a session what they were told last. Any
/// thread. To tell an account costs one look-up and one write; it waits for nobody, unless the
/// account is new here.
final class Registry {
  private static final Session[] NONE = {};

  private final int idleMax;
  private final ConcurrentHashMap<Id<Kind.User>, UserEntry> users = new ConcurrentHashMap<>();

  /// Accounts without a session, the longest without first. Its own lock, taken last.
  private final LinkedHashMap<Id<Kind.User>, UserEntry> idle = new LinkedHashMap<>();

  private volatile long everyoneToldAt = DeviceEntry.NEVER;

  Registry(int idleMax) {
    this.idleMax = idleMax;
  }

  /// Adds a session, and lets it know its client before anybody else can find it.
  ///
  /// @param login whether its client logged in just now
  /// @param now by the monotonic clock
  /// @return all sessions of the account, oldest first: not to be written to
  Session[] add(Principal principal, boolean login, Session session, long now) {
    Id<Kind.User> user = principal.user();
    UserEntry added =
        users.compute(
            user,
            (_, known) -> {
              UserEntry entry = known;
              if (entry == null) {
                entry = new UserEntry(user);
              } else {
                synchronized (idle) {
                  idle.remove(user);
                }
              }
              DeviceEntry client = entry.device(principal.device());
              session.since = client.comes(now);
              session.client = client;
              client.loggedInAt = login ? now : client.loggedInAt;
              client.sessions = with(client.sessions, session);
              entry.sessions = with(entry.sessions, session);
              return entry;
            });
    return added.sessions;
  }

  /// Removes a session.
  ///
  /// @param seenAt when its client is known to have been there
  void remove(DeviceEntry client, Session session, long seenAt) {
    users.computeIfPresent(
        client.user,
        (user, entry) -> {
          client.sessions = without(client.sessions, session);
          client.leaves(session, seenAt);
          entry.sessions = without(entry.sessions, session);
          if (entry.sessions.length == 0) {
            synchronized (idle) {
              idle.putLast(user, entry);
            }
          }
          return entry;
        });
    forget();
  }

  private void forget() {
    while (true) {
      Map.@Nullable Entry<Id<Kind.User>, UserEntry> oldest;
      synchronized (idle) {
        oldest = idle.size() > idleMax ? idle.pollFirstEntry() : null;
      }
      if (oldest == null) {
        return;
      }
      users.computeIfPresent(
          oldest.getKey(), (_, entry) -> entry.sessions.length == 0 ? null : entry);
    }
  }

  private static Session[] with(Session[] old, Session added) {
    Session[] all = Arrays.copyOf(old, old.length + 1);
    all[old.length] = added;
    return all;
  }

  private static Session[] without(Session[] old, Session gone) {
    Session[] rest = Arrays.stream(old).filter(s -> s != gone).toArray(Session[]::new);
    return rest.length == 0 ? NONE : rest;
  }

  /// The sessions of an account, oldest first: not to be written to.
  Session[] of(Id<Kind.User> user) {
    UserEntry entry = users.get(user);
    return entry == null ? NONE : entry.sessions;
  }

  /// Notes that an account is being told of a change.
  ///
  /// @return its sessions, oldest first: not to be written to
  Session[] told(Id<Kind.User> user, long now) {
    UserEntry entry = users.get(user);
    if (entry == null) {
      if (idleMax == 0) {
        return NONE;
      }
      entry =
          users.computeIfAbsent(
              user,
              _ -> {
                UserEntry added = new UserEntry(user);
                synchronized (idle) {
                  idle.putLast(user, added);
                }
                return added;
              });
      forget();
    }
    entry.toldAt = now;
    return entry.sessions;
  }

  /// Notes that all accounts are being told of a change.
  void everyoneTold(long now) {
    everyoneToldAt = now;
  }

  /// When an account was last told of a change; [DeviceEntry#NEVER] if that is not known.
  long toldAt(Id<Kind.User> user) {
    UserEntry entry = users.get(user);
    return entry == null ? everyoneToldAt : Math.max(entry.toldAt, everyoneToldAt);
  }

  void each(Consumer<Session> action) {
    for (UserEntry entry : users.values()) {
      for (Session session : entry.sessions) {
        action.accept(session);
      }
    }
  }

  /// How many accounts without a session are remembered.
  int idle() {
    synchronized (idle) {
      return idle.size();
    }
  }
}
