package io.wardbell.source.sqlite;

import io.debezium.pipeline.source.spi.StreamingChangeEventSource;
import io.debezium.relational.TableId;
import io.wardbell.source.sqlite.wal.DatabaseFault;
import io.wardbell.source.sqlite.wal.FileWatch;
import io.wardbell.source.sqlite.wal.RowEvent;
import io.wardbell.source.sqlite.wal.TableLayout;
import io.wardbell.source.sqlite.wal.Transaction;
import java.io.IOException;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives out commits as they are made, woken by file events.
final class SqliteStreamingChangeEventSource
    implements StreamingChangeEventSource<SqlitePartition, SqliteOffsetContext> {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteStreamingChangeEventSource.class);

  private final SqliteReader reader;

  SqliteStreamingChangeEventSource(SqliteReader reader) {
    this.reader = reader;
  }

  @Override
  public void execute(
      ChangeEventSourceContext context, SqlitePartition partition, SqliteOffsetContext offset)
      throws InterruptedException {
    try (FileWatch watch = watch()) {
      while (context.isRunning()) {
        boolean moved = reader.database().poll(t -> deliver(partition, offset, t));
        if (context.isPaused()) {
          context.streamingPaused();
          context.waitSnapshotCompletion();
        }
        if (!moved) {
          watch.await();
          if (watch.namesChanged()) {
            reader.database().expectNewFiles();
          }
        }
      }
    } catch (IOException | DatabaseFault e) {
      if (context.isRunning()) {
        throw SqliteReader.failure(e);
      }
      LOG.debug("Reading ended with the connector", e);
    }
  }

  private FileWatch watch() throws IOException {
    return reader.config().fileEvents()
        ? FileWatch.of(reader.config().databasePath(), reader.config().fallback())
        : FileWatch.polling(reader.config().fallback());
  }

  private void deliver(
      SqlitePartition partition, SqliteOffsetContext offset, Transaction transaction)
      throws InterruptedException {
    if (transaction.gap() != null) {
      LOG.info("Rows were compared to find what changed: {}", transaction.gap());
    }
    for (TableLayout layout : transaction.defined()) {
      LOG.info("Table {} has a new layout", layout.name());
      reader.schema().define(layout);
    }
    Instant now = reader.clock().currentTimeAsInstant();
    offset.at(transaction, now);
    boolean begun = false;
    for (RowEvent event : transaction.rows()) {
      if (!begun) {
        begun = true;
        reader
            .dispatcher()
            .dispatchTransactionStartedEvent(partition, offset.transactionId(), offset, now);
      }
      TableId table = SqliteConnectorConfig.tableId(event.table().name());
      offset.event(table, now);
      reader
          .dispatcher()
          .dispatchDataChangeEvent(partition, table, reader.emitter(partition, offset, event));
    }
    if (begun) {
      reader.dispatcher().dispatchTransactionCommittedEvent(partition, offset, now);
    }
    transaction.dropped().forEach(reader.schema()::forget);
  }
}
