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
import io.wardbell.observe.Stage;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All open sessions, and the way in for notifications.
///
/// Deliveries come from one thread and leave to each session in that order. Nothing here waits for
/// a client: a message is put into an outbox, and the connection's own I/O thread sends it.
/// Delivery is at most once; a client that may have missed something is told to sync.
public final class Hub implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Hub.class);
  private static final Duration FAREWELL = Duration.ofSeconds(5);

  private final HubConfig config;
  private final AccountView accounts;
  private final Metrics metrics;
  private final Clock clock;
  private final Turnstile turnstile;
  private final Registry registry;
  private final SyncGovernor governor;
  private final WaitingRoom waitingRoom;
  private final Set<Session> all = ConcurrentHashMap.newKeySet();
  private final ConcurrentHashMap<Executor, Lane> lanes = new ConcurrentHashMap<>();
  private final Home home = new Reception();
  private final Timekeeper timekeeper;
  private volatile boolean stopped;

  /// When the first model came, before which nobody was told anything.
  private volatile long toldSince = DeviceEntry.NEVER;

  private long tellings; // the delivering thread's

  /// @param accounts the state of accounts, as far as it is known
  public Hub(HubConfig config, AccountView accounts, Metrics metrics, Clock clock) {
    this.config = config;
    this.accounts = accounts;
    this.metrics = metrics;
    this.clock = clock;
    turnstile = new Turnstile(config);
    waitingRoom = new WaitingRoom(clock);
    registry = new Registry(config.rememberedUsersMax());
    governor = new SyncGovernor(config.burstMessagesMax(), clock, accounts, this::push);
    timekeeper = new Timekeeper(clock, new Duties());
    metrics.gauge("sessions", "Open WebSocket sessions", all::size);
    metrics.gauge(
        "connections", "Connections admitted, open or about to be", turnstile::connections);
    metrics.gauge("syncs.waiting", "Clients that wait to be told to sync", governor::waiting);
    metrics.gauge("users.remembered", "Accounts without a session remembered", registry::idle);
  }

  /// Starts the thread that keeps the time of all sessions.
  public void start() {
    timekeeper.start();
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
    Lane lane = lanes.computeIfAbsent(transport.ioThread(), Lane::new);
    Session session = new Session(config, clock, place, transport, lane, home);
    all.add(session);
    metrics.count(Count.SESSIONS_OPENED, place.caller.hub());
    switch (place.caller) {
      case Caller.Account(Principal principal) -> {
        boolean login = principal.isFresh(clock.now());
        Session[] ofUser = registry.add(principal, login, session, clock.nanoTime());
        for (int i = 0; i < ofUser.length - config.connectionsPerUserMax(); i++) {
          ofUser[i].lane.execute(ofUser[i]::giveWay);
        }
        // After it is registered: a change from here on finds it.
        settle(session, principal);
        decideCatchUp(session, registry.toldAt(principal.user()));
      }
      case Caller.Waiting(var token) -> {
        if (token != null && !token.isBlank()) {
          waitingRoom.add(Id.of(token), session);
        }
      }
    }
    timekeeper.sessionOpened();
    if (stopped) {
      hangUp(session, CloseReason.STOPPING);
    }
    return session;
  }

  /// What changed before the first model was told to nobody: whoever was here until then may have
  /// missed it, and whoever is told to sync before it comes may miss what follows.
  private void decideCatchUp(Session session, long toldAt) {
    DeviceEntry client = session.client;
    if (client == null) {
      return;
    }
    if (accounts.asOf() == null) {
      session.catchUp = new CatchUp.AskLater();
    } else if (client.owed()) {
      session.catchUp = new CatchUp.Missed();
    } else {
      long since = session.since < toldSince ? DeviceEntry.NEVER : session.since;
      session.catchUp = CatchUp.of(since, toldAt, client.user, accounts, clock);
    }
  }

  /// Hands a notification to those who get it. The pipeline's thread.
  public void deliver(Delivery delivery) {
    Notification notification = delivery.notification();
    switch (delivery.audience()) {
      case Audience.Users(var users) -> {
        long now = clock.nanoTime();
        Telling telling = telling(notification, now);
        for (Id<Kind.User> user : users) {
          Session[] sessions =
              notification instanceof Notification.OfAuthRequest
                  ? registry.of(user)
                  : registry.told(user, now);
          for (Session session : sessions) {
            telling.tell(session);
          }
        }
        done(telling);
      }
      case Audience.JustSynced(var users, var within, var orTold) -> {
        long now = clock.nanoTime();
        Telling telling = telling(notification, now);
        for (Id<Kind.User> user : users) {
          for (Session session : registry.told(user, now)) {
            telling.tellAgain(session, now - within.toNanos(), orTold);
          }
        }
        done(telling);
      }
      case Audience.EveryoneJustSynced(var within) -> {
        long now = clock.nanoTime();
        registry.everyoneTold(now);
        Telling telling = telling(notification, now);
        registry.each(session -> telling.tellAgain(session, now - within.toNanos(), true));
        done(telling);
      }
      case Audience.StaleSessions stale -> logOut(stale, notification);
      case Audience.Anonymous(var request) -> {
        count(notification.type(), waitingRoom.approve(request, Message.anonymous(notification)));
      }
      case Audience.Everyone() -> {
        long now = clock.nanoTime();
        registry.everyoneTold(now);
        Telling telling = telling(notification, now);
        registry.each(telling::tell);
        done(telling);
      }
    }
  }

  private Telling telling(Notification notification, long now) {
    return new Telling(notification, governor, this::push, ++tellings, now);
  }

  private void done(Telling telling) {
    count(telling.type(), telling.queued());
    timekeeper.dueAt(telling.releaseAt());
  }

  private int push(Session session, Message message) {
    return session.offer(message) ? 1 : 0;
  }

  /// The governor's way out.
  private void push(DeviceEntry client, Message message) {
    long queued = 0;
    for (Session session : client.sessions) {
      queued += push(session, message);
    }
    count(message.type(), queued);
  }

  private void ask(DeviceEntry client, UpdateType type) {
    timekeeper.dueAt(governor.ask(client, type));
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
        // The stamp of one that was never current may be one that is yet to be heard of.
        if (!session.unsettled || stale.currentStamp() == null || !newerThanModel(principal)) {
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
    DeviceEntry client = session.client;
    if (client != null && client.sessions.length == 1) { // another may be of a newer login
      governor.cancel(client);
    }
    count(message.type(), 1);
    session.lane.execute(() -> session.logOut(message));
  }

  /// Asks again about all accounts: to be called when the model has become complete, for the first
  /// time or again. Any thread.
  public void recheckAccounts() {
    if (toldSince == DeviceEntry.NEVER) {
      toldSince = clock.nanoTime();
    }
    registry.each(session -> {
      if (session.caller() instanceof Caller.Account(Principal principal)) {
        settle(session, principal);
      }
      if (session.catchUp instanceof CatchUp.AskLater) {
        session.lane.execute(() -> askedLater(session));
      }
    });
  }

  private void askedLater(Session session) {
    if (session.catchUp instanceof CatchUp.AskLater) {
      decideCatchUp(session, DeviceEntry.NEVER); // what it was told since, it has got
      if (session.ready()) {
        home.ready(session);
      }
    }
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
    session.lane.execute(() -> session.end(reason));
  }

  /// What the timer does, for a test in its place.
  Timekeeper.Duties duties() {
    return new Duties();
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
    long giveUp = clock.nanoTime() + FAREWELL.toNanos();
    while (!all.isEmpty() && clock.nanoTime() < giveUp && !Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(this, Duration.ofMillis(10).toNanos());
    }
    all.forEach(session -> session.transport.abort());
    timekeeper.close();
    LOG.info("Closed {} sessions", count);
  }

  /// What the timekeeper does.
  private final class Duties implements Timekeeper.Duties {
    @Override
    public long release() {
      return governor.release();
    }

    @Override
    public boolean anySessions() {
      return !all.isEmpty();
    }

    @Override
    public void look() {
      long now = clock.nanoTime();
      for (Session session : all) {
        if (session.wantsAttention(now)) {
          session.lane.execute(session::attend);
        }
        if (session.unsettled && session.caller() instanceof Caller.Account(Principal principal)) {
          settle(session, principal);
        }
      }
    }
  }

  /// What sessions tell the hub.
  private final class Reception implements Home {
    @Override
    public void ready(Session session) {
      DeviceEntry client = session.client;
      CatchUp catchUp = session.catchUp;
      if (client == null || catchUp == null || catchUp instanceof CatchUp.AskLater) {
        return;
      }
      session.catchUp = null;
      // Another session may have ended since this one came, and left something unsent.
      (client.takeOwed() ? new CatchUp.Missed() : catchUp)
          .type()
          .ifPresent(type -> ask(client, type));
    }

    @Override
    public void sending(Message message) {
      if (message.isTimedNow()) {
        metrics.took(Stage.ROUTED_TO_SENT, clock.nanoTime() - message.madeAt());
      }
    }

    @Override
    public void fellBehind(Session session) {
      DeviceEntry client = session.client;
      if (client != null) {
        ask(client, UpdateType.SYNC_ORGANIZATIONS);
      }
    }

    /// What one session leaves unsent is told on another of the client, if there is one that does
    /// not ask for itself when it becomes ready.
    private void left(DeviceEntry client, boolean owing) {
      if (owing) {
        client.owe();
      }
      if (client.sessions.length == 0 && governor.cancel(client)) {
        client.owe();
      }
      for (Session other : client.sessions) {
        if (other.ready() && other.catchUp == null && client.takeOwed()) {
          ask(client, UpdateType.SYNC_ORGANIZATIONS);
        }
      }
    }

    @Override
    public void gone(Session session, CloseReason why) {
      all.remove(session);
      switch (session.caller()) {
        case Caller.Account _ -> {
          DeviceEntry client = session.client;
          if (client != null) {
            registry.remove(client, session, session.lastSeenNanos());
            left(client, session.owing());
          }
        }
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
