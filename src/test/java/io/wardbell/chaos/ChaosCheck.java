package io.wardbell.chaos;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Nothing is missed: the long form. `-Dwardbell.faults=200` faults on each database,
/// `-Dwardbell.database=mariadb` keeps one of them, `-Dwardbell.seed=...` repeats a choice of
/// faults and of work (not their moments).
class ChaosCheck {
  static Stream<ChaosKind> kinds() {
    return ChaosKind.selected(ChaosKind.ALL);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void nothingIsMissed(ChaosKind kind) throws Exception {
    kind.play(Integer.getInteger("wardbell.faults", 200), Duration.ofDays(1));
  }
}
