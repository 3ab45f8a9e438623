package io.wardbell.server;

import java.util.concurrent.TimeUnit;

/// Ends a program that a test started.
final class Ending {
  private Ending() {}

  /// Asks it to end, and makes it after 5 s.
  static void end(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
