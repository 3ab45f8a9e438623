package io.wardbell.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.microsoft.signalr.HubConnection;
import com.microsoft.signalr.HubConnectionBuilder;
import com.microsoft.signalr.HubConnectionState;
import com.microsoft.signalr.TransportEnum;
import io.wardbell.id.Id;
import io.wardbell.id.StampHash;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Microsoft's SignalR client for Java, which reads JSON: it negotiates, or does not.
class JavaClientIT {
  private static final String USER = "00000000-0000-4000-8000-00000000000a";
  private static final Duration SOON = Duration.ofSeconds(10);
  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void hearsWhatChangesUntilItIsLoggedOut(boolean skipNegotiation) {
    try (RunningHub running = new RunningHub(folder)) {
      running.accounts.put(USER, "stamp");
      String url =
          running.url("/notifications/hub")
              + "?access_token="
              + running.tokens.login(USER, "device", "stamp");
      List<Map<?, ?>> heard = new CopyOnWriteArrayList<>();
      HubConnection client =
          HubConnectionBuilder.create(url)
              .withTransport(TransportEnum.WEBSOCKETS)
              .shouldSkipNegotiate(skipNegotiation)
              .withHeader("Authorization", "Bearer " + url.substring(url.indexOf('=') + 1))
              .build();
      client.on("ReceiveMessage", heard::add, Map.class);
      assertThat(client.start().blockingAwait(10, TimeUnit.SECONDS)).isTrue();

      running.hub.deliver(
          new Delivery(
              new Notification.OfFolder(
                  UpdateType.SYNC_FOLDER_CREATE, Id.of("f"), Id.of(USER), Instant.EPOCH),
              Audience.Users.of(Id.of(USER))));
      await()
          .atMost(SOON)
          .untilAsserted(() ->
              assertThat(heard)
                  .anySatisfy(n -> {
                    assertThat(n.get("Type")).isEqualTo(7.0);
                    assertThat(String.valueOf(n.get("Payload"))).contains("Id=f");
                  }));

      running.accounts.asOf(Instant.now().plusSeconds(1));
      running.hub.deliver(
          new Delivery(
              new Notification.OfAccount(UpdateType.LOG_OUT, Instant.now()),
              new Audience.StaleSessions(Id.of(USER), StampHash.of("new"))));
      await()
          .atMost(SOON)
          .until(() -> client.getConnectionState() == HubConnectionState.DISCONNECTED);
      assertThat(heard.getLast().get("Type")).isEqualTo(11.0);
      client.close();
    }
  }
}
