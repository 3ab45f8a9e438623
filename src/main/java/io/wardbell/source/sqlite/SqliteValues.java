package io.wardbell.source.sqlite;

import io.debezium.relational.Column;
import io.debezium.relational.ValueConverter;
import io.debezium.relational.ValueConverterProvider;
import io.debezium.time.MicroTimestamp;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.connect.data.Field;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// SQLite's values as Kafka Connect has them, by the declared type of the column.
///
/// | declared | delivered as |
/// |---|---|
/// | DATETIME, TIMESTAMP | [MicroTimestamp]: text without a zone is UTC, finer digits are cut |
/// | BOOL, BOOLEAN | boolean |
/// | contains INT | int64 |
/// | contains REAL, FLOA, DOUB | float64 |
/// | contains BLOB | bytes |
/// | anything else, or nothing | string; a BLOB in it as `x'00ff'` |
///
/// Any value may stand in any column: one that the type above cannot hold becomes null, and a
/// warning, once for each column, names the column but never the value.
final class SqliteValues implements ValueConverterProvider {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteValues.class);
  private static final long MICROS = 1_000_000;
  private static final double JULIAN_EPOCH_DAYS = 2_440_587.5;
  private static final double DAY_MICROS = 86_400e6;

  private static final DateTimeFormatter TEXT =
      new DateTimeFormatterBuilder()
          .append(DateTimeFormatter.ISO_LOCAL_DATE)
          .optionalStart()
          .appendPattern("[ ]['T']HH:mm")
          .optionalStart()
          .appendLiteral(':')
          .appendValue(ChronoField.SECOND_OF_MINUTE, 2)
          .optionalStart()
          .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
          .optionalEnd()
          .optionalEnd()
          .optionalEnd()
          .optionalStart()
          .appendPattern("[ ]")
          .appendOffset("+HH:mm", "Z")
          .optionalEnd()
          .parseDefaulting(ChronoField.HOUR_OF_DAY, 0)
          .parseDefaulting(ChronoField.MINUTE_OF_HOUR, 0)
          .parseDefaulting(ChronoField.SECOND_OF_MINUTE, 0)
          .toFormatter(Locale.ROOT);

  private enum Type {
    TIMESTAMP,
    BOOLEAN,
    INTEGER,
    REAL,
    BYTES,
    TEXT
  }

  private final Set<String> warned = ConcurrentHashMap.newKeySet();

  private static Type type(Column column) {
    String declared = column.typeName() == null ? "" : column.typeName();
    String type = declared.toUpperCase(Locale.ROOT);
    if (type.startsWith("DATETIME") || type.startsWith("TIMESTAMP")) {
      return Type.TIMESTAMP;
    }
    if (type.equals("BOOLEAN") || type.equals("BOOL")) {
      return Type.BOOLEAN;
    }
    if (type.contains("INT")) {
      return Type.INTEGER;
    }
    if (type.contains("CHAR") || type.contains("CLOB") || type.contains("TEXT")) {
      return Type.TEXT;
    }
    if (type.contains("BLOB")) {
      return Type.BYTES;
    }
    return type.contains("REAL") || type.contains("FLOA") || type.contains("DOUB")
        ? Type.REAL
        : Type.TEXT;
  }

  @Override
  public SchemaBuilder schemaBuilder(Column column) {
    return switch (type(column)) {
      case TIMESTAMP -> MicroTimestamp.builder();
      case BOOLEAN -> SchemaBuilder.bool();
      case INTEGER -> SchemaBuilder.int64();
      case REAL -> SchemaBuilder.float64();
      case BYTES -> SchemaBuilder.bytes();
      case TEXT -> SchemaBuilder.string();
    };
  }

  @Override
  public ValueConverter converter(Column column, Field field) {
    Type type = type(column);
    return value -> {
      if (value == null) {
        return null;
      }
      Object converted =
          switch (type) {
            case TIMESTAMP -> micros(value);
            case BOOLEAN -> value instanceof Number n ? n.doubleValue() != 0 : null;
            case INTEGER -> integer(value);
            case REAL -> real(value);
            case BYTES -> bytes(value);
            case TEXT -> text(value);
          };
      if (converted == null && warned.add(column.name())) {
        LOG.warn(
            "Column {}, declared {}, holds {}s that the type cannot hold: they come as null [WB-SL-14]",
            column.name(),
            column.typeName(),
            value.getClass().getSimpleName());
      }
      return converted;
    };
  }

  /// Text as SQLite's date functions read it; whole numbers are seconds since 1970, others Julian
  /// days.
  static @Nullable Long micros(Object value) {
    return switch (value) {
      case Long seconds when Math.abs(seconds) < Long.MAX_VALUE / MICROS -> seconds * MICROS;
      case Double days when Math.abs(days) < 1e7 ->
          Math.round((days - JULIAN_EPOCH_DAYS) * DAY_MICROS);
      case String text -> micros(text);
      default -> null;
    };
  }

  private static @Nullable Long micros(String text) {
    try {
      var parsed = TEXT.parseBest(text.strip(), OffsetDateTime::from, LocalDateTime::from);
      OffsetDateTime time =
          parsed instanceof OffsetDateTime zoned
              ? zoned
              : ((LocalDateTime) parsed).atOffset(ZoneOffset.UTC);
      return Math.addExact(
          Math.multiplyExact(time.toEpochSecond(), MICROS), time.getNano() / 1_000);
    } catch (DateTimeException | ArithmeticException _) {
      return null; // told by the caller
    }
  }

  private static @Nullable Long integer(Object value) {
    return switch (value) {
      case Long number -> number;
      case Double number when number == Math.rint(number) && Math.abs(number) < 1L << 53 ->
          number.longValue();
      default -> null;
    };
  }

  private static @Nullable Double real(Object value) {
    return value instanceof Number number ? (Double) number.doubleValue() : null;
  }

  private static @Nullable ByteBuffer bytes(Object value) {
    return switch (value) {
      case byte[] bytes -> ByteBuffer.wrap(bytes);
      case String text -> ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      default -> null;
    };
  }

  private static String text(Object value) {
    return value instanceof byte[] bytes
        ? "x'" + HexFormat.of().formatHex(bytes) + "'"
        : value.toString();
  }
}
