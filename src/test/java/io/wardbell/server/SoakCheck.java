package io.wardbell.server;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// 15,000 connections, 100 of which go and come again each second, and fifty readers that do not
/// read: `mvn test -Dtest=SoakCheck`, ten minutes and a few until everybody knows what it missed;
/// fewer with `-Dsoak.minutes=2`. Needs 16,000 open files for each of two processes.
class SoakCheck {
  private static final int CONNECTIONS = Integer.getInteger("soak.connections", 15_000);
  private static final int MINUTES = Integer.getInteger("soak.minutes", 10);

  @TempDir private Path folder;

  @Test
  void memoryStaysFlatAndNobodyMissesAnything() throws Exception {
    new Soak(CONNECTIONS, 50, 100, Duration.ofMinutes(MINUTES), Duration.ofMinutes(1)).run(folder);
  }
}
