package io.wardbell.source.sqlite;

import io.debezium.DebeziumException;
import io.debezium.pipeline.EventDispatcher;
import io.debezium.pipeline.source.spi.ChangeEventSource.ChangeEventSourceContext;
import io.debezium.relational.TableId;
import io.debezium.util.Clock;
import io.wardbell.source.sqlite.wal.DatabaseFault;
import io.wardbell.source.sqlite.wal.LiveDatabase;
import io.wardbell.source.sqlite.wal.MountCheck;
import io.wardbell.source.sqlite.wal.RowEvent;
import io.wardbell.source.sqlite.wal.Timing;
import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the snapshot and the streaming share: the database, and the way out.
///
/// @param config the settings
/// @param database read by one thread: first the snapshot, then the streaming
/// @param schema the tables as Debezium knows them
/// @param dispatcher takes the events
/// @param clock the time
record SqliteReader(
    SqliteConnectorConfig config,
    LiveDatabase database,
    SqliteSchema schema,
    EventDispatcher<SqlitePartition, TableId> dispatcher,
    Clock clock) {
  private static final Logger LOG = LoggerFactory.getLogger(SqliteReader.class);
  private static final Duration LOOK_EVERY = Duration.ofMillis(250);
  private static final Duration SAY_EVERY = Duration.ofMinutes(1);

  static LiveDatabase open(SqliteConnectorConfig config, Clock clock) {
    Timing timing = new Timing(clock::currentTimeInNanos, clock::currentTimeAsInstant);
    return LiveDatabase.of(config.databasePath(), config.selection(), timing);
  }

  /// @throws DebeziumException if the file lies on a file system where it cannot be trusted
  void checkFileSystem() {
    try {
      String type = MountCheck.foreignFileSystem(config.databasePath());
      if (type != null && config.foreignFileSystemAllowed()) {
        LOG.warn("The database is on {}: what is read there may be stale [WB-SL-03]", type);
      } else if (type != null) {
        throw new DebeziumException(
            ("the database is on a %s file system, where reading it beside a server is not safe:"
                    + " use a local volume")
                .formatted(type));
      }
    } catch (IOException e) {
      throw new DebeziumException("the file system of the database cannot be told", e);
    }
  }

  /// Waits until there is a database file that is not empty.
  ///
  /// @return false if the connector is being stopped meanwhile
  boolean awaitDatabase(ChangeEventSourceContext context) throws IOException, InterruptedException {
    long saidNanos = clock.currentTimeInNanos() - SAY_EVERY.toNanos();
    while (context.isRunning()) {
      if (database.isPresent()) {
        return true;
      }
      if (clock.currentTimeInNanos() - saidNanos >= SAY_EVERY.toNanos()) {
        saidNanos = clock.currentTimeInNanos();
        LOG.info("Waiting for the database file {}", config.databasePath());
      }
      Thread.sleep(LOOK_EVERY);
    }
    return false;
  }

  SqliteChangeRecordEmitter emitter(
      SqlitePartition partition, SqliteOffsetContext offset, RowEvent event) {
    return new SqliteChangeRecordEmitter(partition, offset, clock, config, event);
  }

  /// One line that says what is the matter.
  static DebeziumException failure(Exception e) {
    String why = e instanceof DatabaseFault ? e.getMessage() : "the database cannot be read: " + e;
    return new DebeziumException(why, e);
  }
}
