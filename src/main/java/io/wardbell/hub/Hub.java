package io.wardbell.hub;

import io.wardbell.auth.AccountView;
import io.wardbell.auth.Principal;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Count;
import io.wardbell.observe.Metrics;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All open sessions, and the way in for notifications.
///
/// Deliveries come from one thread and leave to each session in that order. Nothing here waits for
/// a client: a message is put into an outbox, and the connection's own I/O thread sends it.
/// Delivery is at most once; a client that may have missed something is told to sync.
public final class Hub implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Hub.class);
  private static final long LOOK_EVERY_NANOS = Duration.ofSeconds(1).toNanos();

  private final HubConfig config;
  private final AccountView accounts;
  private final Metrics metrics;
  private final Clock clock;
  private final Turnstile turnstile;
  private final Registry registry = new Registry();
  private final WaitingRoom waitingRoom;
  private final Set<Session> all = ConcurrentHashMap.newKeySet();
  private final ConcurrentHashMap<Executor, Lane> lanes = new ConcurrentHashMap<>();
  private final Home home = new Reception();
  private volatile @Nullable Thread timer;
  private volatile boolean stopped;

  /// @param accounts the state of accounts, as far as it is known
  public Hub(HubConfig config, AccountView accounts, Metrics metrics, Clock clock) {
    this.config = config;
    this.accounts = accounts;
    this.metrics = metrics;
    this.clock = clock;
    turnstile = new Turnstile(config);
    waitingRoom = new WaitingRoom(clock);
    metrics.gauge("sessions", "Open WebSocket sessions", all::size);
    metrics.gauge(
        "connections", "Connections admitted, open or about to be", turnstile::connections);
  }

  /// Starts the thread that keeps the time of all sessions.
  public void start() {
    timer = Thread.ofPlatform().daemon().name("hub-timer").start(this::keepTime);
  }

  /// The limits in force.
  public HubConfig config() {
    return config;
  }

  /// Decides whether a caller may open a connection. Any thread.
  ///
  /// @param address the client's, as text
  public Admission admit(Caller caller, String address) {
    Admission admission = turnstile.admit(caller, address);
    if (admission instanceof Admission.Refused(_, String why)) {
      refused(why);
    }
    return admission;
  }

  /// Counts a connection that was refused before it came to [#admit].
  public void refused(String why) {
    metrics.count(Count.CONNECTIONS_REFUSED, why.toLowerCase(Locale.ROOT));
  }

  /// Opens a session on a connection that was upgraded. On the connection's I/O thread.
  ///
  /// @param ticket from [#admit]; released by the session's end
  public Link open(Admission.Ticket ticket, Transport transport) {
    Turnstile.Place place = (Turnstile.Place) ticket;
    Session session = new Session(config, clock, place, transport, home);
    all.add(session);
    metrics.count(Count.SESSIONS_OPENED, place.caller.hub());
    switch (place.caller) {
      case Caller.Account(Principal principal) -> {
        Session[] ofUser = registry.add(principal.user(), session);
        if (ofUser.length > config.connectionsPerUserMax()) {
          hangUp(ofUser[0], CloseReason.REPLACED);
        }
        // After it is registered: a change from here on finds it.
        settle(session, principal);
      }
      case Caller.Waiting(var token) -> {
        if (token != null && !token.isBlank()) {
          waitingRoom.add(Id.of(token), session);
        }
      }
    }
    Thread keeper = timer;
    if (all.size() == 1 && keeper != null) {
      LockSupport.unpark(keeper);
    }
    if (stopped) {
      hangUp(session, CloseReason.STOPPING);
    }
    return session;
  }

  /// Hands a notification to those who get it. The pipeline's thread.
  public void deliver(Delivery delivery) {
    Notification notification = delivery.notification();
    switch (delivery.audience()) {
      case Audience.Users(var users) -> {
        Message message = Message.of(notification);
        long queued = 0;
        for (Id<Kind.User> user : users) {
          for (Session session : registry.of(user)) {
            queued += push(session, message);
          }
        }
        count(notification.type(), queued);
      }
      case Audience.StaleSessions stale -> logOut(stale, notification);
      case Audience.Anonymous(var request) -> {
        var sessions = waitingRoom.approve(request, Message.anonymous(notification));
        sessions.forEach(session -> lane(session).wake(session));
        count(notification.type(), sessions.size());
      }
      case Audience.Everyone() -> {
        Message message = Message.of(notification);
        long[] queued = new long[1];
        registry.each(session -> queued[0] += push(session, message));
        count(notification.type(), queued[0]);
      }
    }
  }

  private int push(Session session, Message message) {
    boolean queued = session.offer(message);
    lane(session).wake(session);
    return queued ? 1 : 0;
  }

  private void count(UpdateType type, long queued) {
    if (queued > 0) {
      metrics.count(Count.MESSAGES_QUEUED, type.name().toLowerCase(Locale.ROOT), queued);
    }
  }

  private void logOut(Audience.StaleSessions stale, Notification notification) {
    Message message = Message.of(notification);
    for (Session session : registry.of(stale.user())) {
      if (session.caller() instanceof Caller.Account(Principal principal)
          && !principal.stamp().equals(stale.currentStamp())) {
        if (stale.currentStamp() != null && newerThanModel(principal)) {
          session.unsettled = true; // its stamp may be one that is yet to be heard of
        } else {
          logOut(session, message);
        }
      }
    }
  }

  private boolean newerThanModel(Principal principal) {
    var asOf = accounts.asOf();
    return asOf != null && principal.issuedAt().isAfter(asOf);
  }

  private void logOut(Session session, Message message) {
    session.unsettled = false;
    count(message.type(), 1);
    lane(session).execute(() -> session.logOut(message));
  }

  /// Asks again about all accounts: to be called when the model has become complete, for the first
  /// time or again. Any thread.
  public void recheckAccounts() {
    registry.each(session -> {
      if (session.caller() instanceof Caller.Account(Principal principal)) {
        settle(session, principal);
      }
    });
  }

  private void settle(Session session, Principal principal) {
    switch (principal.standing(accounts)) {
      case CURRENT -> session.unsettled = false;
      case UNKNOWN -> session.unsettled = true;
      case STALE ->
          logOut(session, Message.of(new Notification.OfAccount(UpdateType.LOG_OUT, clock.now())));
    }
  }

  private void hangUp(Session session, CloseReason reason) {
    lane(session).execute(() -> session.end(reason));
  }

  private Lane lane(Session session) {
    return lanes.computeIfAbsent(session.transport().ioThread(), Lane::new);
  }

  private void keepTime() {
    while (!stopped) {
      if (all.isEmpty()) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, LOOK_EVERY_NANOS);
      }
      tick();
    }
  }

  /// Does what the time asks for. The timer, or a test.
  void tick() {
    long now = clock.nanoTime();
    for (Session session : all) {
      if (session.wantsAttention(now)) {
        lane(session).execute(session::attend);
      }
      if (session.unsettled && session.caller() instanceof Caller.Account(Principal principal)) {
        settle(session, principal);
      }
    }
  }

  /// How many sessions are open.
  public int sessions() {
    return all.size();
  }

  /// Says goodbye to all, and lets nobody in any more. Returns when all are gone, after five
  /// seconds at the latest.
  @Override
  public void close() {
    turnstile.shut();
    stopped = true;
    int count = all.size();
    all.forEach(session -> hangUp(session, CloseReason.STOPPING));
    long giveUp = clock.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (!all.isEmpty() && clock.nanoTime() < giveUp && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(this, Duration.ofMillis(10).toNanos());
    }
    all.forEach(session -> session.transport().abort());
    Thread keeper = timer;
    if (keeper != null) {
      LockSupport.unpark(keeper);
    }
    LOG.info("Closed {} sessions", count);
  }

  /// What sessions tell the hub.
  private final class Reception implements Home {
    @Override
    public void ready(Session session) {}

    @Override
    public void fellBehind(Session session) {
      push(
          session,
          Message.of(new Notification.OfAccount(UpdateType.SYNC_ORGANIZATIONS, clock.now())));
    }

    @Override
    public void gone(Session session, CloseReason why) {
      all.remove(session);
      switch (session.caller()) {
        case Caller.Account(Principal principal) -> registry.remove(principal.user(), session);
        case Caller.Waiting(var token) -> {
          if (token != null && !token.isBlank()) {
            waitingRoom.remove(Id.of(token), session);
          }
        }
      }
      metrics.count(Count.SESSIONS_CLOSED, why.label());
    }
  }
}
