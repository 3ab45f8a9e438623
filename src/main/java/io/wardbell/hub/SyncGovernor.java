package io.wardbell.hub;

import io.wardbell.auth.AccountView;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import io.wardbell.observe.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Lets messages through that make a client download everything, so that the vault server is not
/// run over by its own clients, and no client misses a change by being told too early.
///
/// A client that is told to sync while a sync is running shares the running one, and then believes
/// that it is up to date. Therefore two such messages to one client are ten seconds apart. The
/// answer to a sync replaces all that a client has, so what it is told about items in the ten
/// seconds after such a message is told once more then ([Repeats]). Whoever logs in syncs unasked,
/// and is treated alike; if it is told to sync meanwhile, it is told so again. In the whole process
/// they go out one after the other, at most fifty a second.
///
/// Of a burst of messages about items a client gets the first few ([ItemBurst]). The others are
/// kept from it, and it is told to sync once they have stopped for two seconds; while they do not
/// stop, at the latest after ten seconds, then after twenty, forty and eighty.
///
/// Clients of 2020 to 2024 ignore SyncOrganizations (17): where the account's revision date moved,
/// SyncVault (5) follows it. Never the other way round: the check that 5 starts would swallow the
/// 17.
///
/// Any thread; one lock, never held while something is sent. What is queued is bounded by the open
/// sessions.
final class SyncGovernor {
  static final long SPACING_NANOS = Duration.ofSeconds(10).toNanos();

  /// A client whose vault is changed in bulk all the time would sync every ten seconds for ever:
  /// each sync that only follows items doubles the distance to the next, up to this many times.
  private static final int TRAILING_DOUBLINGS = 3;

  /// A bulk operation's statements follow each other within milliseconds: after this long it is
  /// over.
  static final long QUIET_NANOS = Duration.ofSeconds(2).toNanos();

  /// More than this are not told once more: to sync is cheaper.
  private static final int REPEATS_MAX = 20;

  private static final long CALM_NANOS = Duration.ofMinutes(2).toNanos();
  private static final long EACH_NANOS = Duration.ofSeconds(1).toNanos() / 50;
  private static final long BURST_NANOS = 10 * EACH_NANOS;
  private static final Duration RECENT = Duration.ofHours(24);

  /// Longer than a client takes to have its sync read by the server.
  private static final long READ_NANOS = Duration.ofSeconds(3).toNanos();

  /// Sends a message to a client's sessions.
  interface Outlet {
    void send(DeviceEntry client, Message message);
  }

  /// Whether a message about an item goes to a client.
  ///
  /// @param releaseAt when [#release] is to be called; [Long#MAX_VALUE] if that is not needed
  record Pass(boolean goes, long releaseAt) {
    private static final Pass FREE = new Pass(true, Long.MAX_VALUE);
  }

  private record Release(DeviceEntry client, List<Message> messages) {}

  private final int burstMax;
  private final Clock clock;
  private final AccountView accounts;
  private final Outlet outlet;
  private final PriorityQueue<DeviceEntry> queue =
      new PriorityQueue<>(Comparator.comparingLong(client -> client.due));
  private long paidUntil;

  /// @param burstMax how many messages of a burst a client gets at once
  SyncGovernor(int burstMax, Clock clock, AccountView accounts, Outlet outlet) {
    this.burstMax = burstMax;
    this.clock = clock;
    this.accounts = accounts;
    this.outlet = outlet;
    this.paidUntil = clock.nanoTime() - BURST_NANOS;
  }

  /// Whether messages of this type have to come through here.
  static boolean governs(UpdateType type) {
    return switch (type) {
      case SYNC_CIPHERS, SYNC_VAULT, SYNC_SETTINGS, SYNC_ORGANIZATIONS -> true;
      case SYNC_CIPHER_UPDATE,
          SYNC_CIPHER_CREATE,
          SYNC_LOGIN_DELETE,
          SYNC_FOLDER_DELETE,
          SYNC_FOLDER_CREATE,
          SYNC_FOLDER_UPDATE,
          LOG_OUT,
          SYNC_SEND_CREATE,
          SYNC_SEND_UPDATE,
          SYNC_SEND_DELETE,
          AUTH_REQUEST,
          AUTH_REQUEST_RESPONSE ->
          false;
    };
  }

  /// Has a client told to sync, as soon as it may be.
  ///
  /// @return when [#release] is to be called; [Long#MAX_VALUE] if that is not needed
  long ask(DeviceEntry client, UpdateType type) {
    long now = clock.nanoTime();
    synchronized (this) {
      client.wanted =
          client.repeats.isEmpty()
              ? merged(client.wanted, type)
              : UpdateType.SYNC_ORGANIZATIONS; // whatever the account's date says: in their place
      client.trailing = 0;
      client.heldUntil = now;
      enqueue(client, spaced(client, now));
    }
    return release();
  }

  /// Has a client told to sync once more if it may have been reading a sync since then. The thread
  /// that delivers.
  ///
  /// @param orTold whether it is enough that it was told of anything: rbw and Keyguard sync then
  /// @return when [#release] is to be called; [Long#MAX_VALUE] if that is not needed
  long askAgain(DeviceEntry client, UpdateType type, long since, boolean orTold) {
    long syncedAt = orTold ? Math.max(lastSync(client), client.toldAt) : lastSync(client);
    return syncedAt != DeviceEntry.NEVER && syncedAt + READ_NANOS - since >= 0
        ? ask(client, type)
        : Long.MAX_VALUE;
  }

  private static UpdateType merged(@Nullable UpdateType known, UpdateType added) {
    if (known == null || known == added) {
      return added;
    }
    return known == UpdateType.SYNC_ORGANIZATIONS || added == UpdateType.SYNC_ORGANIZATIONS
        ? UpdateType.SYNC_ORGANIZATIONS
        : UpdateType.SYNC_VAULT;
  }

  private void enqueue(DeviceEntry client, long due) {
    if (client.queued) {
      if (due >= client.due) {
        return;
      }
      queue.remove(client);
    }
    client.due = due;
    client.queued = true;
    queue.add(client);
  }

  /// Decides whether a client is told of an item. Cheap, unless it was told to sync just before, or
  /// is told of many. The thread that delivers.
  ///
  /// @param again what it may have to be told once more
  Pass item(DeviceEntry client, Supplier<List<Message>> again, long now) {
    if (client.held || !client.burst.take(now, burstMax)) {
      return new Pass(false, hold(client, now));
    }
    long syncedAt = lastSync(client);
    boolean spaced = syncedAt == DeviceEntry.NEVER || now - syncedAt > SPACING_NANOS;
    if (spaced && client.repeats.isEmpty()) {
      return Pass.FREE;
    }
    synchronized (this) {
      if (client.wanted != null) {
        client.wanted = UpdateType.SYNC_ORGANIZATIONS;
      } else if (!spaced || !client.repeats.isEmpty()) { // what waits must not overtake this
        again.get().forEach(client.repeats::add);
        if (client.repeats.size() > REPEATS_MAX) {
          client.repeats.clear();
          client.wanted = UpdateType.SYNC_ORGANIZATIONS;
        }
        enqueue(client, lastSync(client) + SPACING_NANOS);
      }
      return new Pass(true, client.due);
    }
  }

  /// When it was last told to sync, or did so by itself at a login; [DeviceEntry#NEVER] if neither.
  private static long lastSync(DeviceEntry client) {
    return Math.max(client.syncedAt, client.loggedInAt);
  }

  /// How long until a sync that follows items, each time longer.
  private static long further(DeviceEntry client) {
    long distance = SPACING_NANOS << client.trailing;
    client.trailing = Math.min(client.trailing + 1, TRAILING_DOUBLINGS);
    return distance;
  }

  private synchronized long hold(DeviceEntry client, long now) {
    client.heldAt = now;
    if (!client.held) {
      client.held = true;
      client.heldUntil = client.wanted != null ? client.due : now + further(client);
      client.wanted = UpdateType.SYNC_ORGANIZATIONS;
      enqueue(client, Math.max(now + QUIET_NANOS, spaced(client, now)));
    }
    return client.due;
  }

  private static long spaced(DeviceEntry client, long now) {
    return client.syncedAt == DeviceEntry.NEVER ? now : client.syncedAt + SPACING_NANOS;
  }

  /// Forgets what a client was to be told: it is about to log out, or all its sessions are gone.
  ///
  /// @return whether there was something
  synchronized boolean cancel(DeviceEntry client) {
    boolean waited = client.queued;
    client.wanted = null;
    client.held = false;
    client.repeats.clear();
    if (waited) {
      client.queued = false;
      queue.remove(client);
    }
    return waited;
  }

  /// Lets through what may go now.
  ///
  /// @return when to call this again; [Long#MAX_VALUE] if nothing waits
  long release() {
    List<Release> released = new ArrayList<>(1);
    long next;
    synchronized (this) {
      next = take(clock.nanoTime(), released);
    }
    for (Release release : released) {
      release.messages().forEach(message -> outlet.send(release.client(), message));
    }
    return next;
  }

  private long take(long now, List<Release> released) {
    paidUntil = Math.max(paidUntil, now - BURST_NANOS);
    DeviceEntry first = queue.peek();
    while (first != null && first.due <= now && paidUntil + EACH_NANOS <= now) {
      queue.remove();
      first.queued = false;
      if (first.held && now < quietAt(first)) {
        enqueue(first, quietAt(first));
        first = queue.peek();
        continue;
      }
      first.held = false;
      int sessions = first.sessions.length;
      UpdateType wanted = first.wanted;
      first.wanted = null;
      List<Message> repeats = first.repeats.take();
      if (sessions > 0 && wanted != null) {
        paidUntil += EACH_NANOS * sessions;
        if (first.syncedAt != DeviceEntry.NEVER && now - first.syncedAt > CALM_NANOS) {
          first.trailing = 0;
        }
        first.syncedAt = now;
        released.add(new Release(first, sync(first, wanted)));
        if (first.loggedInAt != DeviceEntry.NEVER && now - first.loggedInAt < SPACING_NANOS) {
          first.wanted = UpdateType.SYNC_ORGANIZATIONS;
          enqueue(first, now + SPACING_NANOS);
        }
      } else if (sessions > 0) {
        released.add(new Release(first, repeats));
      }
      first = queue.peek();
    }
    return first == null ? Long.MAX_VALUE : Math.max(first.due, paidUntil + EACH_NANOS);
  }

  private static long quietAt(DeviceEntry client) {
    return Math.min(client.heldAt + QUIET_NANOS, client.heldUntil);
  }

  private List<Message> sync(DeviceEntry client, UpdateType wanted) {
    AccountView.Account account = accounts.account(client.user);
    Message message = message(wanted);
    if (account == null) {
      return List.of(message);
    }
    Instant revision = account.revisionDate();
    Instant before = client.revisionAtSync;
    client.revisionAtSync = revision;
    boolean moved =
        before == null ? revision.isAfter(clock.now().minus(RECENT)) : revision.isAfter(before);
    return wanted == UpdateType.SYNC_ORGANIZATIONS && moved
        ? List.of(message, message(UpdateType.SYNC_VAULT))
        : List.of(message);
  }

  private Message message(UpdateType type) {
    return Message.of(new Notification.OfAccount(type, clock.now()));
  }

  /// How many clients wait to be told.
  synchronized int waiting() {
    return queue.size();
  }
}
