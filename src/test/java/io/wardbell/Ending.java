package io.wardbell;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Ends a program that a test started.
public final class Ending {
  private Ending() {}

  /// Asks it to end, and makes it after this long.
  public static void end(Process process, Duration patience) {
    process.destroy();
    try {
      if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
