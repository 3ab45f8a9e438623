package io.wardbell.hub;

import io.wardbell.KnownAccounts;
import io.wardbell.auth.Principal;
import io.wardbell.hub.signalr.Protocol;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.id.StampHash;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Encoding a message, queueing it for a client, and both for all clients of an audience.
public class HubBenchmark {
  private static final HubConfig LIMITS =
      new HubConfig(
          20_000, 100, 20_000, 25, 2_000, 15, 1024, 300, 256, 131_072, 10, 60, 100_000, 10);
  private static final Notification REQUEST =
      new Notification.OfAuthRequest(
          UpdateType.AUTH_REQUEST, Id.of(user(1)), Id.of(user(2)), "device");
  private static final Notification ITEM =
      new Notification.OfCipher(
          UpdateType.SYNC_CIPHER_UPDATE,
          Id.of(user(1)),
          null,
          Id.of(user(2)),
          null,
          Instant.ofEpochMilli(1_764_000_000_000L));

  private static String user(int number) {
    return "00000000-0000-4000-8000-%012d".formatted(number);
  }

  /// A connection that takes everything at once, on the caller's thread.
  private static final class Taker implements Transport, Executor {
    @Override
    public void execute(Runnable task) {
      task.run();
    }

    @Override
    public Executor ioThread() {
      return this;
    }

    @Override
    public void send(byte[] data, boolean text, Sent sent) {
      sent.sent(true);
    }

    @Override
    public void close(int wsCode, String phrase) {}

    @Override
    public void abort() {}
  }

  /// A hub with clients.
  @State(Scope.Benchmark)
  public static class Clients {
    @Param({"1", "1000"})
    public int recipients;

    private final KnownAccounts accounts = new KnownAccounts();
    private final Hub hub = new Hub(LIMITS, accounts, new Metrics(), Clock.system());
    private Delivery delivery = new Delivery(REQUEST, new Audience.Users(Set.of()));

    @Setup
    public void connect() {
      accounts.asOf(Instant.now());
      Set<Id<Kind.User>> users = new HashSet<>();
      for (int i = 0; i < recipients; i++) {
        users.add(Id.of(user(i)));
        accounts.put(user(i), "stamp");
        Principal principal =
            new Principal(Id.of(user(i)), StampHash.of("stamp"), "device", Instant.now());
        if (hub.admit(new Caller.Account(principal), "192.0.2.1")
            instanceof Admission.Ticket ticket) {
          Link link = hub.open(ticket, new Taker());
          link.received(Wire.handshake("messagepack"), true);
          link.received(Wire.hex(Wire.PING), false);
        }
      }
      if (hub.sessions() != recipients) {
        throw new IllegalStateException(hub.sessions() + " sessions");
      }
      delivery = new Delivery(REQUEST, new Audience.Users(users));
    }
  }

  /// What waits for one client.
  @State(Scope.Benchmark)
  public static class Waiting {
    private final Outbox outbox = new Outbox(256, 131_072);
    private final Message message = Message.of(ITEM);
  }

  @Benchmark
  public byte[] encodeMessagePack() {
    return Message.of(ITEM).bytes(Protocol.MESSAGE_PACK, null);
  }

  @Benchmark
  public byte[] encodeMessagePackAndJson() {
    return Message.of(ITEM).bytes(Protocol.JSON, null);
  }

  @Benchmark
  public @Nullable Object enqueueAndTake(Waiting waiting) {
    waiting.outbox.offer(waiting.message);
    return waiting.outbox.poll();
  }

  @Benchmark
  public void deliver(Clients clients) {
    clients.hub.deliver(clients.delivery);
  }
}
