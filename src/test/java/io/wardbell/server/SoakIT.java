package io.wardbell.server;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// [SoakCheck] in short.
class SoakIT {
  @TempDir private Path folder;

  @Test
  void nobodyMissesAnythingWhileOthersComeGoAndBlock() throws Exception {
    new Soak(300, 6, 50, Duration.ofSeconds(4), Duration.ofSeconds(2)).run(folder);
  }
}
