package io.wardbell.source.sqlite.wal;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Tells when it is worth looking at a database again: at once when one of its files is written,
/// some times more shortly after, and now and then in any case.
///
/// The kernel reports the write of a frame to the log. What makes it a commit is a store to shared
/// memory a moment later, of which nobody is told; hence the looks shortly after.
public final class FileWatch implements AutoCloseable {
  private static final int QUICK_LOOKS = 10;
  private static final int HOT_LOOKS = 30;
  private static final long QUICK_NANOS = 100_000;
  private static final long HOT_NANOS = 1_000_000;

  private final @Nullable WatchService service;
  private final String name;
  private final long fallbackNanos;
  private int looks;
  private boolean namesChanged;

  private FileWatch(@Nullable WatchService service, String name, Duration fallback) {
    this.service = service;
    this.name = name;
    fallbackNanos = fallback.toNanos();
  }

  /// @param fallback how long to wait at most, events or not
  public static FileWatch of(Path database, Duration fallback) throws IOException {
    Path path = database.toAbsolutePath();
    Path directory = Objects.requireNonNull(path.getParent());
    WatchService service = directory.getFileSystem().newWatchService();
    try {
      directory.register(
          service,
          StandardWatchEventKinds.ENTRY_CREATE,
          StandardWatchEventKinds.ENTRY_DELETE,
          StandardWatchEventKinds.ENTRY_MODIFY);
    } catch (IOException e) {
      service.close();
      throw e;
    }
    return new FileWatch(service, Objects.toString(path.getFileName()), fallback);
  }

  /// Waits without file events.
  public static FileWatch polling(Duration interval) {
    return new FileWatch(null, "", interval);
  }

  /// Waits until it is worth looking again.
  public void await() throws InterruptedException {
    WatchService events = service;
    if (events == null) {
      TimeUnit.NANOSECONDS.sleep(fallbackNanos);
      return;
    }
    long nanos = fallbackNanos;
    if (looks > 0) {
      nanos = Math.min(nanos, looks > HOT_LOOKS - QUICK_LOOKS ? QUICK_NANOS : HOT_NANOS);
      looks--;
    }
    WatchKey key;
    try {
      key = events.poll(nanos, TimeUnit.NANOSECONDS);
    } catch (ClosedWatchServiceException _) {
      throw new InterruptedException("the watch was closed");
    }
    if (key == null) {
      return;
    }
    for (WatchEvent<?> event : key.pollEvents()) {
      Object context = event.context();
      if (context == null || context.toString().startsWith(name)) {
        looks = HOT_LOOKS;
        namesChanged |= !StandardWatchEventKinds.ENTRY_MODIFY.equals(event.kind());
      }
    }
    key.reset();
  }

  /// Whether files were made or removed since this was asked last.
  public boolean namesChanged() {
    boolean changed = namesChanged;
    namesChanged = false;
    return changed;
  }

  @Override
  public void close() throws IOException {
    if (service != null) {
      service.close();
    }
  }
}
