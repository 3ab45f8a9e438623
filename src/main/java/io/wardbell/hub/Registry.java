package io.wardbell.hub;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// The sessions of each account. Any thread; reading never waits.
final class Registry {
  private static final Session[] NONE = {};

  private final ConcurrentHashMap<Id<Kind.User>, Session[]> sessions = new ConcurrentHashMap<>();

  /// Adds a session.
  ///
  /// @return all sessions of the account, oldest first
  Session[] add(Id<Kind.User> user, Session session) {
    return sessions.merge(user, new Session[] {session}, Registry::joined);
  }

  private static Session[] joined(Session[] old, Session[] added) {
    Session[] all = Arrays.copyOf(old, old.length + 1);
    all[old.length] = added[0];
    return all;
  }

  void remove(Id<Kind.User> user, Session session) {
    sessions.computeIfPresent(
        user,
        (_, old) -> {
          Session[] rest =
              Arrays.stream(old).filter(other -> other != session).toArray(Session[]::new);
          return rest.length == 0 ? null : rest;
        });
  }

  /// The sessions of an account, oldest first: not to be written to.
  Session[] of(Id<Kind.User> user) {
    return sessions.getOrDefault(user, NONE);
  }

  void each(Consumer<Session> action) {
    for (Session[] some : sessions.values()) {
      for (Session session : some) {
        action.accept(session);
      }
    }
  }
}
