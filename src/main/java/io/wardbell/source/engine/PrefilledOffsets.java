package io.wardbell.source.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.storage.MemoryOffsetBackingStore;

/// An offset store in memory that holds one offset from the start: where the stream is to begin.
///
/// Public because Debezium makes it by name.
public final class PrefilledOffsets extends MemoryOffsetBackingStore {
  /// The settings with the offset's key and value, in Kafka Connect's JSON.
  static final String KEY = "wardbell.offset.key";

  static final String VALUE = "wardbell.offset.value";

  @Override
  public void configure(WorkerConfig config) {
    super.configure(config);
    Map<String, String> settings = config.originalsStrings();
    data.put(bytes(settings, KEY), bytes(settings, VALUE));
  }

  @Override
  public Set<Map<String, Object>> connectorPartitions(String connector) {
    return Set.of();
  }

  private static ByteBuffer bytes(Map<String, String> settings, String name) {
    String text = settings.get(name);
    if (text == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
