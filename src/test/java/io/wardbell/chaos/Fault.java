package io.wardbell.chaos;

import java.time.Duration;
import java.util.SplittableRandom;

/// Something that goes wrong, and is over when its action returns.
///
/// @param weight how often, as compared with others
/// @param noticed within how long the loss of the log has to be noticed; zero if it need not be,
///   because nothing is lost or Wardbell itself was not there
record Fault(String kind, int weight, Duration noticed, Action action) {
  /// What is there to be broken.
  record Stage(Vault vault, Serving wardbell, SplittableRandom random) {
    void pause(int leastMillis, int mostMillis) {
      Pause.millis(random.nextInt(leastMillis, mostMillis + 1));
    }
  }

  /// Breaks it.
  interface Action {
    void on(Stage stage) throws Exception;
  }

  /// What makes no difference to the log.
  static Fault harmless(String kind, int weight, Action action) {
    return new Fault(kind, weight, Duration.ZERO, action);
  }

  /// What ends a connection at once.
  static Fault sudden(String kind, int weight, Action action) {
    return new Fault(kind, weight, Duration.ofSeconds(15), action);
  }

  /// A database server that ends, and comes again within two seconds.
  static Fault restart(String kind, Action end, Action start) {
    return sudden(
        kind,
        2,
        stage -> {
          end.on(stage);
          stage.pause(0, 2_000);
          start.on(stage);
        });
  }
}
