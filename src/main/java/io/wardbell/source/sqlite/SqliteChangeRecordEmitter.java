package io.wardbell.source.sqlite;

import io.debezium.data.Envelope;
import io.debezium.relational.RelationalChangeRecordEmitter;
import io.debezium.util.Clock;
import io.wardbell.source.sqlite.wal.RowEvent;

/// Makes a change record of one row event.
final class SqliteChangeRecordEmitter extends RelationalChangeRecordEmitter<SqlitePartition> {
  private final RowEvent event;

  SqliteChangeRecordEmitter(
      SqlitePartition partition,
      SqliteOffsetContext offset,
      Clock clock,
      SqliteConnectorConfig config,
      RowEvent event) {
    super(partition, offset, clock, config);
    this.event = event;
  }

  @Override
  public Envelope.Operation getOperation() {
    return switch (event.operation()) {
      case READ -> Envelope.Operation.READ;
      case CREATE -> Envelope.Operation.CREATE;
      case UPDATE -> Envelope.Operation.UPDATE;
      case DELETE -> Envelope.Operation.DELETE;
    };
  }

  @Override
  @SuppressWarnings("NullAway") // Debezium says nothing about null; it takes it for no row
  protected Object[] getOldColumnValues() {
    return event.before();
  }

  @Override
  @SuppressWarnings("NullAway") // as above
  protected Object[] getNewColumnValues() {
    return event.after();
  }
}
