package io.wardbell.source.engine;

import java.time.Duration;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Ends an engine whose connection to the log was closed.
///
/// The client that reads the log says nothing when its connection ends in order: its thread just
/// ends, and Debezium goes on waiting. (Its keep-alive would connect again by itself, to whatever
/// server is there then.)
final class LogClientWatch implements Runnable {
  /// If the server gave a reason, Debezium ends the engine with it, when it next polls: twice a
  /// second (`poll.interval.ms` in connector.properties).
  private static final Duration LAST_WORD = Duration.ofMillis(1_500);

  private final String threadName;
  private @Nullable EngineRun engine;
  private boolean watching;

  LogClientWatch(BinlogDatabase database) {
    threadName = "blc-" + database.host() + ":" + database.port();
  }

  void watch(EngineRun engineToWatch) {
    engine = engineToWatch;
  }

  /// Called by the engine's thread for each record of the log, until the client's thread is found.
  @Override
  public void run() {
    EngineRun watched = engine;
    if (watching || watched == null) {
      return;
    }
    @Nullable Thread client = client();
    if (client == null) {
      return;
    }
    watching = true;
    StatementLog.watch(threadName, watched);
    Thread.ofPlatform()
        .daemon()
        .name("engine-watch")
        .start(() -> {
          try {
            client.join();
            StatementLog.forget(threadName, watched);
            if (!watched.isOverWithin(LAST_WORD)) {
              watched.stop("engine", "the server closed the connection");
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  /// The youngest of its name: an earlier engine's may not have ended yet.
  private @Nullable Thread client() {
    ThreadGroup all = Thread.currentThread().getThreadGroup();
    while (all.getParent() != null) {
      all = all.getParent();
    }
    Thread[] threads = new Thread[all.activeCount() * 2 + 16];
    int count = all.enumerate(threads, true);
    @Nullable Thread youngest = null;
    for (Thread thread : Arrays.asList(threads).subList(0, count)) {
      if (thread.getName().equals(threadName)
          && (youngest == null || thread.threadId() > youngest.threadId())) {
        youngest = thread;
      }
    }
    return youngest;
  }
}
