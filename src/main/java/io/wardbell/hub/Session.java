package io.wardbell.hub;

import io.wardbell.hub.signalr.BadMessageException;
import io.wardbell.hub.signalr.ClientMessage;
import io.wardbell.hub.signalr.Handshake;
import io.wardbell.hub.signalr.Protocol;
import io.wardbell.hub.signalr.ServerMessage;
import io.wardbell.observe.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// One connection, from the upgrade to its end. Its state belongs to the connection's I/O thread;
/// what other threads may call says so.
final class Session implements Link, Transport.Sent {
  /// A client hangs up after 30 s without a message. The hub looks once a second.
  private static final long PING_AFTER_NANOS = Duration.ofSeconds(13).toNanos();

  /// Clients register their handlers once they have read the handshake's answer. Those of 2022 and
  /// later ping right then; the others get this long.
  private static final long READY_AFTER_NANOS = Duration.ofSeconds(1).toNanos();

  /// How long the last messages and the close frame may take.
  private static final long FAREWELL_NANOS = Duration.ofSeconds(5).toNanos();

  private static final long MINUTE_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int CONTROL_MAX = 64;

  private enum Stage {
    HANDSHAKE,
    OPEN,
    CLOSING,
    CLOSED
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Frame(byte[] data, boolean text) {}

  private final HubConfig limits;
  private final Clock clock;
  private final Turnstile.Place place;
  private final Transport transport;
  private final Home home;
  private final Outbox outbox;
  private final @Nullable Recipient recipient;
  private final ArrayDeque<Frame> control = new ArrayDeque<>(2);
  private final AtomicBoolean inLane = new AtomicBoolean();

  // Written on the I/O thread, read by the timer, which may see them a moment late.
  private volatile Stage stage = Stage.HANDSHAKE;
  private volatile boolean ready;
  private volatile boolean pings;
  private volatile boolean sending;
  private volatile long stageSince;
  private volatile long sentAt;
  private volatile long heardAt;

  /// Whether the account is to be asked about again once the model knows more. Any thread.
  volatile boolean unsettled;

  private Protocol protocol = Protocol.MESSAGE_PACK;
  private CloseReason why = CloseReason.CONNECTION_LOST;
  private @Nullable Message logOut;
  private boolean draining;
  private boolean orderly;
  private boolean saidGoodbye;
  private long minuteSince;
  private int heardThisMinute;

  Session(HubConfig limits, Clock clock, Turnstile.Place place, Transport transport, Home home) {
    this.limits = limits;
    this.clock = clock;
    this.place = place;
    this.transport = transport;
    this.home = home;
    this.outbox = new Outbox(limits.outboxMessagesMax(), limits.outboxBytesMax());
    this.recipient =
        place.caller instanceof Caller.Account(var principal)
            ? new Recipient(principal.user().toString())
            : null;
    long now = clock.nanoTime();
    stageSince = now;
    sentAt = now;
    heardAt = now;
    minuteSince = now;
  }

  /// Any thread.
  Caller caller() {
    return place.caller;
  }

  /// Any thread.
  Transport transport() {
    return transport;
  }

  /// Puts a message into the outbox; the caller then wakes the lane. Any thread.
  ///
  /// @return false if it was dropped
  boolean offer(Message message) {
    return outbox.offer(message);
  }

  boolean enterLane() {
    return inLane.compareAndSet(false, true);
  }

  void leaveLane() {
    inLane.set(false);
  }

  /// When the client is known to have been there for the last time, and all that was sent before
  /// had reached it.
  long lastSeenNanos() {
    return orderly ? clock.nanoTime() : heardAt;
  }

  @Override
  public void received(byte[] data, boolean text) {
    long now = clock.nanoTime();
    heardAt = now;
    if (now - minuteSince > MINUTE_NANOS) {
      minuteSince = now;
      heardThisMinute = 0;
    }
    if (++heardThisMinute > limits.inboundPerMinuteMax()) {
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
        control.add(new Frame(Handshake.Accepted.answer(), chosen.text()));
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
    control.add(new Frame(refused.answer(), true));
    close(reason);
  }

  private void read(byte[] data, boolean text) {
    if (text != protocol.text()) {
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
        becomeReady();
      }
      case ClientMessage.Close() -> {
        orderly = true;
        close(CloseReason.CLIENT_LEFT);
      }
      case ClientMessage.Invocation(var id, String target) -> {
        if (id != null) {
          say(unknown(id, target));
        }
      }
      case ClientMessage.StreamInvocation(String id, String target) -> say(unknown(id, target));
      case ClientMessage.Other _ -> {}
    }
  }

  private static ServerMessage unknown(String invocationId, String target) {
    return new ServerMessage.Completion(invocationId, "Unknown hub method '%s'".formatted(target));
  }

  private void becomeReady() {
    if (!ready) {
      ready = true;
      home.ready(this);
      drain();
    }
  }

  private void say(ServerMessage message) {
    if (control.size() >= CONTROL_MAX) {
      end(CloseReason.TOO_MANY_MESSAGES);
      return;
    }
    control.add(new Frame(protocol.encode(message), protocol.text()));
    drain();
  }

  /// Whether [#attend] has something to do. The timer.
  boolean wantsAttention(long now) {
    long inStage = now - stageSince;
    return switch (stage) {
      case HANDSHAKE -> inStage > seconds(limits.handshakeSeconds());
      case OPEN ->
          (!ready && inStage >= READY_AFTER_NANOS)
              || now - sentAt >= PING_AFTER_NANOS
              || (sending && now - sentAt > seconds(limits.slowSeconds()))
              || (pings && now - heardAt > seconds(limits.silenceSeconds()));
      case CLOSING -> inStage > FAREWELL_NANOS;
      case CLOSED -> false;
    };
  }

  private static long seconds(int seconds) {
    return seconds * 1_000_000_000L;
  }

  /// Does what the time asks for: ping, give up, hang up.
  void attend() {
    long now = clock.nanoTime();
    switch (stage) {
      case HANDSHAKE -> {
        if (now - stageSince > seconds(limits.handshakeSeconds())) {
          refuse(Handshake.Refused.LATE, CloseReason.HANDSHAKE_LATE);
        }
      }
      case OPEN -> attendOpen(now);
      case CLOSING -> {
        if (now - stageSince > FAREWELL_NANOS) {
          abort();
        }
      }
      case CLOSED -> {}
    }
  }

  private void attendOpen(long now) {
    if (sending && now - sentAt > seconds(limits.slowSeconds())) {
      why = CloseReason.SLOW;
      abort();
    } else if (pings && now - heardAt > seconds(limits.silenceSeconds())) {
      end(CloseReason.SILENT);
    } else {
      if (!ready && now - stageSince >= READY_AFTER_NANOS) {
        becomeReady();
      }
      if (!sending && now - sentAt >= PING_AFTER_NANOS) {
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
      control.add(new Frame(message.bytes(protocol, recipient), protocol.text()));
      end(CloseReason.LOGGED_OUT);
    }
  }

  /// Hangs up in good order.
  void end(CloseReason reason) {
    if (stage == Stage.OPEN) {
      control.add(
          new Frame(protocol.encode(new ServerMessage.Close(reason.error())), protocol.text()));
    }
    close(reason);
  }

  private void close(CloseReason reason) {
    if (stage == Stage.CLOSING || stage == Stage.CLOSED) {
      return;
    }
    why = reason;
    outbox.shut();
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
    if (stage != Stage.CLOSING && byClient) {
      orderly = !sending && outbox.size() == 0;
      why = CloseReason.CLIENT_LEFT;
    }
    enter(Stage.CLOSED);
    outbox.shut();
    control.clear();
    place.release();
    home.gone(this, why);
  }

  private void enter(Stage next) {
    stageSince = clock.nanoTime();
    stage = next;
  }

  /// Sends what waits, as far as the connection takes it.
  void drain() {
    if (draining) {
      return;
    }
    draining = true;
    try {
      while (!sending) {
        Frame frame = next();
        if (frame == null) {
          break;
        }
        sentAt = clock.nanoTime();
        sending = true;
        transport.send(frame.data(), frame.text(), this);
      }
    } finally {
      draining = false;
    }
    if (stage == Stage.CLOSING && !sending && !saidGoodbye) {
      saidGoodbye = true;
      transport.close(why.wsCode(), why.phrase());
    }
  }

  private @Nullable Frame next() {
    Frame frame = control.poll();
    if (frame != null) {
      return frame;
    }
    if (stage != Stage.OPEN || (!ready && recipient == null)) {
      return null;
    }
    if (outbox.overflowed()) {
      home.fellBehind(this);
    }
    Message message = outbox.poll();
    return message == null ? null : new Frame(message.bytes(protocol, recipient), protocol.text());
  }

  @Override
  public void sent(boolean ok) {
    sending = false;
    if (!ok) {
      abort();
    } else if (!draining) {
      drain();
    }
  }
}
