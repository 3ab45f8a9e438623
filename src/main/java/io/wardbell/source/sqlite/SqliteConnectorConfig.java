package io.wardbell.source.sqlite;

import io.debezium.config.ConfigDefinition;
import io.debezium.config.Configuration;
import io.debezium.config.EnumeratedValue;
import io.debezium.config.Field;
import io.debezium.connector.SourceInfoStructMaker;
import io.debezium.relational.ColumnFilterMode;
import io.debezium.relational.RelationalDatabaseConnectorConfig;
import io.debezium.relational.TableId;
import io.debezium.relational.Tables.TableFilter;
import io.wardbell.source.sqlite.wal.Selection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;

/// The connector's settings, on top of those that every relational connector of Debezium has.
final class SqliteConnectorConfig extends RelationalDatabaseConnectorConfig {
  static final String NAME = "sqlite";

  /// What to do with the rows that are there at the start.
  enum SnapshotMode implements EnumeratedValue {
    /// Read and give out all rows at each start.
    INITIAL,
    /// Read all rows, because changes are told from them, but give out changes only.
    NO_DATA;

    @Override
    public String getValue() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static final Field DATABASE_PATH =
      Field.create("database.path")
          .withDisplayName("Database file")
          .withType(ConfigDef.Type.STRING)
          .withImportance(ConfigDef.Importance.HIGH)
          .withValidation(Field::isRequired)
          .withDescription("The SQLite database file. Waited for if it is not there yet.");

  static final Field SNAPSHOT_MODE =
      Field.create("snapshot.mode")
          .withDisplayName("Snapshot mode")
          .withEnum(SnapshotMode.class, SnapshotMode.INITIAL)
          .withImportance(ConfigDef.Importance.MEDIUM)
          .withDescription(
              "'initial' gives out all rows at each start; 'no_data' only changes from then on.");

  static final Field FILE_EVENTS =
      Field.create("file.events.enabled")
          .withDisplayName("File events")
          .withType(ConfigDef.Type.BOOLEAN)
          .withDefault(true)
          .withImportance(ConfigDef.Importance.LOW)
          .withDescription("Whether the kernel's file events wake the connector.");

  static final Field FALLBACK_MILLIS =
      Field.create("file.poll.interval.ms")
          .withDisplayName("File poll interval")
          .withType(ConfigDef.Type.INT)
          .withDefault(100)
          .withImportance(ConfigDef.Importance.LOW)
          .withValidation(Field::isPositiveInteger)
          .withDescription("How long to wait at most before looking again, file events or not.");

  static final Field FOREIGN_FILE_SYSTEM =
      Field.create("foreign.file.system.allowed")
          .withDisplayName("Allow network file systems")
          .withType(ConfigDef.Type.BOOLEAN)
          .withDefault(false)
          .withImportance(ConfigDef.Importance.LOW)
          .withDescription(
              "Whether to run on NFS, SMB, 9p, virtiofs, FUSE and the like, where pages may be"
                  + " stale and SQLite itself comes to harm.");

  private static final ConfigDefinition DEFINITION =
      RelationalDatabaseConnectorConfig.CONFIG_DEFINITION
          .edit()
          .name("SQLite")
          .type(DATABASE_PATH)
          .connector(SNAPSHOT_MODE, FILE_EVENTS, FALLBACK_MILLIS, FOREIGN_FILE_SYSTEM)
          .excluding(SCHEMA_INCLUDE_LIST, SCHEMA_EXCLUDE_LIST)
          .create();

  static final Field.Set ALL_FIELDS = Field.setOf(DEFINITION.all());

  private static final TableFilter NO_SYSTEM_TABLES =
      TableFilter.fromPredicate(table -> !table.table().startsWith("sqlite_"));

  private final Configuration settings;

  SqliteConnectorConfig(Configuration settings) {
    super(settings, NO_SYSTEM_TABLES, TableId::table, 0, ColumnFilterMode.CATALOG, false);
    this.settings = settings;
  }

  static ConfigDef configDef() {
    return DEFINITION.configDef();
  }

  static String version() {
    return Objects.requireNonNullElse(
        SqliteConnectorConfig.class.getPackage().getImplementationVersion(), "development");
  }

  Path databasePath() {
    return Path.of(settings.getString(DATABASE_PATH));
  }

  boolean fileEvents() {
    return settings.getBoolean(FILE_EVENTS);
  }

  Duration fallback() {
    return Duration.ofMillis(settings.getInteger(FALLBACK_MILLIS));
  }

  boolean foreignFileSystemAllowed() {
    return settings.getBoolean(FOREIGN_FILE_SYSTEM);
  }

  static TableId tableId(String table) {
    return new TableId(null, null, table);
  }

  Selection selection() {
    return new Selection() {
      @Override
      public boolean includesTable(String table) {
        return getTableFilters().dataCollectionFilter().isIncluded(tableId(table));
      }

      @Override
      public boolean includesColumn(String table, String column) {
        return getColumnFilter().matches(null, null, table, column);
      }
    };
  }

  @Override
  public SnapshotMode getSnapshotMode() {
    return SnapshotMode.valueOf(settings.getString(SNAPSHOT_MODE).toUpperCase(Locale.ROOT));
  }

  @Override
  public Optional<EnumeratedValue> getSnapshotLockingMode() {
    return Optional.empty();
  }

  @Override
  public String getContextName() {
    return "SQLite";
  }

  @Override
  public String getConnectorName() {
    return NAME;
  }

  @Override
  protected SourceInfoStructMaker<?> getSourceInfoStructMaker(Version version) {
    SqliteSourceInfo.StructMaker maker = new SqliteSourceInfo.StructMaker();
    maker.init(NAME, version(), this);
    return maker;
  }
}
