package io.wardbell.source.sqlite;

import io.debezium.pipeline.CommonOffsetContext;
import io.debezium.pipeline.spi.OffsetContext;
import io.debezium.pipeline.txmetadata.TransactionContext;
import io.debezium.spi.schema.DataCollectionId;
import io.wardbell.source.sqlite.wal.Transaction;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;

/// How far the database was read. Told to whoever keeps offsets, never asked for: see
/// [SqliteConnector].
final class SqliteOffsetContext extends CommonOffsetContext<SqliteSourceInfo> {
  private final TransactionContext transactions = new TransactionContext();

  SqliteOffsetContext(SqliteConnectorConfig config) {
    super(new SqliteSourceInfo(config));
  }

  void at(Transaction transaction, Instant readAt) {
    boolean coalesced = transaction.kind() == Transaction.Kind.COMPARISON;
    sourceInfo.at(transaction.number(), coalesced, transaction.position(), readAt);
  }

  /// Names a transaction for the transaction metadata.
  String transactionId() {
    return "%016x:%d:%d"
        .formatted(
            SqliteSourceInfo.salt(sourceInfo.position()),
            sourceInfo.position().frame(),
            sourceInfo.commit());
  }

  @Override
  public Map<String, ?> getOffset() {
    Map<String, Object> offset = new HashMap<>();
    offset.put("commit", sourceInfo.commit());
    offset.put("wal_salt", SqliteSourceInfo.salt(sourceInfo.position()));
    offset.put("wal_frame", sourceInfo.position().frame());
    getSnapshot().ifPresent(type -> offset.put("snapshot", type.toString()));
    return offset;
  }

  @Override
  public Schema getSourceInfoSchema() {
    return sourceInfo.schema();
  }

  @Override
  public void event(DataCollectionId table, Instant timestamp) {
    sourceInfo.table(table.identifier());
  }

  @Override
  public TransactionContext getTransactionContext() {
    return transactions;
  }

  /// Nothing of an earlier run can be used.
  record Loader(SqliteConnectorConfig config) implements OffsetContext.Loader<SqliteOffsetContext> {
    @Override
    public SqliteOffsetContext load(Map<String, ?> offset) {
      return new SqliteOffsetContext(config);
    }
  }
}
