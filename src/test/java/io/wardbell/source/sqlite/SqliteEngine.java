package io.wardbell.source.sqlite;

import io.debezium.embedded.Connect;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.NullUnmarked;

/// The connector in Debezium's embedded engine.
@NullUnmarked
final class SqliteEngine implements AutoCloseable {
  final List<SourceRecord> rows = Collections.synchronizedList(new ArrayList<>());
  final List<Long> arrivals = Collections.synchronizedList(new ArrayList<>());
  final List<SourceRecord> others = Collections.synchronizedList(new ArrayList<>());
  final CompletableFuture<String> ended = new CompletableFuture<>();
  private final DebeziumEngine<ChangeEvent<SourceRecord, SourceRecord>> engine;
  private final ExecutorService thread = Executors.newSingleThreadExecutor();

  SqliteEngine(Path database, Map<String, String> more) {
    Properties settings = new Properties();
    settings.put("name", "test");
    settings.put("topic.prefix", "test");
    settings.put("connector.class", SqliteConnector.class.getName());
    settings.put("offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
    settings.put("database.path", database.toString());
    settings.put("snapshot.mode", "initial");
    settings.put("errors.max.retries", "0");
    settings.put("max.batch.size", "1");
    settings.put("poll.interval.ms", "100");
    settings.put("tombstones.on.delete", "false");
    settings.put("notification.enabled.channels", "sink");
    settings.put("notification.sink.topic.name", "notifications");
    settings.putAll(more);
    engine =
        DebeziumEngine.create(Connect.class)
            .using(settings)
            .using(
                (DebeziumEngine.CompletionCallback)
                    (success, message, error) -> ended.complete(chain(message, error)))
            .notifying(event -> take(event.value()))
            .build();
    thread.execute(engine);
  }

  private static String chain(String message, Throwable error) {
    StringBuilder all = new StringBuilder(String.valueOf(message));
    for (Throwable e = error; e != null; e = e.getCause()) {
      all.append(" <- ").append(e.getMessage());
    }
    return all.toString();
  }

  private void take(SourceRecord record) {
    boolean row = record.value() instanceof Struct value && value.schema().field("source") != null;
    if (row && value(record).getString("op").charAt(0) != 'r') {
      arrivals.add(System.nanoTime());
    }
    (row ? rows : others).add(record);
  }

  private static Struct value(SourceRecord record) {
    return (Struct) record.value();
  }

  boolean snapshotCompleted() {
    return List.copyOf(others).stream()
        .filter(r -> r.topic().equals("notifications"))
        .map(r -> (Struct) r.value())
        .anyMatch(n ->
            n.getString("aggregate_type").equals("Initial Snapshot")
                && n.getString("type").equals("COMPLETED"));
  }

  @Override
  public void close() throws IOException {
    if (!ended.isDone()) {
      engine.close();
    }
    thread.shutdownNow();
  }
}
