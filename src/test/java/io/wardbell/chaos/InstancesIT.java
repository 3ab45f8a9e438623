package io.wardbell.chaos;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Two Wardbells on one database, among which clients go round whenever they connect: whichever of
/// the two is killed, nobody misses anything. `-Dwardbell.database=mariadb,mysql` plays on others.
class InstancesIT {
  private static final int KILLS = Integer.getInteger("wardbell.kills", 3);

  static Stream<ChaosKind> kinds() {
    return ChaosKind.selected(ChaosKind.IN_EACH_BUILD);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void eitherMayBeKilledAtAnyTime(ChaosKind kind) throws Exception {
    kind.play(KILLS, 2, _ -> List.of(Network.away()));
  }
}
