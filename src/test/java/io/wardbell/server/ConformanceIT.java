package io.wardbell.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.hub.HubConfig;
import io.wardbell.id.Id;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import io.wardbell.server.RawPeer.Frame;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a server of SignalR owes its clients, byte by byte over real sockets, and peers that behave
/// as third-party clients do.
class ConformanceIT {
  private static final String USER = "00000000-0000-4000-8000-00000000000a";
  private static final String PING = "029106";
  private static final String OK = "7b7d1e";
  private static final HubConfig LIMITS =
      new HubConfig(1000, 100, 500, 25, 500, 2, 1024, 100, 64, 65_536, 30, 60, 1000, 1000);

  @TempDir private static Path folder;
  private static RunningHub running;

  @BeforeAll
  static void start() {
    running = new RunningHub(folder, LIMITS);
    running.accounts.put(USER, "stamp");
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static String target() {
    return "/notifications/hub?access_token=" + running.tokens.login(USER, "device", "stamp");
  }

  private static RawPeer upgraded() {
    RawPeer peer = RawPeer.upgrade(running.listener.port(), target(), "HTTP/1.1", "");
    assertThat(peer.status()).isEqualTo(101);
    return peer;
  }

  private static RawPeer connected() {
    RawPeer peer = upgraded();
    shakeHands(peer, "\u001e");
    return peer;
  }

  private static void shakeHands(RawPeer peer, String end) {
    peer.send(
        RawPeer.TEXT,
        ("{\"protocol\":\"messagepack\",\"version\":1}" + end).getBytes(StandardCharsets.UTF_8));
    Frame answer = peer.next();
    assertThat(answer.opcode()).isEqualTo(RawPeer.BINARY);
    assertThat(answer.hex()).isEqualTo(OK);
  }

  private static void tell() {
    Notification item =
        new Notification.OfFolder(
            UpdateType.SYNC_FOLDER_CREATE, Id.of("f"), Id.of(USER), Instant.EPOCH);
    running.hub.deliver(new Delivery(item, Audience.Users.of(Id.of(USER))));
  }

  private static void assertAlive(RawPeer peer) {
    tell();
    Frame frame = peer.next();
    assertThat(frame.opcode()).isEqualTo(RawPeer.BINARY);
    assertThat(frame.hex()).contains("a454797065" + "07");
  }

  private static void assertClosedWithError(RawPeer peer) {
    Frame close = peer.next();
    assertThat(close.text()).contains("Connection closed with an error.");
    assertThat(peer.next().opcode()).isEqualTo(RawPeer.CLOSE);
  }

  @Test
  void rbwNeverPingsAndReadsOneMessageAFrame() {
    try (RawPeer rbw = connected()) {
      tell();
      tell();
      for (int i = 0; i < 2; i++) {
        byte[] payload = rbw.next().payload();
        assertThat(payload[0] & 0xff).as("one message in each frame").isEqualTo(payload.length - 1);
      }
    }
  }

  @Test
  void goldwardenLeavesTheEndOfTheHandshakeOut() {
    try (RawPeer goldwarden = upgraded()) {
      shakeHands(goldwarden, "");
      assertAlive(goldwarden);
    }
  }

  @Test
  void handshakeMayBeBinary() {
    try (RawPeer peer = upgraded()) {
      peer.send(
          RawPeer.BINARY,
          "{\"protocol\":\"messagepack\",\"version\":1}\u001e".getBytes(StandardCharsets.UTF_8));
      assertThat(peer.next().hex()).isEqualTo(OK);
      assertAlive(peer);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        PING,
        "029102",
        "029103",
        "029105",
        "06940280a13101", // a stream's item, a result, a cancellation: of nothing there is
        "06940380a13102",
        "05930580a131",
        "03920801",
        "03920901"
      })
  void messageThatNeedsNoAnswerGetsNone(String hex) {
    try (RawPeer peer = connected()) {
      peer.sendHex(RawPeer.BINARY, hex);
      assertAlive(peer);
    }
  }

  @ParameterizedTest
  @CsvSource({"0a950180a137a3466f6f90, 7", "0b960480a139a3466f6f9090, 9"})
  void callIsAnsweredWithAnError(String hex, String id) {
    try (RawPeer peer = connected()) {
      peer.sendHex(RawPeer.BINARY, hex);
      assertThat(peer.next().text()).contains(id).contains("Unknown hub method 'Foo'");
      assertAlive(peer);
    }
  }

  @Test
  void callWithoutIdIsIgnored() {
    try (RawPeer peer = connected()) {
      peer.sendHex(RawPeer.BINARY, "09950180c0a3466f6f90");
      assertAlive(peer);
    }
  }

  @Test
  void closeIsAnsweredWithTheWebSocketsClose() {
    try (RawPeer peer = connected()) {
      peer.sendHex(RawPeer.BINARY, "039207c0");
      Frame close = peer.next();
      assertThat(close.opcode()).isEqualTo(RawPeer.CLOSE);
      assertThat(close.closeCode()).isEqualTo(1000);
    }
  }

  @Test
  void closeFrameIsAnswered() {
    try (RawPeer peer = connected()) {
      peer.send(RawPeer.CLOSE, new byte[0]);
      assertThat(peer.next().opcode()).isEqualTo(RawPeer.CLOSE);
      assertThat(peer.next()).isEqualTo(Frame.END);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0391", "80", "01c0", "0190"})
  void brokenMessageIsAnsweredWithAnErrorAndClose(String hex) {
    try (RawPeer peer = connected()) {
      peer.sendHex(RawPeer.BINARY, hex);
      assertClosedWithError(peer);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2_000, 60_000})
  void largeMessageIsAnsweredWithAnErrorAndClose(int bytes) {
    try (RawPeer peer = connected()) {
      peer.send(RawPeer.BINARY, new byte[bytes]);
      assertClosedWithError(peer);
    }
  }

  @Test
  void handshakeThatDoesNotComeIsNotWaitedForForEver() {
    try (RawPeer peer = upgraded()) {
      assertThat(peer.next().text()).isEqualTo("{\"error\":\"Handshake was canceled.\"}\u001e");
      assertThat(peer.next().opcode()).isEqualTo(RawPeer.CLOSE);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "carrier, 1, The protocol 'carrier' is not supported.",
    "messagepack, 9, The server does not support version 9 of the 'messagepack' protocol."
  })
  void handshakeThatIsRefusedSaysWhy(String protocol, int version, String error) {
    try (RawPeer peer = upgraded()) {
      String handshake = "{\"protocol\":\"" + protocol + "\",\"version\":" + version + "}\u001e";
      peer.send(RawPeer.TEXT, handshake.getBytes(StandardCharsets.UTF_8));
      assertThat(peer.next().text()).isEqualTo("{\"error\":\"" + error + "\"}\u001e");
      assertThat(peer.next().opcode()).isEqualTo(RawPeer.CLOSE);
    }
  }

  @Test
  void webSocketPingIsAnsweredWithPong() {
    try (RawPeer peer = connected()) {
      peer.sendHex(RawPeer.PING, PING);
      Frame pong = peer.next();
      assertThat(pong.opcode()).isEqualTo(10);
      assertThat(pong.hex()).isEqualTo(PING);
    }
  }

  @Test
  void upgradeOnHttp10AsOlderProxiesSendIt() {
    try (RawPeer peer = RawPeer.upgrade(running.listener.port(), target(), "HTTP/1.0", "")) {
      assertThat(peer.answer).startsWith("HTTP/1.1 101");
      shakeHands(peer, "\u001e");
      assertAlive(peer);
    }
  }

  @Test
  void compressionIsDeclined() {
    try (RawPeer peer =
        RawPeer.upgrade(
            running.listener.port(),
            target(),
            "HTTP/1.1",
            "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n")) {
      assertThat(peer.status()).isEqualTo(101);
      assertThat(peer.answer.toLowerCase(Locale.ROOT)).doesNotContain("deflate");
    }
  }

  @Test
  void onlyGetIsUpgraded() {
    try (RawPeer peer =
        RawPeer.request(
            running.listener.port(),
            "PUT /hub HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")) {
      assertThat(peer.status()).isEqualTo(405);
    }
  }

  @ParameterizedTest
  @CsvSource({"'', connectionId", "?negotiateVersion=1, connectionToken"})
  void negotiateOffersWebSocketsAlone(String query, String key) {
    String token = running.tokens.login(USER, "device", "stamp");
    try (RawPeer peer =
        RawPeer.request(
            running.listener.port(),
            "POST /notifications/hub/negotiate"
                + query
                + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nAuthorization: Bearer "
                + token
                + "\r\n\r\n")) {
      assertThat(peer.status()).isEqualTo(200);
      assertThat(peer.body())
          .contains("\"" + key + "\":\"")
          .contains("[{\"transport\":\"WebSockets\",\"transferFormats\":[\"Text\",\"Binary\"]}]");
    }
  }

  @Test
  void negotiateWithoutTokenIsRefused() {
    try (RawPeer peer =
        RawPeer.request(
            running.listener.port(),
            "POST /hub/negotiate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n")) {
      assertThat(peer.status()).isEqualTo(401);
    }
  }

  @Test
  void moreThanTwentyFiveAnonymousConnectionsOfOneAddressAreRefused() {
    RawPeer[] peers = new RawPeer[25];
    String forwarded = "X-Real-IP: 192.0.2.7\r\n";
    int port = running.listener.port();
    try {
      for (int i = 0; i < peers.length; i++) {
        peers[i] = RawPeer.upgrade(port, "/anonymous-hub?Token=t", "HTTP/1.1", forwarded);
        assertThat(peers[i].status()).isEqualTo(101);
      }
      try (RawPeer one = RawPeer.upgrade(port, "/anonymous-hub?Token=t", "HTTP/1.1", forwarded)) {
        assertThat(one.status()).isEqualTo(429);
      }
      try (RawPeer other =
          RawPeer.upgrade(port, "/anonymous-hub?Token=t", "HTTP/1.1", "X-Real-IP: 192.0.2.8\r\n")) {
        assertThat(other.status()).isEqualTo(101);
      }
    } finally {
      for (RawPeer peer : peers) {
        if (peer != null) {
          peer.close();
        }
      }
    }
  }

  @Test
  void hugeHeaderIsRefused() {
    try (RawPeer peer =
        RawPeer.upgrade(
            running.listener.port(), target(), "HTTP/1.1", "X-A: " + "a".repeat(40_000) + "\r\n")) {
      assertThat(peer.answer).doesNotContain("101");
    }
  }
}
