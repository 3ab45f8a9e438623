package io.wardbell.source.engine;

import io.wardbell.change.Columns;
import io.wardbell.change.Row;
import io.wardbell.change.RowChange;
import io.wardbell.change.SourceEvent;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/// Debezium's records in our own words. One for each engine; used by the engine's thread alone.
final class Reader {
  /// The topic of Debezium's notifications, which come as records in order with the rows.
  static final String NOTIFICATIONS = "wardbell-notifications";

  private static final Object UNKNOWN = new Object();

  /// What Debezium gives for a long value that PostgreSQL did not log, because it did not change
  /// (`unavailable.value.placeholder`).
  private static final String UNCHANGED = "__debezium_unavailable_value";

  /// The columns of each row schema; a schema is made anew when a table changes, so that few are
  /// held.
  private final Map<Schema, Columns> columns = new HashMap<>();

  /// What a record says.
  ///
  /// @return null if it says nothing that matters
  /// @throws GapException if it says that rows went without a record of each
  @Nullable SourceEvent read(SourceRecord record) throws GapException {
    if (!(record.value() instanceof Struct value)) {
      return null;
    }
    if (NOTIFICATIONS.equals(record.topic())) {
      return "Initial Snapshot".equals(text(value, "aggregate_type"))
              && "COMPLETED".equals(text(value, "type"))
          ? new SourceEvent.SnapshotDone()
          : null;
    }
    @Nullable String operation = text(value, "op");
    if (operation == null) {
      return null;
    }
    Struct source = value.getStruct("source");
    String table = source.getString("table");
    return switch (operation) {
      case "r", "c", "u" -> upserted(table, value.getStruct("after"), committedAt(source, value));
      case "d" -> deleted(table, record, committedAt(source, value));
      case "t" -> throw new GapException("truncate", "TRUNCATE of " + table);
      default -> null;
    };
  }

  private SourceEvent upserted(String table, @Nullable Struct after, Instant at) {
    return after == null
        ? new SourceEvent.Unreadable(table, "a record without values")
        : rows(new RowChange.Upserted(table, row(after)), at);
  }

  private SourceEvent deleted(String table, SourceRecord record, Instant at) {
    // The key's columns and no others: PostgreSQL invents values for what it did not log.
    return record.key() instanceof Struct key
        ? rows(new RowChange.Deleted(table, row(key)), at)
        : new SourceEvent.Unreadable(table, "a deletion without a key");
  }

  private static SourceEvent rows(RowChange change, Instant at) {
    return new SourceEvent.Rows(List.of(change), at);
  }

  private static Instant committedAt(Struct source, Struct value) {
    @Nullable Object micros = field(source, "ts_us");
    if (micros instanceof Long us) {
      return Instant.EPOCH.plus(us, ChronoUnit.MICROS);
    }
    @Nullable Object millis = field(source, "ts_ms");
    return Instant.ofEpochMilli(millis instanceof Long ms ? ms : value.getInt64("ts_ms"));
  }

  private Row row(Struct struct) {
    Schema schema = struct.schema();
    @Nullable Columns names = columns.get(schema);
    if (names == null) {
      names = new Columns(schema.fields().stream().map(Field::name).toList());
      columns.put(schema, names);
    }
    List<Field> fields = schema.fields();
    @Nullable Object[] values = new Object[fields.size()];
    for (int i = 0; i < values.length; i++) {
      Field field = fields.get(i);
      values[i] = value(field.schema(), struct.getWithoutDefault(field.name()));
    }
    return new Row(names, values);
  }

  /// A column's value in one of the types that [Row] knows; what it does not know stays an object
  /// that no reader accepts. Null also for a long text that was left as it was.
  private static @Nullable Object value(Schema schema, @Nullable Object value) {
    @Nullable String logical = schema.name();
    return switch (value) {
      case null -> null;
      case Boolean flag -> flag;
      case Number number -> number(logical, number.longValue());
      case String text when text.equals(UNCHANGED) -> null;
      case String text -> zoned(logical, text);
      default -> UNKNOWN;
    };
  }

  private static Object number(@Nullable String logical, long number) {
    return switch (logical) {
      case "io.debezium.time.MicroTimestamp" -> Instant.EPOCH.plus(number, ChronoUnit.MICROS);
      case "io.debezium.time.Timestamp" -> Instant.ofEpochMilli(number);
      case "io.debezium.time.NanoTimestamp" -> Instant.EPOCH.plusNanos(number);
      case "io.debezium.time.Date" ->
          LocalDate.ofEpochDay(number).atStartOfDay(ZoneOffset.UTC).toInstant();
      case null, default -> number;
    };
  }

  private static Object zoned(@Nullable String logical, String text) {
    if ("io.debezium.time.ZonedTimestamp".equals(logical)) {
      try {
        return OffsetDateTime.parse(text).toInstant();
      } catch (DateTimeParseException e) {
        return UNKNOWN; // Refused by whoever reads the column as a date, with the column's name.
      }
    }
    return text;
  }

  private static @Nullable String text(Struct struct, String name) {
    return field(struct, name) instanceof String text ? text : null;
  }

  private static @Nullable Object field(Struct struct, String name) {
    return struct.schema().field(name) == null ? null : struct.get(name);
  }
}
