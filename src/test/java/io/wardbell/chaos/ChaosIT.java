package io.wardbell.chaos;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Nothing is missed: a few faults in each build, on the databases of which one reads the log over
/// the network and one is a file. [ChaosCheck] is the long form, on all.
class ChaosIT {
  private static final Set<String> PLAYED = Set.of("postgresql", "sqlite");
  private static final int FAULTS = 4;

  static Stream<ChaosKind> kinds() {
    return ChaosKind.selected().filter(kind -> PLAYED.contains(kind.name()));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void nothingIsMissed(ChaosKind kind) throws Exception {
    kind.play(FAULTS, Duration.ofSeconds(15));
  }
}
