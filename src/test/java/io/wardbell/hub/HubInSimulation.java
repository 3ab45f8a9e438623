package io.wardbell.hub;

import io.wardbell.auth.AccountView;
import io.wardbell.auth.Principal;
import io.wardbell.id.Id;
import io.wardbell.id.StampHash;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/// The real hub with connections in memory, on time that is not real: whoever makes it says what
/// time it is and runs what is due. One thread.
public final class HubInSimulation {
  /// Runs things later.
  public interface Later {
    /// In order, also without a delay.
    void in(Duration delay, Runnable action);
  }

  /// A client's end of a connection.
  public interface Peer {
    /// A notification that the hub sent just now.
    void sent(Notification notification);

    /// The hub closed the connection, behind all that it sent.
    void hungUp();

    /// Whether it still pings.
    boolean isThere();
  }

  private static final HubConfig CONFIG =
      new HubConfig(
          20_000, 100, 20_000, 25, 2_000, 15, 32_768, 300, 256, 131_072, 30, 60, 100_000, 10);

  private static final Duration LOOK_EVERY = Duration.ofMillis(500);

  private final Clock clock;
  private final Later later;
  private final Hub hub;
  private final Executor ioThread;
  private final Map<Peer, Link> links = new LinkedHashMap<>();
  private long wakesAt = Long.MAX_VALUE;
  private boolean looksSoon;

  /// On this time, with these accounts.
  public HubInSimulation(Clock clock, Later later, AccountView accounts) {
    this.clock = clock;
    this.later = later;
    hub = new Hub(CONFIG, accounts, new Metrics(), clock);
    ioThread = task -> later.in(Duration.ZERO, task);
  }

  /// As the pipeline does.
  public void deliver(Delivery delivery) {
    hub.deliver(delivery);
    keepTime();
  }

  /// The model became complete.
  public void caughtUp() {
    hub.recheckAccounts();
    keepTime();
  }

  /// The model knows more than before: what is to be looked at for that is, half a second later.
  /// Not for ever, so that there is an end to all that happens.
  public void lookSoon() {
    if (!looksSoon) {
      looksSoon = true;
      later.in(
          LOOK_EVERY,
          () -> {
            looksSoon = false;
            List.copyOf(links.entrySet())
                .forEach(entry -> {
                  if (entry.getKey().isThere()) {
                    entry.getValue().received(Wire.hex(Wire.PING), false);
                  }
                });
            hub.duties().look();
            keepTime();
          });
    }
  }

  /// A client connects, shakes hands and pings.
  ///
  /// @return ends the connection
  public Consumer<Boolean> connect(
      String user, String stamp, String device, Duration tokenAge, Peer peer) {
    Principal principal =
        new Principal(Id.of(user), StampHash.of(stamp), device, clock.now().minus(tokenAge));
    Admission admission = hub.admit(new Caller.Account(principal), "192.0.2.1");
    Link link = hub.open((Admission.Ticket) admission, new Connection(peer));
    link.received(Wire.handshake("messagepack"), true);
    link.received(Wire.hex(Wire.PING), false);
    links.put(peer, link);
    lookSoon();
    keepTime();
    return inOrder -> {
      links.remove(peer);
      link.closed(inOrder);
    };
  }

  private void keepTime() {
    long due = hub.duties().release();
    if (due < wakesAt) {
      wakesAt = due;
      later.in(
          Duration.ofNanos(Math.max(0, due - clock.nanoTime())),
          () -> {
            if (wakesAt == due) {
              wakesAt = Long.MAX_VALUE;
              keepTime();
            }
          });
    }
  }

  private final class Connection implements Transport {
    private final Peer peer;
    private boolean handshaken;

    Connection(Peer peer) {
      this.peer = peer;
    }

    @Override
    public Executor ioThread() {
      return ioThread;
    }

    @Override
    public void send(byte[] data, boolean text, Sent sent) {
      Notification notification = handshaken ? Wire.notification(data) : null;
      handshaken = true; // the first is the handshake's answer
      if (notification != null) {
        peer.sent(notification);
      }
      sent.sent(true);
    }

    @Override
    public void close(int wsCode, String phrase) {
      peer.hungUp();
    }

    @Override
    public void abort() {
      peer.hungUp();
    }
  }
}
