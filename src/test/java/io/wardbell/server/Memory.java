package io.wardbell.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What this process holds.
final class Memory {
  private Memory() {}

  /// After the garbage was taken out.
  static long liveHeapBytes() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(200);
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /// Of the machine's memory; 0 where the system does not say.
  static long processBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return 0;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
        .sum();
  }
}
