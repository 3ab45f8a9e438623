package io.wardbell;

import io.wardbell.demo.ServerSchema;
import io.wardbell.sim.RealDatabaseRun;
import java.sql.Connection;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The simulation's operations through each real database, its log and the product's own source: at
/// the end of each round every client has what the server would show it.
///
/// `-Dwardbell.sim.seeds=100` plays more, `-Dwardbell.sim.first=42` from another one on.
class SimulationIT {
  private static final int SEEDS = Integer.getInteger("wardbell.sim.seeds", 3);
  private static final long FIRST = Long.getLong("wardbell.sim.first", 1);
  private static final int ROUNDS = 12;

  static Stream<TestDatabase.Kind> kinds() {
    return TestDatabase.Kind.selected();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyClientConverges(TestDatabase.Kind kind) throws Exception {
    try (TestDatabase database = kind.start()) {
      database.setUp(ServerSchema.NEWEST);
      try (Connection connection = database.connect()) {
        for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
          System.out.println(
              kind + " " + RealDatabaseRun.play(seed, ROUNDS, connection, database.source()));
        }
      }
    }
  }
}
