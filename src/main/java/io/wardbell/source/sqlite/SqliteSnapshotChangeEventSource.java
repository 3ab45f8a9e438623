package io.wardbell.source.sqlite;

import io.debezium.pipeline.EventDispatcher.SnapshotReceiver;
import io.debezium.pipeline.notification.NotificationService;
import io.debezium.pipeline.signal.actions.snapshotting.SnapshotConfiguration;
import io.debezium.pipeline.source.AbstractSnapshotChangeEventSource;
import io.debezium.pipeline.source.SnapshottingTask;
import io.debezium.pipeline.source.spi.SnapshotProgressListener;
import io.debezium.pipeline.spi.SnapshotResult;
import io.debezium.relational.TableId;
import io.wardbell.source.sqlite.SqliteConnectorConfig.SnapshotMode;
import io.wardbell.source.sqlite.wal.DatabaseFault;
import io.wardbell.source.sqlite.wal.RowEvent;
import io.wardbell.source.sqlite.wal.TableLayout;
import io.wardbell.source.sqlite.wal.Transaction;
import java.io.IOException;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads all rows at one instant, and gives them out. The streaming goes on from that instant.
final class SqliteSnapshotChangeEventSource
    extends AbstractSnapshotChangeEventSource<SqlitePartition, SqliteOffsetContext> {
  private final SqliteReader reader;
  private final SnapshotProgressListener<SqlitePartition> progress;

  SqliteSnapshotChangeEventSource(
      SqliteReader reader,
      SnapshotProgressListener<SqlitePartition> progress,
      NotificationService<SqlitePartition, SqliteOffsetContext> notifications) {
    super(reader.config(), progress, notifications);
    this.reader = reader;
    this.progress = progress;
  }

  @Override
  public SnapshottingTask getSnapshottingTask(
      SqlitePartition partition, @Nullable SqliteOffsetContext previous) {
    boolean data = reader.config().getSnapshotMode() == SnapshotMode.INITIAL;
    return new SnapshottingTask(true, data, List.of(), Map.of(), false);
  }

  @Override
  public SnapshottingTask getBlockingSnapshottingTask(
      SqlitePartition partition, SqliteOffsetContext previous, SnapshotConfiguration snapshot) {
    throw new UnsupportedOperationException("snapshots on demand: restart the connector instead");
  }

  @Override
  protected SnapshotContext<SqlitePartition, SqliteOffsetContext> prepare(
      SqlitePartition partition, boolean onDemand) {
    return new SnapshotContext<>(partition);
  }

  @Override
  protected SnapshotResult<SqliteOffsetContext> doExecute(
      ChangeEventSourceContext context,
      @Nullable SqliteOffsetContext previous,
      SnapshotContext<SqlitePartition, SqliteOffsetContext> snapshot,
      SnapshottingTask task)
      throws InterruptedException {
    SqliteOffsetContext offset = new SqliteOffsetContext(reader.config());
    snapshot.offset = offset;
    Transaction all;
    try {
      reader.checkFileSystem();
      if (!reader.awaitDatabase(context)) {
        throw new InterruptedException("stopped while waiting for the database file");
      }
      all = reader.database().snapshot();
    } catch (IOException | DatabaseFault e) {
      throw SqliteReader.failure(e);
    }
    all.defined().forEach(reader.schema()::define);
    progress.monitoredDataCollectionsDetermined(
        snapshot.partition,
        all.defined().stream().map(t -> SqliteConnectorConfig.tableId(t.name())).toList());
    offset.at(all, reader.clock().currentTimeAsInstant());
    offset.preSnapshotStart(false);
    if (task.snapshotData()) {
      give(context, snapshot.partition, offset, all);
    }
    offset.preSnapshotCompletion();
    offset.postSnapshotCompletion();
    reader.dispatcher().alwaysDispatchHeartbeatEvent(snapshot.partition, offset);
    return SnapshotResult.completed(offset);
  }

  private void give(
      ChangeEventSourceContext context,
      SqlitePartition partition,
      SqliteOffsetContext offset,
      Transaction all)
      throws InterruptedException {
    SnapshotReceiver<SqlitePartition> receiver =
        reader.dispatcher().getSnapshotChangeEventReceiver();
    Map<String, Long> rows = new HashMap<>();
    Iterator<RowEvent> events = all.rows().iterator();
    while (events.hasNext()) {
      if (!context.isRunning()) {
        throw new InterruptedException("stopped during the snapshot");
      }
      RowEvent event = events.next();
      TableId table = SqliteConnectorConfig.tableId(event.table().name());
      offset.event(table, reader.clock().currentTimeAsInstant());
      reader
          .dispatcher()
          .dispatchSnapshotEvent(
              partition, table, reader.emitter(partition, offset, event), receiver);
      rows.merge(event.table().name(), 1L, Long::sum);
    }
    receiver.completeSnapshot();
    for (TableLayout layout : all.defined()) {
      long count = rows.getOrDefault(layout.name(), 0L);
      TableId table = SqliteConnectorConfig.tableId(layout.name());
      progress.rowsScanned(partition, table, count);
      progress.dataCollectionSnapshotCompleted(partition, table, count);
    }
  }
}
