package io.wardbell.source.engine;

import io.wardbell.change.Capture;
import io.wardbell.change.SourceFault;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Looks over a PostgreSQL database before an engine starts, and once a minute while one runs:
/// version, settings, role, publication, keys, grants. Names every fault with the statement that
/// mends it.
final class PostgresPreflight {
  private static final int OLDEST = 12_00_00;

  private static final String RUN_SETUP =
      "as the owner of the tables run what `wardbell setup-sql` prints";

  /// A table of the server's, as the catalogue has it.
  private record Found(
      String schema,
      String name,
      long oid,
      boolean published,
      boolean hasKey,
      boolean identified,
      List<String> columns,
      List<String> readable) {}

  private final Capture capture;
  private final String publication;

  PostgresPreflight(Capture capture, String publication) {
    this.capture = capture;
    this.publication = publication;
  }

  /// @throws SourceFault if no engine can work on this database; all faults in one message
  PostgresPlan check(Connection connection) throws SQLException, SourceFault {
    List<String> fatal = new ArrayList<>();
    Map<String, String> settings = settings(connection);
    int version = Integer.parseInt(settings.getOrDefault("server_version_num", "0"));
    if (version < OLDEST) {
      fatal.add(
          "the server is PostgreSQL %s, Wardbell needs 12 or later"
              .formatted(settings.get("server_version")));
    }
    if (!"logical".equals(settings.get("wal_level"))) {
      fatal.add(
          ("wal_level is %s, it has to be logical: run ALTER SYSTEM SET wal_level = logical;"
                  + " and restart the server")
              .formatted(settings.get("wal_level")));
    }
    checkRole(connection, fatal);
    if (!publicationExists(connection)) {
      fatal.add(
          "there is no publication named %s in database %s: %s"
              .formatted(publication, connection.getCatalog(), RUN_SETUP));
    }
    Map<String, Found> found = tables(connection);
    if (found.isEmpty()) {
      fatal.add(
          "this does not look like a vault server's database: it has none of the tables "
              + String.join(", ", List.copyOf(capture.tables().keySet()).subList(0, 3))
              + "; check the database's name and, if the tables are in another schema, options=-c"
              + " search_path=");
    }
    List<String> faults = new ArrayList<>();
    SequencedMap<String, PostgresPlan.Table> plan = new LinkedHashMap<>();
    if (fatal.isEmpty()) {
      plan(found, plan, faults, fatal);
    }
    if (!fatal.isEmpty()) {
      throw SourceFault.setup(String.join("\n", fatal));
    }
    return new PostgresPlan(
        plan,
        faults,
        millis(settings.getOrDefault("wal_sender_timeout", "60000")),
        !settings.getOrDefault("synchronous_standby_names", "").isBlank());
  }

  private static long millis(String value) {
    return Long.parseLong(value);
  }

  private static Map<String, String> settings(Connection connection) throws SQLException {
    Map<String, String> settings = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                """
                SELECT name, setting FROM pg_catalog.pg_settings
                WHERE name IN ('server_version', 'server_version_num', 'wal_level',
                               'wal_sender_timeout', 'synchronous_standby_names')
                """)) {
      while (rows.next()) {
        settings.put(rows.getString(1), rows.getString(2));
      }
    }
    return settings;
  }

  private static void checkRole(Connection connection, List<String> fatal) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                """
                SELECT current_user, rolreplication OR rolsuper, pg_catalog.pg_is_in_recovery()
                FROM pg_catalog.pg_roles WHERE rolname = current_user
                """)) {
      if (row.next()) {
        if (!row.getBoolean(2)) {
          fatal.add(
              "role %1$s may not replicate: run ALTER ROLE %1$s REPLICATION;"
                  .formatted(quoted(row.getString(1))));
        }
        if (row.getBoolean(3)) {
          fatal.add(
              "this server is a standby: point WARDBELL_DATABASE_URL at the primary, which the vault"
                  + " server writes to");
        }
      }
    }
  }

  private boolean publicationExists(Connection connection) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement("SELECT 1 FROM pg_catalog.pg_publication WHERE pubname = ?")) {
      statement.setString(1, publication);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  /// The tables of our list, as the search path finds them.
  private Map<String, Found> tables(Connection connection) throws SQLException {
    Map<String, Found> found = new HashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT n.nspname, c.relname, c.oid::bigint,
                   c.relreplident IN ('d', 'f') OR EXISTS (
                     SELECT 1 FROM pg_catalog.pg_index i
                     WHERE i.indrelid = c.oid AND i.indisprimary AND i.indisreplident),
                   EXISTS (SELECT 1 FROM pg_catalog.pg_publication_tables p
                           WHERE p.pubname = ? AND p.schemaname = n.nspname
                             AND p.tablename = c.relname),
                   EXISTS (SELECT 1 FROM pg_catalog.pg_index i
                           WHERE i.indrelid = c.oid AND i.indisprimary),
                   ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
                         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
                   ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
                         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                           AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
                           AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT'))
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND c.relname = ANY (?)
              AND n.nspname = (
                SELECT s.name FROM unnest(string_to_array(
                  replace(replace(pg_catalog.current_setting('search_path'), '"', ''), ' ', ''),
                  ',')) WITH ORDINALITY AS s(name, place)
                JOIN pg_catalog.pg_namespace m ON m.nspname = s.name
                JOIN pg_catalog.pg_class v ON v.relnamespace = m.oid
                  AND v.relname = 'users_organizations'
                ORDER BY s.place LIMIT 1)
            """)) {
      Array names = connection.createArrayOf("text", capture.tables().keySet().toArray());
      statement.setString(1, publication);
      statement.setArray(2, names);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          Found table =
              new Found(
                  row.getString(1),
                  row.getString(2),
                  row.getLong(3),
                  row.getBoolean(5),
                  row.getBoolean(6),
                  row.getBoolean(4),
                  strings(row.getArray(7)),
                  strings(row.getArray(8)));
          found.put(table.name(), table);
        }
      }
    }
    return found;
  }

  private static List<String> strings(Array array) throws SQLException {
    return Arrays.stream((Object[]) array.getArray()).map(Object::toString).toList();
  }

  private void plan(
      Map<String, Found> found,
      SequencedMap<String, PostgresPlan.Table> plan,
      List<String> faults,
      List<String> fatal) {
    capture
        .tables()
        .forEach((name, wanted) -> {
          @Nullable Found table = found.get(name);
          List<String> into = wanted.required() ? fatal : faults;
          if (table == null) {
            if (wanted.required()) {
              fatal.add(
                  "table %s is missing: this is no vault server's database since 1.17"
                      .formatted(name));
            } // Else the server is older than the table.
            return;
          }
          @Nullable String fault = fault(table, wanted);
          if (fault == null) {
            plan.put(name, planned(table, wanted));
          } else {
            into.add(fault);
          }
        });
  }

  private static PostgresPlan.Table planned(Found table, Capture.Table wanted) {
    List<String> columns = wanted.columns().stream().filter(table.columns()::contains).toList();
    return new PostgresPlan.Table(table.schema(), table.oid(), columns);
  }

  private @Nullable String fault(Found table, Capture.Table wanted) {
    if (!table.hasKey()) {
      return ("table %s has no primary key, so that it cannot be published without making the"
              + " server's own updates fail: let the vault server finish its migrations, then %s")
          .formatted(table.name(), RUN_SETUP);
    }
    if (!table.identified()) {
      return "table %s has another replica identity than its key: run ALTER TABLE %s.%s REPLICA IDENTITY DEFAULT;"
          .formatted(table.name(), quoted(table.schema()), quoted(table.name()));
    }
    if (!table.published()) {
      return "table %s is not in publication %s: run ALTER PUBLICATION %s ADD TABLE %s.%s; or %s"
          .formatted(
              table.name(),
              publication,
              quoted(publication),
              quoted(table.schema()),
              quoted(table.name()),
              RUN_SETUP);
    }
    Set<String> readable = Set.copyOf(table.readable());
    List<String> denied =
        wanted.columns().stream()
            .filter(table.columns()::contains)
            .filter(column -> !readable.contains(column))
            .toList();
    if (!denied.isEmpty()) {
      return "the role may not read %s of table %s: run GRANT SELECT (%s) ON %s.%s TO the role; or %s"
          .formatted(
              String.join(", ", denied),
              table.name(),
              String.join(", ", denied.stream().map(PostgresPreflight::quoted).toList()),
              quoted(table.schema()),
              quoted(table.name()),
              RUN_SETUP);
    }
    return null;
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }
}
