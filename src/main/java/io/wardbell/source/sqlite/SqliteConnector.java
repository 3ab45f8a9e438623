package io.wardbell.source.sqlite;

import io.debezium.DebeziumException;
import io.debezium.config.Configuration;
import io.debezium.connector.common.RelationalBaseSourceConnector;
import io.debezium.spi.schema.DataCollectionId;
import io.debezium.util.Clock;
import io.wardbell.source.sqlite.wal.LiveDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigValue;
import org.jspecify.annotations.Nullable;

/// Streams the rows of a SQLite database, from its write-ahead log, with read permission alone.
///
/// One task. Offsets are given but not resumed from: the rows before a restart cannot be known
/// without a state on disk, so each start reads all rows again, without a gap to what follows.
public final class SqliteConnector extends RelationalBaseSourceConnector {
  private @Nullable Map<String, String> settings;

  @Override
  public String version() {
    return SqliteConnectorConfig.version();
  }

  @Override
  public void start(Map<String, String> given) {
    settings = Map.copyOf(given);
  }

  @Override
  public Class<SqliteConnectorTask> taskClass() {
    return SqliteConnectorTask.class;
  }

  @Override
  public List<Map<String, String>> taskConfigs(int tasksMax) {
    Map<String, String> all = settings;
    return all == null ? List.of() : List.of(all);
  }

  @Override
  public void stop() {
    settings = null;
  }

  @Override
  public ConfigDef config() {
    return SqliteConnectorConfig.configDef();
  }

  @Override
  protected Map<String, ConfigValue> validateAllFields(Configuration config) {
    return config.validate(SqliteConnectorConfig.ALL_FIELDS);
  }

  @Override
  protected void validateConnection(Map<String, ConfigValue> values, Configuration config) {
    Path path = Path.of(config.getString(SqliteConnectorConfig.DATABASE_PATH));
    ConfigValue value = values.get(SqliteConnectorConfig.DATABASE_PATH.name());
    if (value != null && Files.isDirectory(path)) {
      value.addErrorMessage("it is a directory, not a database file");
    }
    // A file that is not there yet is waited for.
  }

  @Override
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // as the method it overrides
  public <T extends DataCollectionId> List<T> getMatchingCollections(Configuration settings) {
    SqliteConnectorConfig config = new SqliteConnectorConfig(settings);
    try (LiveDatabase database = SqliteReader.open(config, Clock.system())) {
      database.snapshot();
      return database.tables().stream()
          .map(table -> (T) SqliteConnectorConfig.tableId(table.name()))
          .toList();
    } catch (IOException e) {
      throw SqliteReader.failure(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DebeziumException("interrupted", e);
    }
  }
}
