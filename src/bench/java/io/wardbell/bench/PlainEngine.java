package io.wardbell.bench;

import io.debezium.embedded.Connect;
import io.debezium.engine.ChangeEvent;
import io.debezium.engine.DebeziumEngine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;

/// A Debezium engine that drops its records, and says when the item of a user came. Arguments: a
/// file of settings, the user.
final class PlainEngine {
  private PlainEngine() {}

  public static void main(String[] args) throws Exception {
    Properties settings = new Properties();
    try (var in = Files.newInputStream(Path.of(args[0]))) {
      settings.load(in);
    }
    String user = args[1];
    try (DebeziumEngine<ChangeEvent<SourceRecord, SourceRecord>> engine =
        DebeziumEngine.create(Connect.class)
            .using(settings)
            .notifying(event -> take(event.value(), user))
            .build()) {
      engine.run();
    }
  }

  private static void take(SourceRecord record, String user) {
    if (record.value() instanceof Struct value
        && value.schema().field("after") != null
        && value.get("after") instanceof Struct after
        && after.schema().field("user_uuid") != null
        && user.equals(after.get("user_uuid"))) {
      System.out.println("heard " + System.nanoTime() + " " + after.get("uuid"));
    }
  }
}
