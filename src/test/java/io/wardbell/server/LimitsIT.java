package io.wardbell.server;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wardbell.hub.HubConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Each limit over real sockets: who is beyond it is told so before the upgrade, nobody else is
/// hit, and a place that is given back can be taken.
class LimitsIT {
  private static final String USER = "00000000-0000-4000-8000-00000000000a";
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir private Path folder;
  private @Nullable RunningHub started;
  private final List<RawPeer> peers = new ArrayList<>();
  private final List<Socket> sockets = new ArrayList<>();

  @AfterEach
  void leave() throws IOException {
    peers.forEach(RawPeer::close);
    for (Socket socket : sockets) {
      socket.close();
    }
    if (started != null) {
      started.close();
    }
  }

  private static HubConfig limits(int all, int perAddress, int handshakes) {
    return new HubConfig(
        all, 100, perAddress, 25, handshakes, 15, 256, 20, 64, 65_536, 30, 60, 1000, 10);
  }

  private RunningHub running(HubConfig limits, String trustedProxies, RequestConfig requests) {
    RunningHub running = new RunningHub(folder, limits, trustedProxies, requests);
    running.accounts.put(USER, "stamp");
    started = running;
    return running;
  }

  private RunningHub running(HubConfig limits) {
    return running(limits, "local", RequestConfig.USUAL);
  }

  private static String target(RunningHub running) {
    return "/hub?access_token=" + running.tokens.login(USER, "device", "stamp");
  }

  /// A client that asks for the upgrade, as a proxy passes it on.
  private RawPeer comes(RunningHub running, String address) {
    RawPeer peer =
        RawPeer.upgrade(
            running.listener.port(), target(running), "HTTP/1.1", "X-Real-IP: " + address + "\r\n");
    peers.add(peer);
    return peer;
  }

  private static void shakeHands(RawPeer peer) {
    peer.send(
        RawPeer.TEXT, "{\"protocol\":\"messagepack\",\"version\":1}\u001e".getBytes(US_ASCII));
    assertThat(peer.next().hex()).isEqualTo("7b7d1e");
  }

  private static void assertRefused(RawPeer peer, int status, String why) {
    assertThat(peer.status()).isEqualTo(status);
    assertThat(peer.answer).contains("Retry-After: 60");
    assertThat(peer.body()).isEqualTo("{\"error\":\"too many: " + why + "\"}");
  }

  private void assertIsLetIn(RunningHub running, String address) {
    await().atMost(SOON).until(() -> comes(running, address).status() == 101);
  }

  @Test
  void connectionsInAll() {
    RunningHub running = running(limits(3, 100, 100));
    for (int i = 0; i < 3; i++) {
      assertThat(comes(running, "192.0.2." + i).status()).isEqualTo(101);
    }
    assertRefused(comes(running, "192.0.2.9"), 503, "connections");
    peers.getFirst().close();
    assertIsLetIn(running, "192.0.2.9");
    assertThat(running.metrics.scrape())
        .contains("wardbell_connections_refused_total{reason=\"connections\"}");
  }

  @Test
  void connectionsOfOneAddressBehindATrustedProxy() {
    RunningHub running = running(limits(100, 2, 100));
    assertThat(comes(running, "192.0.2.1").status()).isEqualTo(101);
    assertThat(comes(running, "192.0.2.1, 10.0.0.1").status()).isEqualTo(101);
    assertRefused(comes(running, "192.0.2.1"), 429, "address");
    assertThat(comes(running, "2001:db8::1").status()).as("another").isEqualTo(101);
    assertThat(comes(running, "2001:db8::2:1").status()).isEqualTo(101);
    assertRefused(comes(running, "2001:db8::ffff:0:0:1"), 429, "address"); // the same /64
    assertThat(comes(running, "2001:db8:0:1::1").status()).isEqualTo(101);
    peers.getFirst().close();
    assertIsLetIn(running, "192.0.2.1");
  }

  @Test
  void whoeverIsNoTrustedProxyCannotNameAnotherAddress() {
    RunningHub running = running(limits(100, 2, 100), "10.0.0.0/8", RequestConfig.USUAL);
    assertThat(comes(running, "192.0.2.1").status()).isEqualTo(101);
    assertThat(comes(running, "192.0.2.2").status()).isEqualTo(101);
    assertRefused(comes(running, "192.0.2.3"), 429, "address");
  }

  @Test
  void handshakesThatAreStillToCome() {
    RunningHub running = running(limits(100, 100, 2));
    RawPeer first = comes(running, "192.0.2.1");
    assertThat(comes(running, "192.0.2.2").status()).isEqualTo(101);
    assertRefused(comes(running, "192.0.2.3"), 503, "handshakes");
    shakeHands(first);
    assertThat(comes(running, "192.0.2.3").status()).isEqualTo(101);
  }

  /// Asked for on a connection that is kept alive, as a proxy's are.
  @Test
  void upgradeThatIsRefusedTakesNoPlace() {
    RunningHub running = running(limits(100, 100, 2));
    for (String version : new String[] {"12", "14", "8"}) {
      RawPeer peer =
          RawPeer.request(
              running.listener.port(),
              """
              GET %s HTTP/1.1
              Host: x
              Connection: Upgrade
              Upgrade: websocket
              Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==
              Sec-WebSocket-Version: %s

              """
                  .formatted(target(running), version)
                  .replace("\n", "\r\n"));
      peers.add(peer);
      assertThat(peer.status()).isEqualTo(426);
      assertThat(peer.answer).contains("Sec-WebSocket-Version: 13");
    }
    assertThat(comes(running, "192.0.2.1").status()).isEqualTo(101);
    assertThat(comes(running, "192.0.2.1").status()).isEqualTo(101);
  }

  private static boolean ended(Socket socket) {
    try {
      socket.setSoTimeout(1);
      return socket.getInputStream().read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  /// However many there are, who sends a request at once is let in.
  @Test
  void ofTooManySocketsWithoutASessionTheFirstAreClosed() throws IOException {
    RunningHub running = running(limits(100, 100, 100), "local", new RequestConfig(8_192, 3));
    RawPeer client = comes(running, "192.0.2.1");
    for (int i = 0; i < 20; i++) {
      sockets.add(new Socket(InetAddress.getLoopbackAddress(), running.listener.port()));
    }
    assertIsLetIn(running, "192.0.2.2");
    await().atMost(SOON).until(() -> sockets.stream().filter(LimitsIT::ended).count() >= 17);
    shakeHands(client);
  }

  @ParameterizedTest
  @ValueSource(strings = {"header", "query", "token", "many headers", "many parameters"})
  void requestsBeyondMeasure(String what) {
    RunningHub running = running(limits(100, 100, 100), "local", new RequestConfig(8_192, 1000));
    String target =
        switch (what) {
          case "query" -> target(running) + "&x=" + "a".repeat(9_000);
          case "token" -> "/hub?access_token=" + "a".repeat(9_000);
          case "many parameters" -> target(running) + "&a=1".repeat(30);
          default -> target(running);
        };
    String headers =
        switch (what) {
          case "header" -> "X-A: " + "a".repeat(9_000) + "\r\n";
          case "many headers" -> "X-A: a\r\n".repeat(200);
          default -> "";
        };
    RawPeer peer = RawPeer.upgrade(running.listener.port(), target, "HTTP/1.1", headers);
    peers.add(peer);
    assertThat(peer.status()).isEqualTo(400);
    assertIsLetIn(running, "192.0.2.1");
  }

  /// A fragment each, of a message that may have 4 KB in all, and no last one.
  @Test
  void messagesThatNeverEnd() {
    RunningHub running =
        running(new HubConfig(100, 100, 100, 25, 100, 15, 4_096, 300, 64, 65_536, 30, 60, 100, 10));
    RawPeer peer = comes(running, "192.0.2.1");
    shakeHands(peer);
    peer.sendPart(RawPeer.BINARY, new byte[1_000]);
    for (int i = 0; i < 3; i++) {
      peer.sendPart(0, new byte[1_000]);
    }
    assertThat(running.hub.sessions()).isEqualTo(1);
    peer.sendPart(0, new byte[1_000]);
    assertThat(peer.next().text()).contains("Connection closed with an error.");
    assertThat(peer.next().opcode()).isEqualTo(RawPeer.CLOSE);
  }

  @Test
  void messagesTooLargeOrTooMany() {
    RunningHub running = running(limits(100, 100, 100));
    RawPeer large = comes(running, "192.0.2.1");
    RawPeer many = comes(running, "192.0.2.2");
    RawPeer other = comes(running, "192.0.2.3");
    List.of(large, many, other).forEach(LimitsIT::shakeHands);
    large.send(RawPeer.BINARY, new byte[257]);
    for (int i = 0; i < 21; i++) {
      many.sendHex(RawPeer.BINARY, "029106");
    }
    for (RawPeer peer : List.of(large, many)) {
      assertThat(peer.next().text()).contains("Connection closed with an error.");
      assertThat(peer.next().opcode()).isEqualTo(RawPeer.CLOSE);
    }
    other.sendHex(RawPeer.BINARY, "0a950180a137a3466f6f90");
    assertThat(other.next().text()).contains("Unknown hub method");
  }
}
