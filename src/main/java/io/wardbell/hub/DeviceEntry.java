package io.wardbell.hub;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.notification.UpdateType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One client of one account, across its connections: when it was last here, and when it was last
/// told to sync. What belongs to whom is said at each field.
///
/// It may be several in truth: the tabs of a browser share one name, and nobody can say which of
/// them comes back. So whoever comes is taken for the one that has been away the longest, and
/// whoever went stays away until as many have come.
final class DeviceEntry {
  /// Stands for a time that is not known.
  static final long NEVER = Long.MIN_VALUE;

  /// How many that are away are told apart; of more, the last to leave counts as here.
  private static final int AWAY_MAX = 8;

  final Id<Kind.User> user;
  final String device;

  /// Its open sessions, oldest first. Written by the registry, one writer at a time; not to be
  /// written to by others.
  volatile Session[] sessions = {};

  /// When those that are away are known to have been there last, the longest ago first. The
  /// registry's; null if nobody is away.
  private @Nullable List<Long> away;

  /// Whether it has yet to be told that it missed something. Under this entry's lock.
  private boolean owed;

  /// When it last logged in, or renewed its token, just before it connected: whoever logs in syncs.
  /// The registry's.
  volatile long loggedInAt = NEVER;

  /// When it was last told to sync. Written by the governor.
  volatile long syncedAt = NEVER;

  /// Whether messages about items are kept from it until it is told to sync. Written by the
  /// governor.
  volatile boolean held;

  // The delivering thread's.
  final ItemBurst burst = new ItemBurst();
  long telling;
  boolean lets;
  long toldAt = NEVER;

  // The governor's, under its lock.
  @Nullable UpdateType wanted;
  @Nullable Instant revisionAtSync;
  final Repeats repeats = new Repeats();
  long due;
  boolean queued;
  int trailing;
  long heldAt;
  long heldUntil;

  DeviceEntry(Id<Kind.User> user, String device) {
    this.user = user;
    this.device = device;
  }

  /// A session of it is about to be added. The registry.
  ///
  /// @return since when whoever comes may have been away; [#NEVER] if nobody was here before
  long comes(long now) {
    if (away != null) {
      away.removeIf(seen -> now - seen > CatchUp.RECENT.toNanos());
    }
    List<Long> gone = away == null ? List.of() : away;
    long since = gone.isEmpty() ? NEVER : gone.getFirst();
    Session longest = null;
    // A connection that broke may still look open, so it says no more than when it was last heard.
    for (Session session : sessions) {
      long seen = session.lastSeenNanos();
      since = since == NEVER ? seen : Math.min(since, seen);
      if (!session.replaced && (longest == null || seen < longest.lastSeenNanos())) {
        longest = session;
      }
    }
    if (!gone.isEmpty()) {
      gone.removeLast();
    } else if (longest != null) {
      longest.replaced = true;
    }
    if (gone.isEmpty()) {
      away = null;
    }
    return since;
  }

  /// A session of it was removed. The registry.
  ///
  /// @param seenAt when its client is known to have been there
  void leaves(Session session, long seenAt) {
    if (session.replaced) {
      return; // whoever it was has come already
    }
    if (away == null) {
      away = new ArrayList<>(1);
    }
    away.add(seenAt);
    Collections.sort(away);
    if (away.size() > AWAY_MAX) {
      away.removeLast();
    }
  }

  /// When the one that is away the longest was here; [#NEVER] if none is. The registry.
  long leftAt() {
    return away == null ? NEVER : away.getFirst();
  }

  /// Notes that a session ended before all got through it. Any thread.
  synchronized void owe() {
    owed = true;
  }

  /// Whether it is owed a message to sync. Any thread.
  synchronized boolean owed() {
    return owed;
  }

  /// Takes the debt over: who gets true has to see to the message. Any thread.
  synchronized boolean takeOwed() {
    boolean was = owed;
    owed = false;
    return was;
  }
}
