package io.wardbell.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// The clients of [SoakCheck], in a process of their own, one thread for all sockets. They churn
/// once the input says `churn`. Arguments: port, folder, connections in all, churn a second.
final class SoakClients {
  private static final byte[] HANDSHAKE =
      masked(0x81, "{\"protocol\":\"messagepack\",\"version\":1}\u001e");
  private static final byte[] GOODBYE = masked(0x88, "");
  private static final int CONNECTIONS_PER_OTHER_USER = 99;

  private final InetSocketAddress server;
  private final Selector selector;
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(65_536);
  private final List<SelectionKey> readers = new ArrayList<>();
  private final List<SelectionKey> slow = new ArrayList<>();
  private final long[] latencies;
  private int members;
  private int heard;
  private int churned;
  private long ends;
  private volatile boolean churning;

  private SoakClients(int port, Selector selector, int connections) {
    server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.selector = selector;
    latencies = new long[connections];
  }

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[1]);
    int connections = Integer.parseInt(args[2]);
    try (Selector selector = Selector.open()) {
      SoakClients clients = new SoakClients(Integer.parseInt(args[0]), selector, connections);
      Thread.ofPlatform().daemon().start(clients::obey);
      List<String> members = Files.readAllLines(folder.resolve("members"));
      clients.members = members.size();
      for (String token : members) {
        clients.readers.add(clients.open(token, false));
      }
      List<String> stuck = Files.readAllLines(folder.resolve("slow"));
      for (String token : stuck) {
        clients.slow.add(clients.open(token, true));
      }
      List<String> others = Files.readAllLines(folder.resolve("others"));
      for (int i = 0; clients.readers.size() + stuck.size() < connections; i++) {
        String token = others.get(i / CONNECTIONS_PER_OTHER_USER);
        clients.readers.add(clients.open(token, false));
      }
      System.out.println("connected");
      clients.run(Integer.parseInt(args[3]));
    }
  }

  private void obey() {
    try (var input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        churning = line.equals("churn");
      }
      System.out.printf("churned %d, %d ended by the server%n", churned, ends);
      System.exit(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private SelectionKey open(String token, boolean stuck) throws IOException {
    SocketChannel socket = SocketChannel.open();
    if (stuck) {
      socket.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
    }
    socket.connect(server);
    String request =
        "GET /hub?access_token="
            + token
            + " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    socket.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
    buffer.clear();
    socket.read(buffer);
    String status = StandardCharsets.US_ASCII.decode(buffer.flip()).toString();
    if (!status.startsWith("HTTP/1.1 101")) {
      throw new IOException(status.lines().findFirst().orElse("no answer"));
    }
    socket.write(ByteBuffer.wrap(HANDSHAKE));
    socket.configureBlocking(false);
    return socket.register(selector, stuck ? 0 : SelectionKey.OP_READ, token);
  }

  private void run(int perSecond) throws IOException {
    long next = System.nanoTime();
    while (true) {
      selector.select(5);
      for (SelectionKey key : selector.selectedKeys()) {
        read(key);
      }
      selector.selectedKeys().clear();
      if (!churning) {
        next = System.nanoTime();
      }
      while (System.nanoTime() > next) {
        next += 1_000_000_000L / perSecond;
        churn();
      }
    }
  }

  private void read(SelectionKey key) {
    try {
      buffer.clear();
      if (((SocketChannel) key.channel()).read(buffer) < 0) {
        ends++;
        key.channel().close();
      } else {
        count(buffer.flip());
      }
    } catch (IOException e) {
      ends++;
      key.cancel();
    }
  }

  /// One client goes, every other in good order, and comes again; the slow ones once they were cut.
  private void churn() throws IOException {
    int place = churned % readers.size();
    readers.set(place, again(readers.get(place), churned % 2 == 0, false));
    if (churned % 50 == 0) {
      int stuck = churned / 50 % slow.size();
      slow.set(stuck, again(slow.get(stuck), false, true));
    }
    churned++;
  }

  private SelectionKey again(SelectionKey key, boolean orderly, boolean stuck) throws IOException {
    SocketChannel socket = (SocketChannel) key.channel();
    if (socket.isOpen()) {
      if (orderly) {
        socket.write(ByteBuffer.wrap(GOODBYE));
      } else {
        socket.setOption(StandardSocketOptions.SO_LINGER, 0);
      }
      socket.close();
    }
    selector.selectNow(); // lets go of the key, and with it of the socket
    for (SelectionKey other : selector.selectedKeys()) {
      read(other);
    }
    selector.selectedKeys().clear();
    return open((String) key.attachment(), stuck);
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
    if (heard == members) {
      Arrays.sort(latencies, 0, heard);
      System.out.printf(
          "heard %.1f %.1f%n", latencies[heard / 2] / 1e6, latencies[heard - 1] / 1e6);
      heard = 0;
    }
  }

  private static byte[] masked(int first, String text) {
    byte[] payload = text.getBytes(StandardCharsets.US_ASCII);
    byte[] frame = new byte[payload.length + 6];
    frame[0] = (byte) first;
    frame[1] = (byte) (0x80 | payload.length);
    System.arraycopy(payload, 0, frame, 6, payload.length);
    return frame;
  }
}
