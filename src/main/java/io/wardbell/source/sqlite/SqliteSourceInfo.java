package io.wardbell.source.sqlite;

import io.debezium.connector.AbstractSourceInfoStructMaker;
import io.debezium.connector.common.BaseSourceInfo;
import io.wardbell.source.sqlite.wal.Position;
import java.time.Instant;
import java.util.Objects;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaBuilder;
import org.apache.kafka.connect.data.Struct;
import org.jspecify.annotations.Nullable;

/// Where an event comes from: the `source` block of the envelope. SQLite keeps no time of commit;
/// `ts_ms` is when the commit was read.
final class SqliteSourceInfo extends BaseSourceInfo {
  private static final String COMMIT = "commit";
  private static final String COALESCED = "coalesced";
  private static final String WAL_SALT = "wal_salt";
  private static final String WAL_FRAME = "wal_frame";

  private final String database;
  private @Nullable Instant readAt;
  private @Nullable String table;
  private long commit;
  private boolean coalesced;
  private Position position = new Position(0, 0, 0);

  SqliteSourceInfo(SqliteConnectorConfig config) {
    super(config);
    database = Objects.toString(config.databasePath().getFileName());
  }

  void at(long newCommit, boolean isCoalesced, Position newPosition, Instant time) {
    commit = newCommit;
    coalesced = isCoalesced;
    position = newPosition;
    readAt = time;
  }

  void table(String name) {
    table = name;
  }

  long commit() {
    return commit;
  }

  Position position() {
    return position;
  }

  @Override
  protected @Nullable Instant timestamp() {
    return readAt;
  }

  @Override
  protected String database() {
    return database;
  }

  /// Puts it into the envelope.
  static final class StructMaker extends AbstractSourceInfoStructMaker<SqliteSourceInfo> {
    private @Nullable Schema schema;

    @Override
    public Schema schema() {
      Schema made = schema;
      if (made == null) {
        made =
            commonSchemaBuilder()
                .name("io.wardbell.source.sqlite.Source")
                .field(TABLE_NAME_KEY, Schema.OPTIONAL_STRING_SCHEMA)
                .field(COMMIT, SchemaBuilder.int64().doc("Counts from the start.").build())
                .field(
                    COALESCED,
                    SchemaBuilder.bool()
                        .doc("Found by comparing rows: several commits may stand behind it.")
                        .build())
                .field(WAL_SALT, Schema.INT64_SCHEMA)
                .field(WAL_FRAME, Schema.INT32_SCHEMA)
                .build();
        schema = made;
      }
      return made;
    }

    @Override
    public Struct struct(SqliteSourceInfo info) {
      return commonStruct(info)
          .put(TABLE_NAME_KEY, info.table)
          .put(COMMIT, info.commit)
          .put(COALESCED, info.coalesced)
          .put(WAL_SALT, salt(info.position))
          .put(WAL_FRAME, info.position.frame());
    }
  }

  static long salt(Position position) {
    return ((long) position.salt1() << 32) | (position.salt2() & 0xffffffffL);
  }
}
