package io.wardbell.hub;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.notification.UpdateType;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One client of one account, across its connections: when it was last here, and when it was last
/// told to sync. What belongs to whom is said at each field.
final class DeviceEntry {
  /// Stands for a time that is not known.
  static final long NEVER = Long.MIN_VALUE;

  final Id<Kind.User> user;
  final String device;

  /// Its open sessions, oldest first. Written by the registry, one writer at a time; not to be
  /// written to by others.
  volatile Session[] sessions = {};

  /// When its last session is known to have been there. The registry's.
  volatile long leftAt = NEVER;

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

  // The governor's, under its lock.
  @Nullable UpdateType wanted;
  @Nullable Instant revisionAtSync;
  long due;
  boolean queued;
  int trailing;
  long heldAt;
  long heldUntil;

  DeviceEntry(Id<Kind.User> user, String device) {
    this.user = user;
    this.device = device;
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
