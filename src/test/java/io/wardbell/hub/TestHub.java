package io.wardbell.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.KnownAccounts;
import io.wardbell.ManualClock;
import io.wardbell.auth.Principal;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.id.StampHash;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import io.wardbell.observe.Metrics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A hub with connections in memory and a clock that the test moves, and words for what users and
/// the pipeline do.
final class TestHub {
  static final String ANN = "00000000-0000-4000-8000-00000000000a";
  static final String BOB = "00000000-0000-4000-8000-00000000000b";
  private static final Pattern TYPE = Pattern.compile("\"Type\":(\\d+)");

  final ManualClock clock = new ManualClock();
  final KnownAccounts accounts = new KnownAccounts();
  final Metrics metrics = new Metrics();
  final Hub hub;
  private final List<FakeTransport> transports = new ArrayList<>();

  TestHub() {
    this(20);
  }

  TestHub(int connections) {
    hub =
        new Hub(
            new HubConfig(
                connections,
                connections,
                connections,
                2,
                5,
                15,
                1024,
                1000,
                32,
                4096,
                30,
                60,
                100,
                10),
            accounts,
            metrics,
            clock);
    accounts.put(ANN, "stamp");
    accounts.put(BOB, "stamp");
    accounts.asOf(clock.now());
  }

  /// A client and its connection.
  record Peer(FakeTransport transport, Link link) {
    void say(String hex) {
      link.received(Wire.hex(hex), false);
      transport.run();
    }

    /// The types of the notifications since this was last asked.
    List<Integer> types() {
      List<Integer> types = new ArrayList<>();
      for (String hex : transport.taken()) {
        Matcher type = TYPE.matcher(hex.equals(Wire.OK) ? "" : Wire.json(hex));
        if (type.find()) {
          types.add(Integer.valueOf(type.group(1)));
        }
      }
      return types;
    }

    void leave() {
      transport.run();
      link.closed(true);
    }

    void breakOff() {
      transport.run();
      link.closed(false);
    }
  }

  Peer shakeHands(String user, String device) {
    return shakeHands(user, device, Duration.ofMinutes(1));
  }

  private Peer shakeHands(String user, String device, Duration tokenAge) {
    Instant issued = clock.now().minus(tokenAge);
    Caller caller =
        new Caller.Account(new Principal(Id.of(user), StampHash.of("stamp"), device, issued));
    if (accounts.account(Id.of(user)) == null && accounts.asOf() != null) {
      accounts.put(user, "stamp");
    }
    Admission admission = hub.admit(caller, "192.0.2.1");
    assertThat(admission).isInstanceOf(Admission.Ticket.class);
    FakeTransport transport = new FakeTransport();
    transports.add(transport);
    Peer peer = new Peer(transport, hub.open((Admission.Ticket) admission, transport));
    peer.link().received(Wire.handshake("messagepack"), true);
    transport.run();
    return peer;
  }

  Peer shakeHands(String user) {
    return shakeHands(user, "device");
  }

  Peer connect(String user, String device) {
    Peer peer = shakeHands(user, device);
    peer.say(Wire.PING);
    return peer;
  }

  Peer connect(String user) {
    return connect(user, "device");
  }

  /// Connects right after a login.
  Peer logIn(String user) {
    Peer peer = shakeHands(user, "device", Duration.ofSeconds(2));
    peer.say(Wire.PING);
    return peer;
  }

  /// Lets time pass, in steps as the timer would see it.
  void wait(Duration time) {
    Duration step = time.compareTo(Duration.ofSeconds(1)) < 0 ? time : Duration.ofSeconds(1);
    for (Duration gone = Duration.ZERO; gone.compareTo(time) < 0; gone = gone.plus(step)) {
      clock.advance(step);
      hub.duties().release();
      hub.duties().look();
      transports.forEach(FakeTransport::run);
    }
  }

  /// Lets time pass while these ping as clients do.
  void pingFor(Duration time, Peer... peers) {
    for (Duration gone = Duration.ZERO;
        gone.compareTo(time) < 0;
        gone = gone.plus(Duration.ofSeconds(15))) {
      wait(Duration.ofSeconds(15));
      for (Peer peer : peers) {
        peer.say(Wire.PING);
      }
    }
  }

  private void tell(Notification notification, String... users) {
    Set<Id<Kind.User>> ids = new HashSet<>();
    for (String user : users) {
      ids.add(Id.of(user));
    }
    hub.deliver(new Delivery(notification, new Audience.Users(ids)));
  }

  void tellItem(String user) {
    tell(
        new Notification.OfCipher(
            UpdateType.SYNC_CIPHER_UPDATE, Id.of("c"), Id.of(user), null, null, clock.now()),
        user);
  }

  void tellItems(String... users) {
    tell(
        new Notification.OfCipher(
            UpdateType.SYNC_CIPHER_CREATE, Id.of("c"), null, Id.of("o"), null, clock.now()),
        users);
  }

  void tellGone(String user) {
    tell(
        new Notification.OfCipher(
            UpdateType.SYNC_LOGIN_DELETE, Id.of("c"), null, Id.of("o"), null, clock.now()),
        user);
  }

  void tellFolder(String user) {
    tell(
        new Notification.OfFolder(
            UpdateType.SYNC_FOLDER_UPDATE, Id.of("f"), Id.of(user), clock.now()),
        user);
  }

  void tellSend(String user) {
    tell(
        new Notification.OfSend(UpdateType.SYNC_SEND_UPDATE, Id.of("s"), Id.of(user), clock.now()),
        user);
  }

  void tellAuthRequest(String user) {
    tell(
        new Notification.OfAuthRequest(UpdateType.AUTH_REQUEST, Id.of("a"), Id.of(user), "device"),
        user);
  }

  void tellAccount(UpdateType type, String... users) {
    tell(new Notification.OfAccount(type, clock.now()), users);
  }

  void tellJustSynced(Duration within, String... users) {
    Set<Id<Kind.User>> ids = new HashSet<>();
    for (String user : users) {
      ids.add(Id.of(user));
    }
    hub.deliver(
        new Delivery(
            new Notification.OfAccount(UpdateType.SYNC_ORGANIZATIONS, clock.now()),
            new Audience.JustSynced(ids, within, true)));
  }

  void logOut(String user, String newStamp) {
    accounts.put(user, newStamp);
    hub.deliver(
        new Delivery(
            new Notification.OfAccount(UpdateType.LOG_OUT, clock.now()),
            new Audience.StaleSessions(Id.of(user), StampHash.of(newStamp))));
  }

  /// The account's revision date is this long ago.
  void revised(String user, Duration ago) {
    accounts.put(user, "stamp", true, clock.now().minus(ago));
  }

  /// How many messages of a type were queued for sessions.
  long queued(String type) {
    Matcher count =
        Pattern.compile("wardbell_messages_queued_total\\{type=\"" + type + "\"} ([0-9.E]+)")
            .matcher(metrics.scrape());
    return count.find() ? (long) Double.parseDouble(count.group(1)) : 0;
  }
}
