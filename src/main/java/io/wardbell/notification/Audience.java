package io.wardbell.notification;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.id.StampHash;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who is told, resolved to user ids: the hub never asks why.
public sealed interface Audience {
  /// Every session of these users.
  record Users(Set<Id<Kind.User>> users) implements Audience {
    /// A defensive copy, without duplicates: a user is told once however many paths lead to him.
    public Users {
      users = Set.copyOf(users);
    }

    /// One user.
    public static Users of(Id<Kind.User> user) {
      return new Users(Set.of(user));
    }
  }

  /// The sessions of these users whose clients may have been reading a sync within that time,
  /// because they were told to or had just logged in: what they read may never have been meant.
  ///
  /// @param orTold whether it is enough that they were told of anything: some sync at that
  record JustSynced(Set<Id<Kind.User>> users, Duration within, boolean orTold) implements Audience {
    /// A defensive copy.
    public JustSynced {
      users = Set.copyOf(users);
    }
  }

  /// Likewise all sessions, whoever they are of: only after a gap.
  record EveryoneJustSynced(Duration within) implements Audience {}

  /// The sessions of one user whose token carries another stamp than this; all of them if it is
  /// null (the account is disabled or gone). They are closed after the message.
  record StaleSessions(Id<Kind.User> user, @Nullable StampHash currentStamp) implements Audience {}

  /// Those who wait for the answer to one login request on the anonymous hub.
  record Anonymous(Id<Kind.AuthRequest> request) implements Audience {}

  /// Every session: only after a gap with more differences than are worth telling one by one.
  record Everyone() implements Audience {}
}
