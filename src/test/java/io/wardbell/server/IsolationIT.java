package io.wardbell.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wardbell.NodeClient;
import io.wardbell.hub.HubConfig;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One client's trouble is its own, and the end is quick.
class IsolationIT {
  private static final String ANN = "00000000-0000-4000-8000-00000000000a";
  private static final String BOB = "00000000-0000-4000-8000-00000000000b";
  private static final Duration SOON = Duration.ofSeconds(10);
  private static final HubConfig LIMITS =
      new HubConfig(1000, 100, 500, 25, 500, 15, 1024, 300, 64, 16_384, 2, 60, 1000, 10);

  @TempDir private Path folder;

  private static Delivery folderFor(String id, String... users) {
    Notification notification =
        new Notification.OfFolder(
            UpdateType.SYNC_FOLDER_CREATE, Id.of(id), Id.of(users[0]), Instant.EPOCH);
    Set<Id<Kind.User>> ids = new HashSet<>();
    for (String user : users) {
      ids.add(Id.of(user));
    }
    return new Delivery(notification, new Audience.Users(ids));
  }

  private static Delivery requestFor(String id, String user) {
    return new Delivery(
        new Notification.OfAuthRequest(UpdateType.AUTH_REQUEST, Id.of(id), Id.of(user), null),
        Audience.Users.of(Id.of(user)));
  }

  @Test
  void readerThatStopsReadingIsCutAndDelaysNobody() {
    try (RunningHub running = new RunningHub(folder, LIMITS)) {
      running.accounts.put(ANN, "stamp");
      running.accounts.put(BOB, "stamp");
      String token = running.tokens.login(BOB, "device", "stamp");
      RawPeer stuck =
          RawPeer.upgrade(running.listener.port(), "/hub?access_token=" + token, "HTTP/1.1", "");
      stuck.send(
          RawPeer.TEXT,
          "{\"protocol\":\"messagepack\",\"version\":1}\u001e".getBytes(StandardCharsets.UTF_8));
      try (NodeClient reader =
          NodeClient.start(running.url("/hub"), running.tokens.login(ANN, "device", "stamp"))
              .awaitConnected()) {
        // Far more than kernels and outboxes hold, of what no burst holds back.
        for (int i = 0; i < 200_000; i++) {
          running.hub.deliver(requestFor("request-" + i + "-" + "x".repeat(300), BOB));
        }
        running.hub.deliver(folderFor("last", BOB, ANN));
        reader.awaitNotification(n -> n.at("/Payload/Id").asText().equals("last"), SOON);
        await()
            .atMost(SOON)
            .untilAsserted(() -> {
              assertThat(running.hub.sessions()).isOne();
              assertThat(running.metrics.scrape()).contains("reason=\"slow\"");
            });
      }
      stuck.close();
    }
  }

  @Test
  void stopClosesAllSessionsInGoodOrderAndAtOnce() {
    RunningHub running = new RunningHub(folder, LIMITS);
    running.accounts.put(ANN, "stamp");
    try (NodeClient client =
        NodeClient.start(running.url("/hub"), running.tokens.login(ANN, "device", "stamp"))
            .awaitConnected()) {
      running.probes.drain();
      assertThat(running.probes.ready().httpStatus()).isEqualTo(503);
      long begun = System.nanoTime();
      running.close();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(3));
      assertThat(client.awaitClosed(SOON).path("error").isNull()).isTrue();
    }
  }
}
