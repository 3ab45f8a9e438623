package io.wardbell.server;

import io.wardbell.hub.HubConfig;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/// How long a change takes to reach all members of one organization, and what a connection costs.
/// Server and clients are two processes. Arguments: clients, changes, changes a second.
final class FanOutBench {
  private static final byte[] HANDSHAKE =
      masked("{\"protocol\":\"messagepack\",\"version\":1}\u001e");

  private FanOutBench() {}

  public static void main(String[] args) throws Exception {
    if (args[0].equals("clients")) {
      new Clients(Integer.parseInt(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]))
          .run(Path.of(args[4]));
      return;
    }
    int clients = Integer.parseInt(args[0]);
    int changes = Integer.parseInt(args[1]);
    int perSecond = Integer.parseInt(args[2]);
    Path folder = Files.createTempDirectory("wardbell-bench");
    var limits =
        new HubConfig(
            20_000, 100, 20_000, 25, 20_000, 60, 1024, 300, 256, 131_072, 30, 60, 100_000, 10);
    try (RunningHub running = new RunningHub(folder, limits)) {
      StringBuilder tokens = new StringBuilder();
      Set<Id<Kind.User>> users = new HashSet<>();
      for (int i = 0; i < clients; i++) {
        String user = "00000000-0000-4000-8000-%012d".formatted(i);
        users.add(Id.of(user));
        running.accounts.put(user, "stamp");
        tokens.append(running.tokens.login(user, "device", "stamp")).append('\n');
      }
      Path file = Files.writeString(folder.resolve("tokens"), tokens);
      long before = heap();
      Process load =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  FanOutBench.class.getName(),
                  "clients",
                  Integer.toString(running.listener.port()),
                  Integer.toString(clients),
                  Integer.toString(changes),
                  file.toString())
              .inheritIO()
              .start();
      while (running.hub.sessions() < clients) {
        Thread.sleep(100);
      }
      Thread.sleep(3_000);
      System.out.printf("%d bytes of heap a connection%n", (heap() - before) / clients);
      var audience = new Audience.Users(users);
      long next = System.nanoTime();
      long busiest = 0;
      for (int i = 0; i < changes; i++) {
        while (System.nanoTime() < next) {
          Thread.sleep(1);
        }
        next += 1_000_000_000L / perSecond;
        long begun = System.nanoTime();
        running.hub.deliver(
            new Delivery(
                new Notification.OfCipher(
                    UpdateType.SYNC_CIPHER_UPDATE,
                    Id.of("@%035d".formatted(begun)),
                    null,
                    Id.of("00000000-0000-4000-8000-0000000000f1"),
                    null,
                    Instant.EPOCH),
                audience));
        busiest = Math.max(busiest, System.nanoTime() - begun);
      }
      System.out.printf("deliver() took at most %.2f ms%n", busiest / 1e6);
      load.waitFor();
    }
  }

  private static long heap() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(200);
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  private static byte[] masked(String text) {
    byte[] payload = text.getBytes(StandardCharsets.US_ASCII);
    byte[] frame = new byte[payload.length + 6];
    frame[0] = (byte) 0x81;
    frame[1] = (byte) (0x80 | payload.length);
    System.arraycopy(payload, 0, frame, 6, payload.length);
    return frame;
  }

  /// The load generator: one thread for all sockets.
  private static final class Clients {
    private final int port;
    private final int count;
    private final int changes;
    private final long[] latencies;
    private int heard;

    Clients(int port, int count, int changes) {
      this.port = port;
      this.count = count;
      this.changes = changes;
      this.latencies = new long[count * changes];
    }

    void run(Path tokens) throws IOException {
      ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
      try (Selector selector = Selector.open()) {
        for (String token : Files.readAllLines(tokens)) {
          SocketChannel socket =
              SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
          String request =
              "GET /hub?access_token="
                  + token
                  + " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
          socket.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
          buffer.clear();
          socket.read(buffer);
          socket.write(ByteBuffer.wrap(HANDSHAKE));
          socket.configureBlocking(false);
          socket.register(selector, SelectionKey.OP_READ);
        }
        long giveUp = System.nanoTime() + Duration.ofMinutes(10).toNanos();
        while (heard < count * changes && System.nanoTime() < giveUp) {
          selector.select(1_000);
          for (SelectionKey key : selector.selectedKeys()) {
            buffer.clear();
            ((SocketChannel) key.channel()).read(buffer);
            count(buffer.flip());
          }
          selector.selectedKeys().clear();
        }
      }
      long[] sorted = Arrays.copyOf(latencies, heard);
      Arrays.sort(sorted);
      System.out.printf(
          "%d of %d heard; p50 %.1f ms, p95 %.1f ms, p99 %.1f ms, last %.1f ms%n",
          heard,
          count * changes,
          sorted[heard / 2] / 1e6,
          sorted[heard * 95 / 100] / 1e6,
          sorted[heard * 99 / 100] / 1e6,
          sorted[heard - 1] / 1e6);
    }

    private void count(ByteBuffer data) {
      long now = System.nanoTime();
      for (int i = data.position(); i + 36 <= data.limit(); i++) {
        if (data.get(i) == '@') {
          long sent = 0;
          for (int d = 1; d <= 35; d++) {
            sent = sent * 10 + data.get(i + d) - '0';
          }
          latencies[heard++] = now - sent;
          i += 35;
        }
      }
    }
  }
}
