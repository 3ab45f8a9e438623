package io.wardbell.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wardbell.hub.HubConfig;
import io.wardbell.id.Id;
import io.wardbell.id.StampHash;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Each end of a session is counted once, under its right name.
class CloseReasonIT {
  private static final HubConfig LIMITS =
      new HubConfig(100, 2, 100, 25, 100, 1, 1024, 10, 64, 65_536, 2, 60, 100, 10);
  private static final String HANDSHAKE = "{\"protocol\":\"messagepack\",\"version\":1}\u001e";

  @TempDir private Path folder;
  private int users;

  private RawPeer upgraded(RunningHub running, String user) {
    running.accounts.put(user, "stamp");
    String token = running.tokens.login(user, "device", "stamp");
    return RawPeer.upgrade(running.listener.port(), "/hub?access_token=" + token, "HTTP/1.1", "");
  }

  private RawPeer connected(RunningHub running, String user) {
    RawPeer peer = upgraded(running, user);
    peer.send(RawPeer.TEXT, HANDSHAKE.getBytes(StandardCharsets.UTF_8));
    assertThat(peer.next().hex()).isEqualTo("7b7d1e");
    return peer;
  }

  private RawPeer connected(RunningHub running) {
    return connected(running, "user-" + users++);
  }

  private static void assertEnded(RunningHub running, String reason) {
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() ->
            assertThat(running.metrics.scrape())
                .contains("wardbell_sessions_closed_total{reason=\"" + reason + "\"} 1.0"));
  }

  @Test
  void clientThatSaysGoodbyeLeft() {
    try (RunningHub running = new RunningHub(folder, LIMITS);
        RawPeer peer = connected(running)) {
      peer.send(RawPeer.CLOSE, new byte[0]);
      assertThat(peer.next().opcode()).isEqualTo(RawPeer.CLOSE);
      assertThat(peer.next()).isEqualTo(RawPeer.Frame.END);
      assertEnded(running, "client_left");
    }
  }

  @Test
  void connectionThatEndsWithoutGoodbyeIsLost() {
    try (RunningHub running = new RunningHub(folder, LIMITS)) {
      connected(running).close();
      assertEnded(running, "connection_lost");
      assertThat(running.metrics.scrape()).doesNotContain("client_left");
    }
  }

  @Test
  void eachEndThatTheHubDecidesHasItsName() {
    RunningHub running = new RunningHub(folder, LIMITS);
    try (RawPeer refused = upgraded(running, "refused");
        RawPeer late = upgraded(running, "late");
        RawPeer bad = connected(running);
        RawPeer many = connected(running);
        RawPeer stale = connected(running, "stale");
        RawPeer oldest = connected(running, "busy");
        RawPeer second = connected(running, "busy");
        RawPeer third = connected(running, "busy")) {
      refused.send(RawPeer.TEXT, "{}\u001e".getBytes(StandardCharsets.UTF_8));
      bad.sendHex(RawPeer.BINARY, "0391");
      for (int i = 0; i < 11; i++) {
        many.sendHex(RawPeer.BINARY, "029106");
      }
      running.accounts.asOf(Instant.now().plusSeconds(1));
      running.hub.deliver(
          new Delivery(
              new Notification.OfAccount(UpdateType.LOG_OUT, Instant.now()),
              new Audience.StaleSessions(Id.of("stale"), StampHash.of("new"))));
      assertEnded(running, "handshake_refused");
      assertEnded(running, "bad_message");
      assertEnded(running, "too_many_messages");
      assertEnded(running, "logged_out");
      assertThat(stale.status()).isEqualTo(101);
      assertEnded(running, "replaced");
      assertEnded(running, "handshake_late");
      await()
          .atMost(Duration.ofSeconds(10)) // for peers that answer no close
          .until(() -> running.hub.sessions() == 2);
      running.close();
      assertThat(running.metrics.scrape())
          .contains("wardbell_sessions_closed_total{reason=\"stopping\"} 2.0");
      assertThat(running.hub.sessions()).isZero();
      assertThat(running.metrics.scrape()).doesNotContain("client_left");
      assertThat(second.status()).isEqualTo(101);
      assertThat(third.status()).isEqualTo(101);
      assertThat(oldest.next().text()).isNotEmpty();
      assertThat(late.next().text()).contains("Handshake was canceled.");
    }
  }
}
