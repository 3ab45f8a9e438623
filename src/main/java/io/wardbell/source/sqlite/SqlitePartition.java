package io.wardbell.source.sqlite;

import io.debezium.pipeline.spi.Partition;
import java.util.Map;
import java.util.Set;

/// The one partition of a connector.
///
/// @param server the logical name, `topic.prefix`
record SqlitePartition(String server) implements Partition {
  @Override
  public Map<String, String> getSourcePartition() {
    return Map.of("server", server);
  }

  static Partition.Provider<SqlitePartition> provider(SqliteConnectorConfig config) {
    return () -> Set.of(new SqlitePartition(config.getLogicalName()));
  }
}
