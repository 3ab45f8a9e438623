package io.wardbell.bench;

import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Objects;

/// Says when the system told of a write to a database's log file. Argument: the database's file.
final class FileEvents {
  private FileEvents() {}

  public static void main(String[] args) throws Exception {
    Path log = Path.of(args[0] + "-wal");
    Path folder = Objects.requireNonNull(log.getParent());
    try (WatchService watch = folder.getFileSystem().newWatchService()) {
      folder.register(watch, StandardWatchEventKinds.ENTRY_MODIFY);
      while (true) {
        WatchKey key = watch.take();
        long now = System.nanoTime();
        if (key.pollEvents().stream()
            .anyMatch(event -> log.getFileName().equals(event.context()))) {
          System.out.println("heard " + now + " " + Arrivals.ANY);
        }
        key.reset();
      }
    }
  }
}
