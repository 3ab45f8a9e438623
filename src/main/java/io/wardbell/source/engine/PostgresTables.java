package io.wardbell.source.engine;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Tables in a PostgreSQL catalogue, with what a publication makes of them.
final class PostgresTables {
  /// Since when a publication can leave out columns and rows.
  private static final int LISTS_AND_FILTERS = 15_00_00;

  /// @param oid changes when a table is made anew
  /// @param membership changes when a table leaves the publication and returns; 0 for one that is
  ///   published with others (`FOR ALL TABLES`)
  /// @param published the columns that changes carry; none if the table is not published
  /// @param filtered whether the publication leaves rows out
  /// @param identified whether a change names its row by the primary key or the whole row
  /// @param schemaUsable whether the role may look into the schema
  record Found(
      String schema,
      String name,
      long oid,
      long membership,
      List<String> columns,
      List<String> readable,
      List<String> published,
      boolean filtered,
      boolean identified,
      boolean schemaUsable,
      Key key) {
    String qualified() {
      return quoted(schema) + '.' + quoted(name);
    }

    boolean isPublished() {
      return !published.isEmpty();
    }
  }

  /// @param constraint its name
  /// @param columns none if the table has no primary key
  /// @param deferrable then it does not name a row for the log
  record Key(String constraint, List<String> columns, boolean deferrable) {
    boolean exists() {
      return !columns.isEmpty();
    }
  }

  private static final String QUERY =
      """
      SELECT n.nspname, c.relname, c.oid::bigint AS oid, coalesce(r.oid, 0)::bigint AS membership,
             ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
                   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
             ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
                   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                     AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')) AS readable,
             ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
                   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                     AND EXISTS (SELECT 1 FROM pg_catalog.pg_publication_tables p
                                 WHERE p.pubname = ? AND p.schemaname = n.nspname
                                   AND p.tablename = c.relname)
                     AND ({list} IS NULL OR a.attnum = ANY ({list}))) AS published,
             {filtered} AS filtered,
             c.relreplident = 'f' OR c.relreplident = 'd' OR coalesce(i.indisreplident, false)
               AS identified,
             pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS usable,
             coalesce(k.relname, '') AS key_name,
             ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
                   WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey)) AS key_columns,
             coalesce(NOT i.indimmediate, false) AS deferrable
      FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
      LEFT JOIN pg_catalog.pg_class k ON k.oid = i.indexrelid
      LEFT JOIN pg_catalog.pg_publication_rel r ON r.prrelid = c.oid
        AND r.prpubid = (SELECT b.oid FROM pg_catalog.pg_publication b WHERE b.pubname = ?)
      WHERE c.relkind IN ('r', 'p') AND c.relname = ANY (?)
        AND n.nspname = (
          SELECT s.name FROM unnest(string_to_array(
            replace(replace(pg_catalog.current_setting('search_path'), '"', ''), ' ', ''),
            ',')) WITH ORDINALITY AS s(name, place)
          JOIN pg_catalog.pg_namespace m ON m.nspname = s.name
          JOIN pg_catalog.pg_class v ON v.relnamespace = m.oid
            AND v.relname = 'users_organizations'
          ORDER BY s.place LIMIT 1)
      """;

  private PostgresTables() {}

  /// Those of the names that are there, in the first schema of the search path that has the
  /// server's tables.
  static Map<String, Found> find(
      Connection connection, int version, String publication, Collection<String> names)
      throws SQLException {
    boolean lists = version >= LISTS_AND_FILTERS;
    String query =
        QUERY
            .replace("{list}", lists ? "r.prattrs::int2[]" : "NULL::int2[]")
            .replace("{filtered}", lists ? "r.prqual IS NOT NULL" : "false");
    Map<String, Found> found = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, publication);
      statement.setString(2, publication);
      statement.setArray(3, connection.createArrayOf("text", names.toArray()));
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          Found table = table(row);
          found.put(table.name(), table);
        }
      }
    }
    return found;
  }

  private static Found table(ResultSet row) throws SQLException {
    return new Found(
        row.getString("nspname"),
        row.getString("relname"),
        row.getLong("oid"),
        row.getLong("membership"),
        strings(row.getArray("columns")),
        strings(row.getArray("readable")),
        strings(row.getArray("published")),
        row.getBoolean("filtered"),
        row.getBoolean("identified"),
        row.getBoolean("usable"),
        new Key(
            row.getString("key_name"),
            strings(row.getArray("key_columns")),
            row.getBoolean("deferrable")));
  }

  private static List<String> strings(Array array) throws SQLException {
    return Arrays.stream((Object[]) array.getArray()).map(Object::toString).toList();
  }

  /// A name as SQL has it.
  static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
