package io.wardbell.routing;

import static io.wardbell.change.Changes.collection;
import static io.wardbell.change.Changes.put;
import static io.wardbell.routing.Stage.T0;
import static io.wardbell.routing.Stage.team;
import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.config.Fault;
import io.wardbell.config.Settings;
import io.wardbell.notification.Notification;
import io.wardbell.vault.VaultModel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What is set, and what the database's dates are, decides when clients are told and with what
/// date.
class RoutingConfigTest {
  private static Settings settings(String quiet, String most) {
    return Settings.load(
        Map.of("WARDBELL_SETTLE_QUIET", quiet, "WARDBELL_SETTLE_MAX", most),
        List.of(RoutingConfig.class));
  }

  private static Stage stage(String quiet, String most) {
    RoutingConfig config = settings(quiet, most).read(RoutingConfig.class);
    return new Stage(new VaultModel(true), config).begin(team());
  }

  @Test
  void anOrganizationSettlesWhenItWasQuietForAsLongAsIsSet() {
    Stage stage = stage("1s", "5s");
    stage.commit(collection("shelf", "org")).pass(900).commit(collection("shelf", "org")).pass(999);
    assertThat(stage.told()).isEmpty();
    assertThat(stage.pass(1).told()).containsExactly("17 -> alice, bob, carl");
  }

  @Test
  void anOrganizationThatIsNeverQuietSettlesAfterTheMostThatIsSet() {
    Stage stage = stage("1s", "3s");
    for (int i = 0; i < 29; i++) {
      stage.commit(collection("shelf", "org")).pass(100);
    }
    assertThat(stage.told()).isEmpty();
    assertThat(stage.pass(100).told()).containsExactly("17 -> alice, bob, carl");
  }

  @ParameterizedTest
  @CsvSource({
    "49ms, 5s, WARDBELL_SETTLE_QUIET must be from 50ms to 10s",
    "11s, 20s, WARDBELL_SETTLE_QUIET must be from 50ms to 10s",
    "2s, 1s, WARDBELL_SETTLE_MAX must be from WARDBELL_SETTLE_QUIET to 60s",
    "2s, 61s, WARDBELL_SETTLE_MAX must be from WARDBELL_SETTLE_QUIET to 60s",
  })
  void whatIsOutOfRangeIsRefused(String quiet, String most, String why) {
    assertThat(settings(quiet, most).faults())
        .extracting(Fault::toString)
        .singleElement()
        .asString()
        .contains(why);
  }

  /// The client's own copy has the fraction of the second that the database dropped.
  @Test
  void whereTheDatabaseKeepsWholeSecondsADateGoesOnByASecond() {
    VaultModel model = new VaultModel(true, Duration.ofSeconds(1));
    Stage stage = new Stage(model, RoutingConfig.defaults()).begin(team());
    stage.commit(put("attachments", "id", "a1", "cipher_uuid", "item")).pass(100);
    assertThat(((Notification.OfCipher) stage.deliveries.getFirst().notification()).revisionDate())
        .isEqualTo(T0.plusSeconds(1));
  }
}
