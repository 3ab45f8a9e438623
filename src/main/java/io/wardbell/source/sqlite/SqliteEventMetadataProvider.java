package io.wardbell.source.sqlite;

import io.debezium.data.Envelope;
import io.debezium.pipeline.source.spi.EventMetadataProvider;
import io.debezium.pipeline.spi.OffsetContext;
import io.debezium.spi.schema.DataCollectionId;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/// Tells Debezium's metrics and transaction metadata about an event.
final class SqliteEventMetadataProvider implements EventMetadataProvider {
  @Override
  public @Nullable Instant getEventTimestamp(
      DataCollectionId source, OffsetContext offset, Object key, @Nullable Struct value) {
    if (value == null || value.schema().field(Envelope.FieldName.SOURCE) == null) {
      return null;
    }
    Long millis = value.getStruct(Envelope.FieldName.SOURCE).getInt64("ts_ms");
    return millis == null ? null : Instant.ofEpochMilli(millis);
  }

  @Override
  public Map<String, String> getEventSourcePosition(
      DataCollectionId source, OffsetContext offset, Object key, Struct value) {
    return Map.of("position", transactionOf(offset));
  }

  @Override
  public String getTransactionId(
      DataCollectionId source, OffsetContext offset, Object key, Struct value) {
    return transactionOf(offset);
  }

  private static String transactionOf(OffsetContext offset) {
    return offset instanceof SqliteOffsetContext at ? at.transactionId() : "";
  }
}
