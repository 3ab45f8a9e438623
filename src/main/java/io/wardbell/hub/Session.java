package io.wardbell.hub;

import io.wardbell.hub.signalr.BadMessageException;
import io.wardbell.hub.signalr.ClientMessage;
import io.wardbell.hub.signalr.Handshake;
import io.wardbell.hub.signalr.Protocol;
import io.wardbell.hub.signalr.ServerMessage;
import io.wardbell.observe.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// One connection, from the upgrade to its end. Its state belongs to the connection's I/O thread;
/// what other threads may call says so.
final class Session implements Link, Sender.Feed {
  /// A client hangs up after 30 s without a message. The hub looks twice a second.
  private static final long PING_AFTER_NANOS = Duration.ofSeconds(13).toNanos();

  /// Clients register their handlers once they have read the handshake's answer. Those of 2022 and
  /// later ping right then; the others get this long.
  private static final long READY_AFTER_NANOS = Duration.ofSeconds(1).toNanos();

  /// What was sent shortly before the client was heard, or left, may have crossed with that on its
  /// way, and the hub itself may have been late to notice.
  private static final long IN_FLIGHT_NANOS = Duration.ofSeconds(5).toNanos();

  /// How long the last messages and the close frame may take.
  private static final long FAREWELL_NANOS = Duration.ofSeconds(5).toNanos();

  private enum Stage {
    HANDSHAKE,
    OPEN,
    CLOSING,
    CLOSED
  }

  private final HubConfig limits;
  private final Clock clock;
  private final Turnstile.Place place;
  final Transport transport;
  final Lane lane;
  private final Home home;
  private final Outbox outbox;
  private final @Nullable Recipient recipient;
  private final Sender sender;
  private final Allowance allowance;

  /// Whether the client seems to have come again, on another connection, and left this one for
  /// dead.
  volatile boolean replaced;

  /// Whether it stands in its lane already.
  final AtomicBoolean inLane = new AtomicBoolean();

  // Written on the I/O thread, read by the timer, which may see them a moment late.
  private volatile Stage stage = Stage.HANDSHAKE;
  private volatile boolean ready;
  private volatile boolean pings;
  private volatile long stageSince;
  private volatile long heardAt;

  /// The client that this is a session of; null on the anonymous hub. Set once, before other
  /// threads find the session.
  volatile @Nullable DeviceEntry client;

  /// Since when the client may have been away before; [DeviceEntry#NEVER] if it was never here. Set
  /// with the client.
  volatile long since = DeviceEntry.NEVER;

  /// What the client is to be told of the time before it came; null once it was told.
  volatile @Nullable CatchUp catchUp;

  /// Whether the account is to be asked about again once the model knows more: until the token's
  /// stamp was found to be the account's. Any thread.
  volatile boolean unsettled = true;

  private Protocol protocol = Protocol.MESSAGE_PACK;
  private CloseReason why = CloseReason.CONNECTION_LOST;
  private @Nullable Message logOut;
  private volatile boolean orderly;
  private boolean owing;
  private boolean saidGoodbye;

  Session(
      HubConfig limits,
      Clock clock,
      Turnstile.Place place,
      Transport transport,
      Lane lane,
      Home home) {
    this.limits = limits;
    this.clock = clock;
    this.place = place;
    this.transport = transport;
    this.lane = lane;
    this.home = home;
    this.outbox = new Outbox(limits.outboxMessagesMax(), limits.outboxBytesMax());
    this.recipient =
        place.caller instanceof Caller.Account(var principal)
            ? new Recipient(principal.user().toString())
            : null;
    this.sender = new Sender(transport, clock, this);
    long now = clock.nanoTime();
    stageSince = now;
    heardAt = now;
    allowance = new Allowance(limits.inboundPerMinuteMax(), now);
  }

  /// Any thread.
  Caller caller() {
    return place.caller;
  }

  /// Puts a message into the outbox, and has the I/O thread send it. Any thread.
  ///
  /// @return false if it was dropped
  boolean offer(Message message) {
    boolean taken = outbox.offer(message);
    lane.wake(this);
    return taken;
  }

  /// Whether the client is ready to be told what it missed. Any thread.
  boolean ready() {
    return ready;
  }

  /// Up to when the client is known to have got all it was sent: some seconds before it left, if it
  /// left in good order; else before it was last heard. Any thread.
  long lastSeenNanos() {
    return (orderly ? clock.nanoTime() : heardAt) - IN_FLIGHT_NANOS;
  }

  /// Whether the session ended before its client got all that was meant for it.
  boolean owing() {
    return owing || !(catchUp == null || catchUp instanceof CatchUp.Nothing);
  }

  @Override
  public void received(byte[] data, boolean text) {
    long now = clock.nanoTime();
    heardAt = now;
    if (!allowance.take(now)) {
      end(CloseReason.TOO_MANY_MESSAGES);
      return;
    }
    switch (stage) {
      case HANDSHAKE -> shakeHands(data);
      case OPEN -> read(data, text);
      case CLOSING, CLOSED -> {}
    }
  }

  @Override
  public void receivedTooMuch() {
    if (stage == Stage.HANDSHAKE) {
      refuse(Handshake.Refused.UNREADABLE, CloseReason.HANDSHAKE_REFUSED);
    } else {
      end(CloseReason.BAD_MESSAGE);
    }
  }

  private void shakeHands(byte[] data) {
    switch (Handshake.read(data)) {
      case Handshake.Refused refused -> refuse(refused, CloseReason.HANDSHAKE_REFUSED);
      case Handshake.Accepted(Protocol chosen, byte[] rest) -> {
        protocol = chosen;
        place.handshakeDone();
        enter(Stage.OPEN);
        sender.first(new Sender.Frame(Handshake.Accepted.answer(), chosen.text()));
        if (logOut != null) {
          sayLogOut(logOut);
        } else {
          drain();
        }
        if (rest.length > 0) {
          read(rest, chosen.text());
        }
      }
    }
  }

  private void refuse(Handshake.Refused refused, CloseReason reason) {
    sender.first(new Sender.Frame(refused.answer(), true));
    close(reason);
  }

  private void read(byte[] data, boolean text) {
    // Microsoft's client for Java sends JSON in binary messages; MessagePack is no text.
    if (text && !protocol.text()) {
      end(CloseReason.BAD_MESSAGE);
      return;
    }
    try {
      for (ClientMessage message : protocol.decode(data)) {
        if (stage != Stage.OPEN) {
          return;
        }
        answer(message);
      }
    } catch (BadMessageException e) {
      end(CloseReason.BAD_MESSAGE);
    }
  }

  private void answer(ClientMessage message) {
    switch (message) {
      case ClientMessage.Ping() -> {
        pings = true;
        replaced = false;
        becomeReady();
      }
      case ClientMessage.Close() -> {
        orderly = true;
        close(CloseReason.CLIENT_LEFT);
      }
      case ClientMessage.Invocation(var id, String target) -> {
        if (id != null) {
          say(ServerMessage.Completion.unknownMethod(id, target));
        }
      }
      case ClientMessage.StreamInvocation(String id, String target) ->
          say(ServerMessage.Completion.unknownMethod(id, target));
      case ClientMessage.Other _ -> {}
    }
  }

  private void becomeReady() {
    if (!ready) {
      ready = true;
      home.ready(this);
      drain();
    }
  }

  private void say(ServerMessage message) {
    if (sender.first(new Sender.Frame(protocol.encode(message), protocol.text()))) {
      drain();
    } else {
      close(CloseReason.TOO_MANY_MESSAGES);
    }
  }

  /// Whether [#attend] has something to do. The timer.
  boolean wantsAttention(long now) {
    long inStage = now - stageSince;
    return switch (stage) {
      case HANDSHAKE -> inStage > TimeUnit.SECONDS.toNanos(limits.handshakeSeconds());
      case OPEN ->
          (!ready && inStage >= READY_AFTER_NANOS)
              || now - sender.sentAt() >= PING_AFTER_NANOS
              || sender.stuck(now, limits.slowSeconds())
              || (pings && now - heardAt > TimeUnit.SECONDS.toNanos(limits.silenceSeconds()));
      case CLOSING -> inStage > FAREWELL_NANOS;
      case CLOSED -> false;
    };
  }

  /// Does what the time asks for: ping, give up, hang up.
  void attend() {
    long now = clock.nanoTime();
    if (!wantsAttention(now)) {
      return; // something came meanwhile
    }
    switch (stage) {
      case HANDSHAKE -> refuse(Handshake.Refused.LATE, CloseReason.HANDSHAKE_LATE);
      case OPEN -> attendOpen(now);
      case CLOSING -> abort();
      case CLOSED -> {}
    }
  }

  private void attendOpen(long now) {
    if (sender.stuck(now, limits.slowSeconds())) {
      why = CloseReason.SLOW;
      abort();
    } else if (pings && now - heardAt > TimeUnit.SECONDS.toNanos(limits.silenceSeconds())) {
      end(CloseReason.SILENT);
    } else {
      if (!ready && now - stageSince >= READY_AFTER_NANOS) {
        becomeReady();
      }
      if (!sender.sending() && now - sender.sentAt() >= PING_AFTER_NANOS) {
        say(new ServerMessage.Ping());
      }
    }
  }

  /// Tells the client to log out, then hangs up; after the handshake if that is still to come.
  void logOut(Message message) {
    switch (stage) {
      case HANDSHAKE -> logOut = message;
      case OPEN -> sayLogOut(message);
      case CLOSING, CLOSED -> {}
    }
  }

  private void sayLogOut(Message message) {
    if (stage == Stage.OPEN) {
      sender.first(new Sender.Frame(message.bytes(protocol, recipient), protocol.text()));
      end(CloseReason.LOGGED_OUT);
    }
  }

  /// Makes room for a newer one. Before its handshake nobody would read why.
  void giveWay() {
    if (stage == Stage.HANDSHAKE) {
      why = CloseReason.REPLACED;
      abort();
    } else {
      end(CloseReason.REPLACED);
    }
  }

  void end(CloseReason reason) {
    if (stage == Stage.OPEN) {
      sender.first(
          new Sender.Frame(
              protocol.encode(new ServerMessage.Close(reason.error())), protocol.text()));
    }
    close(reason);
  }

  private void close(CloseReason reason) {
    if (stage == Stage.CLOSING || stage == Stage.CLOSED) {
      return;
    }
    why = reason;
    owing |= sender.sending();
    owing |= outbox.shut();
    place.handshakeDone();
    enter(Stage.CLOSING);
    drain();
  }

  private void abort() {
    transport.abort();
    closed(false);
  }

  @Override
  public void closed(boolean byClient) {
    if (stage == Stage.CLOSED) {
      return;
    }
    if (stage != Stage.CLOSING) {
      owing |= sender.sending();
      if (byClient) {
        orderly = true;
        why = CloseReason.CLIENT_LEFT;
      }
    }
    enter(Stage.CLOSED);
    owing |= outbox.shut();
    sender.clear();
    place.release();
    home.gone(this, why);
  }

  private void enter(Stage next) {
    stageSince = clock.nanoTime();
    stage = next;
  }

  /// Sends what waits, as far as the connection takes it.
  void drain() {
    sender.drain();
  }

  @Override
  public Sender.@Nullable Frame next() {
    if (stage != Stage.OPEN || (!ready && recipient == null)) {
      return null;
    }
    if (outbox.overflowed()) {
      home.fellBehind(this);
    }
    Message message = outbox.poll();
    if (message == null) {
      return null;
    }
    home.sending(message);
    return new Sender.Frame(message.bytes(protocol, recipient), protocol.text());
  }

  @Override
  public void allSent() {
    if (stage == Stage.CLOSING && !saidGoodbye) {
      saidGoodbye = true;
      transport.close(why.wsCode(), why.phrase());
    }
  }

  @Override
  public void broken() {
    abort();
  }
}
