package io.wardbell.chaos;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Nothing is missed: a few faults in each build. [ChaosCheck] is the long form, on all databases.
class ChaosIT {
  private static final int FAULTS = 4;

  static Stream<ChaosKind> kinds() {
    return ChaosKind.selected(ChaosKind.IN_EACH_BUILD);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void nothingIsMissed(ChaosKind kind) throws Exception {
    kind.play(FAULTS, Duration.ofSeconds(15));
  }
}
