package io.wardbell.source.engine;

import io.debezium.embedded.Connect;
import io.debezium.engine.DebeziumEngine;
import io.debezium.engine.RecordChangeEvent;
import io.debezium.engine.format.ChangeEventFormat;
import io.wardbell.change.ChangeSink;
import io.wardbell.change.SourceEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One Debezium engine, from its snapshot to its end. It never reconnects: whatever ends it, a new
/// run takes a new snapshot.
final class EngineRun {
  /// Why a run ended.
  ///
  /// @param reason one word of a closed set, for the metric
  record End(String reason, String why) {}

  /// What Debezium's records say, in order. One for each run; used by the engine's thread alone.
  interface Translation {
    /// Hands on what the record says: nothing, one event or several. May wait, for instance until a
    /// commit is visible to others.
    void take(SourceRecord record, Handover out) throws InterruptedException, GapException;

    /// What the library said when it failed, for people.
    default String explain(String said) {
      return said;
    }
  }

  /// Where events go.
  interface Handover {
    /// @throws GapException if it was not taken
    void event(SourceEvent event) throws InterruptedException, GapException;
  }

  /// @param onStreaming called when the snapshot is whole
  /// @param onStopping called before the engine is closed: wakes whoever waits for the database
  record Hooks(Runnable onStreaming, Runnable onStopping) {}

  /// A pipeline that takes nothing for so long makes us give up the connection: the database must
  /// not wait for us, neither with its log nor with its own shutdown.
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration CLOSING_TIME = Duration.ofSeconds(10);

  private static final Logger log = LoggerFactory.getLogger(EngineRun.class);

  private final ChangeSink sink;
  private final Translation translation;
  private final Hooks hooks;
  private final AtomicReference<@Nullable End> end = new AtomicReference<>();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final CountDownLatch done = new CountDownLatch(1);
  private final DebeziumEngine<RecordChangeEvent<SourceRecord>> engine;
  private final Thread thread;

  EngineRun(
      String name, Properties settings, ChangeSink sink, Translation translation, Hooks hooks) {
    this.sink = sink;
    this.translation = translation;
    this.hooks = hooks;
    engine =
        DebeziumEngine.create(ChangeEventFormat.of(Connect.class))
            .using(settings)
            .using(this::completed)
            .notifying(this::handle)
            .build();
    thread = Thread.ofPlatform().name(name).daemon().unstarted(this::work);
  }

  /// An engine that fails while it is being closed throws instead of saying that it is done.
  private void work() {
    try {
      engine.run();
    } catch (RuntimeException e) {
      completed(false, null, e);
    }
  }

  /// Runs until the engine ends by itself or [#stop] is called.
  End run() throws InterruptedException {
    thread.start();
    done.await();
    End why = end.get();
    return why == null ? new End("engine", "the engine ended without a reason") : why;
  }

  /// Whether something has ended the run, though it may not be over yet. Any thread.
  boolean isEnding() {
    return end.get() != null;
  }

  /// What Debezium failed with, the innermost of it; null if it did not. Any thread.
  @Nullable Throwable failure() {
    return failure.get();
  }

  /// Waits for the run to be over. Any thread.
  boolean isOverWithin(Duration patience) throws InterruptedException {
    return done.await(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Ends the run. Any thread. Waits for the engine for a bounded time.
  void stop(String reason, String why) {
    end.compareAndSet(null, new End(reason, why));
    hooks.onStopping().run();
    Thread.ofPlatform().daemon().name(thread.getName() + "-close").start(this::close);
  }

  private void close() {
    try {
      engine.close();
    } catch (IOException | RuntimeException e) {
      log.debug("While the engine was closed: {}", e.toString());
    }
    try {
      if (!done.await(CLOSING_TIME.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn(
            "The engine did not end within {}: it is left behind, and another begins [WB-LOG-04]",
            CLOSING_TIME);
        thread.interrupt();
        done.countDown();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void completed(boolean success, @Nullable String message, @Nullable Throwable error) {
    @Nullable Throwable cause = innermost(error);
    failure.set(cause);
    end.compareAndSet(null, new End("engine", translation.explain(explain(message, cause))));
    done.countDown();
  }

  /// What the database said, not what each layer made of it.
  private static @Nullable Throwable innermost(@Nullable Throwable error) {
    @Nullable Throwable cause = error;
    for (int depth = 0; cause != null && cause.getCause() != null && depth < 20; depth++) {
      cause = cause.getCause();
    }
    return cause;
  }

  private static String explain(@Nullable String message, @Nullable Throwable cause) {
    if (cause == null) {
      return message == null ? "the engine stopped" : firstLine(message);
    }
    @Nullable String said = cause.getMessage();
    return said == null ? cause.getClass().getSimpleName() : firstLine(said);
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse(text);
  }

  private void handle(
      List<RecordChangeEvent<SourceRecord>> records,
      DebeziumEngine.RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
      throws InterruptedException {
    for (RecordChangeEvent<SourceRecord> record : records) {
      try {
        take(record.record());
      } catch (GapException e) {
        stop(e.reason(), String.valueOf(e.getMessage()));
        throw new InterruptedException(e.getMessage());
      }
      committer.markProcessed(record);
    }
    committer.markBatchFinished();
  }

  private void take(SourceRecord record) throws InterruptedException, GapException {
    if (end.get() == null) { // Nothing may follow what ended the run.
      translation.take(record, this::handOver);
    }
  }

  private void handOver(SourceEvent event) throws InterruptedException, GapException {
    if (!sink.offer(event, PATIENCE)) {
      throw new GapException(
          "stalled", "changes were not taken for " + PATIENCE.toSeconds() + " s");
    }
    if (event instanceof SourceEvent.SnapshotDone) {
      hooks.onStreaming().run();
    }
  }
}
