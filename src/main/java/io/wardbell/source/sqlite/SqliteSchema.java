package io.wardbell.source.sqlite;

import io.debezium.connector.common.CdcSourceTaskContext;
import io.debezium.relational.Column;
import io.debezium.relational.CustomConverterRegistry;
import io.debezium.relational.RelationalDatabaseSchema;
import io.debezium.relational.Table;
import io.debezium.relational.TableEditor;
import io.debezium.relational.TableId;
import io.debezium.relational.TableSchemaBuilder;
import io.debezium.spi.topic.TopicNamingStrategy;
import io.wardbell.source.sqlite.wal.TableLayout;
import java.util.ArrayList;
import java.util.List;

/// The tables as Debezium knows them, kept in step with the layouts that the log's reader finds.
final class SqliteSchema extends RelationalDatabaseSchema {
  SqliteSchema(
      SqliteConnectorConfig config,
      CdcSourceTaskContext<SqliteConnectorConfig> context,
      TopicNamingStrategy<TableId> topics,
      CustomConverterRegistry converters) {
    super(
        config,
        topics,
        config.getTableFilters().dataCollectionFilter(),
        config.getColumnFilter(),
        new TableSchemaBuilder(
            new SqliteValues(),
            null,
            config.schemaNameAdjuster(),
            converters,
            config.getSourceInfoStructMaker().schema(),
            config.getFieldNamer(),
            false,
            config.getEventConvertingFailureHandlingMode()),
        false,
        config.getKeyMapper(),
        context);
  }

  void define(TableLayout layout) {
    List<Column> columns = new ArrayList<>();
    for (TableLayout.Column column : layout.columns()) {
      columns.add(
          Column.editor()
              .name(column.name())
              .type(column.declaredType())
              .optional(true) // any column of SQLite may hold anything
              .position(columns.size() + 1)
              .create());
    }
    TableEditor editor =
        Table.editor().tableId(SqliteConnectorConfig.tableId(layout.name())).addColumns(columns);
    if (!layout.key().isEmpty()) {
      editor.setPrimaryKeyNames(layout.key());
    }
    Table table = editor.create();
    tables().overwriteTable(table);
    buildAndRegisterSchema(table);
  }

  void forget(TableLayout layout) {
    TableId id = SqliteConnectorConfig.tableId(layout.name());
    tables().removeTable(id);
    removeSchema(id);
  }

  @Override
  public boolean tableInformationComplete() {
    return true;
  }
}
