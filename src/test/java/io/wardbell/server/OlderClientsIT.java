package io.wardbell.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.wardbell.NodeClient;
import io.wardbell.NodeClient.Options;
import io.wardbell.id.Id;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The SignalR libraries of Bitwarden's clients since 2018, with and without negotiating.
class OlderClientsIT {
  private static final Duration SOON = Duration.ofSeconds(10);
  @TempDir private static Path folder;
  private static RunningHub running;

  @BeforeAll
  static void start() {
    running = new RunningHub(folder);
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  @ParameterizedTest
  @CsvSource({
    "8, messagepack, false",
    "8, json, true",
    "5, messagepack, false",
    "5, json, false",
    "3, messagepack, false",
    "3, messagepack, true",
    "3, json, true",
    "1, messagepack, true",
    "1, json, true",
  })
  void hearsWhatChangesAndTheDatesInIt(String version, String protocol, boolean negotiate) {
    String user = "user-" + version + protocol + negotiate; // one that missed nothing
    running.accounts.put(user, "stamp");
    String token = running.tokens.login(user, "device", "stamp");
    Options options = new Options(version, protocol, "header", negotiate);
    try (NodeClient client =
        NodeClient.start(running.url("/notifications/hub"), token, options).awaitConnected()) {
      // Dates before and after 2038, with and without a fraction: no form that old libraries lack.
      for (String date :
          new String[] {
            "2026-11-24T10:00:00Z", "2026-11-24T10:00:00.123456Z", "2040-01-01T00:00:00Z"
          }) {
        Notification item =
            new Notification.OfCipher(
                UpdateType.SYNC_CIPHER_UPDATE,
                Id.of(date),
                Id.of(user),
                null,
                null,
                Instant.parse(date));
        running.hub.deliver(new Delivery(item, Audience.Users.of(Id.of(user))));
        JsonNode heard =
            client.awaitNotification(n -> n.at("/Payload/Id").asText().equals(date), SOON);
        assertThat(Instant.parse(heard.at("/Payload/RevisionDate").asText()).toEpochMilli())
            .isEqualTo(Instant.parse(date).toEpochMilli());
      }
      assertThat(client.events()).hasSize(4);
    }
  }
}
