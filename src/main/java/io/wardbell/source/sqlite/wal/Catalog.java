package io.wardbell.source.sqlite.wal;

import java.nio.charset.Charset;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The tables of a database that are followed, as its schema table lists them.
///
/// @param tables by name
record Catalog(Map<String, Definition> tables) {
  /// @param root the first page of the table's tree
  /// @param sql its CREATE TABLE statement
  record Definition(int root, String sql) {}

  /// The schema table itself, which is a table like any other and begins at page 1.
  static final String SCHEMA_SQL =
      "CREATE TABLE sqlite_schema(type TEXT,name TEXT,tbl_name TEXT,rootpage INTEGER,sql TEXT)";

  private static final Selection ALL =
      new Selection() {
        @Override
        public boolean includesTable(String table) {
          return true;
        }

        @Override
        public boolean includesColumn(String table, String column) {
          return true;
        }
      };

  static TableShadow emptySchema(Charset encoding) throws MalformedPageException {
    return new TableShadow(
        TableLayout.of("sqlite_schema", SCHEMA_SQL, ALL, encoding), SCHEMA_SQL, 1);
  }

  static Catalog read(TableLayout schema, Collection<StoredRow> rows, Selection selection) {
    Map<String, Definition> tables = new LinkedHashMap<>();
    for (StoredRow row : rows) {
      @Nullable Object[] values = schema.projection.values(row.kept);
      if ("table".equals(values[0])
          && values[1] instanceof String name
          && values[3] instanceof Long root
          && values[4] instanceof String sql
          && root > 0
          && root <= Integer.MAX_VALUE
          && !name.startsWith("sqlite_")
          && selection.includesTable(name)) {
        tables.put(name, new Definition(root.intValue(), sql));
      }
    }
    return new Catalog(tables);
  }
}
