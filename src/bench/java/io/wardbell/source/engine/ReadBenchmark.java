package io.wardbell.source.engine;

import io.wardbell.change.SourceEvent;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// Decoding: Debezium's record of an item in our words.
@State(Scope.Benchmark)
public class ReadBenchmark {
  private final Reader reader = new Reader();
  private final SourceRecord record = record();

  private static SourceRecord record() {
    Schema row =
        SchemaBuilder.struct()
            .field("uuid", Schema.STRING_SCHEMA)
            .field("user_uuid", Schema.OPTIONAL_STRING_SCHEMA)
            .field("organization_uuid", Schema.OPTIONAL_STRING_SCHEMA)
            .field("updated_at", date(SchemaBuilder.int64()))
            .field("deleted_at", date(SchemaBuilder.int64().optional()))
            .build();
    Schema source =
        SchemaBuilder.struct()
            .field("table", Schema.STRING_SCHEMA)
            .field("ts_us", Schema.INT64_SCHEMA)
            .build();
    Schema envelope =
        SchemaBuilder.struct()
            .field("after", row)
            .field("source", source)
            .field("op", Schema.STRING_SCHEMA)
            .field("ts_ms", Schema.INT64_SCHEMA)
            .build();
    Struct value =
        new Struct(envelope)
            .put(
                "after",
                new Struct(row)
                    .put("uuid", "5a1b2c3d-0000-4000-8000-000000000001")
                    .put("organization_uuid", "5a1b2c3d-0000-4000-8000-000000000002")
                    .put("updated_at", 1_764_000_000_000_000L))
            .put(
                "source",
                new Struct(source).put("table", "ciphers").put("ts_us", 1_764_000_000_000_000L))
            .put("op", "u")
            .put("ts_ms", 1_764_000_000_000L);
    return new SourceRecord(Map.of(), Map.of(), "vault.public.ciphers", envelope, value);
  }

  private static Schema date(SchemaBuilder number) {
    return number.name("io.debezium.time.MicroTimestamp").build();
  }

  @Benchmark
  public @Nullable SourceEvent decode() throws GapException {
    return reader.read(record);
  }
}
