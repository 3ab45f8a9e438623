package io.wardbell.source.engine;

import io.wardbell.change.Capture;
import io.wardbell.change.SourceFault;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Looks over a MariaDB or MySQL database before an engine starts, and once a minute while one
/// runs: version, log, role, tables, grants. Names every fault with the statement or line that
/// mends it.
final class BinlogPreflight {
  /// A commit that is in MySQL's log is visible after so long, unless it waits for a replica.
  private static final Duration SETTLE = Duration.ofSeconds(1);

  private static final Duration SETTLE_MAX = Duration.ofSeconds(30);

  private static final int DENIED_TABLE = 1142;
  private static final int DENIED_COLUMN = 1143;

  private static final String RUN_SETUP =
      "in the vault server's database run what `wardbell setup-sql` prints";

  private final BinlogDatabase database;
  private final Capture capture;

  BinlogPreflight(BinlogDatabase database, Capture capture) {
    this.database = database;
    this.capture = capture;
  }

  /// @throws SourceFault if no engine can work on this database; all faults in one message
  BinlogPlan check(Connection connection) throws SQLException, SourceFault {
    Map<String, String> settings = BinlogSettingsCheck.read(connection);
    BinlogServer server = BinlogServer.of(settings.getOrDefault("version", ""));
    List<String> fatal = new ArrayList<>(BinlogSettingsCheck.faults(server, settings));
    Set<String> granted = granted(connection);
    checkRole(server, granted, fatal);
    if (fatal.isEmpty()) {
      checkFilters(connection, fatal);
    }
    Map<String, Set<String>> found = columns(connection);
    if (found.isEmpty()) {
      fatal.add(
          "database %s shows user %s none of a vault server's tables: check the database's name, and %s [WB-MY-08]"
              .formatted(database.database(), database.user(), RUN_SETUP));
    }
    List<String> faults = new ArrayList<>();
    SequencedMap<String, List<String>> tables = new LinkedHashMap<>();
    List<String> absent = new ArrayList<>();
    if (fatal.isEmpty()) {
      checkDefinitions(connection, found.keySet(), fatal);
    }
    if (fatal.isEmpty()) {
      for (Map.Entry<String, Capture.Table> wanted : capture.tables().entrySet()) {
        String name = wanted.getKey();
        @Nullable Set<String> columns = found.get(name);
        if (columns == null) {
          absent(name, wanted.getValue(), absent, fatal);
          continue;
        }
        List<String> there =
            wanted.getValue().columns().stream().filter(columns::contains).toList();
        List<String> denied = denied(connection, name, there);
        boolean readable = wanted.getValue().later().containsAll(denied);
        if (readable) {
          tables.put(name, there.stream().filter(column -> !denied.contains(column)).toList());
        }
        if (!denied.isEmpty()) {
          (wanted.getValue().required() && !readable ? fatal : faults).add(fault(name, denied));
        }
      }
    }
    if (!fatal.isEmpty()) {
      throw SourceFault.setup(String.join("\n", fatal));
    }
    return new BinlogPlan(
        server, tables, absent, faults, encrypted(connection), settle(server, settings));
  }

  private static void absent(
      String name, Capture.Table wanted, List<String> absent, List<String> fatal) {
    if (wanted.required()) {
      fatal.add(
          ("table %s is missing, or hidden from the user: this is no vault server's database"
                  + " since 1.17; else %s [WB-MY-09]")
              .formatted(name, RUN_SETUP));
    } else {
      absent.add(name); // The server is older than the table.
    }
  }

  // ---- the role ----

  /// The privileges on everything, own ones and those of active roles.
  private static Set<String> granted(Connection connection) throws SQLException {
    Set<String> granted = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SHOW GRANTS")) {
      while (rows.next()) {
        String grant = rows.getString(1).toUpperCase(Locale.ROOT);
        int on = grant.indexOf(" ON *.* TO ");
        if (grant.startsWith("GRANT ") && on > 0) {
          for (String privilege : grant.substring("GRANT ".length(), on).split(",", -1)) {
            granted.add(privilege.strip());
          }
        }
      }
    }
    return granted;
  }

  private void checkRole(BinlogServer server, Set<String> granted, List<String> fatal) {
    if (granted.contains("ALL PRIVILEGES")) {
      return;
    }
    Set<String> missing = new TreeSet<>();
    if (!granted.contains("REPLICATION SLAVE")) {
      missing.add("REPLICATION SLAVE");
    }
    if (!granted.contains("BINLOG MONITOR") && !granted.contains("REPLICATION CLIENT")) {
      missing.add(server.statusPrivilege());
    }
    for (String privilege : missing) {
      fatal.add(
          "user %s lacks %s: run GRANT %s ON *.* TO '%s'@'%%'; [WB-MY-10]"
              .formatted(database.user(), privilege, privilege, database.user()));
    }
  }

  // ---- the log ----

  private void checkFilters(Connection connection, List<String> fatal) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(statusQuery(connection))) {
      if (row.next()) {
        List<String> only = names(row.getString(3));
        List<String> without = names(row.getString(4));
        if ((!only.isEmpty() && !only.contains(database.database()))
            || without.contains(database.database())) {
          fatal.add(
              ("database %s is kept out of the binary log: take binlog_do_db and binlog_ignore_db"
                      + " out of my.cnf and restart the server [WB-MY-11]")
                  .formatted(database.database()));
        }
      }
    }
  }

  private static String statusQuery(Connection connection) throws SQLException {
    int major = connection.getMetaData().getDatabaseMajorVersion();
    int minor = connection.getMetaData().getDatabaseMinorVersion();
    boolean mysql = !connection.getMetaData().getDatabaseProductVersion().contains("MariaDB");
    return mysql && (major > 8 || (major == 8 && minor >= 4))
        ? "SHOW BINARY LOG STATUS"
        : "SHOW MASTER STATUS";
  }

  private static List<String> names(@Nullable String list) {
    return list == null || list.isBlank() ? List.of() : List.of(list.split(",", -1));
  }

  private static Duration settle(BinlogServer server, Map<String, String> settings) {
    if (server == BinlogServer.MARIADB || "ON".equals(settings.get("gtid_mode"))) {
      return Duration.ZERO;
    }
    for (String prefix : List.of("rpl_semi_sync_source_", "rpl_semi_sync_master_")) {
      if ("ON".equals(settings.get(prefix + "enabled"))) {
        Duration wait = Duration.ofMillis(Long.parseLong(settings.get(prefix + "timeout")));
        Duration all = wait.plus(SETTLE);
        return all.compareTo(SETTLE_MAX) > 0 ? SETTLE_MAX : all;
      }
    }
    return SETTLE;
  }

  private static boolean encrypted(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SHOW SESSION STATUS LIKE 'Ssl_version'")) {
      return row.next() && !row.getString(2).isEmpty();
    }
  }

  // ---- the tables ----

  private Map<String, Set<String>> columns(Connection connection) throws SQLException {
    Map<String, Set<String>> found = new HashMap<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT table_name, column_name FROM information_schema.columns
            WHERE table_schema = ?
            """)) {
      statement.setString(1, database.database());
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          if (capture.tables().containsKey(row.getString(1))) {
            found.computeIfAbsent(row.getString(1), _ -> new HashSet<>()).add(row.getString(2));
          }
        }
      }
    }
    return found;
  }

  /// Whether the role sees how tables are made: one line for all of them, because one grant on the
  /// database is what it usually has.
  private void checkDefinitions(Connection connection, Set<String> tables, List<String> fatal)
      throws SQLException {
    Set<String> hidden = new TreeSet<>();
    for (String table : tables) {
      if (denied(connection, "SHOW CREATE TABLE " + qualified(table))) {
        hidden.add(table);
      }
    }
    if (!hidden.isEmpty()) {
      fatal.add(
          "user %s may not see how %s %s made: run GRANT REFERENCES ON %s.* TO '%s'@'%%'; [WB-MY-13]"
              .formatted(
                  database.user(),
                  String.join(", ", hidden),
                  hidden.size() == 1 ? "is" : "are",
                  quoted(database.database()),
                  database.user()));
    }
  }

  /// Tries what an engine will do; the grants may have come by roles and wildcards.
  ///
  /// @return the columns that may not be read
  private List<String> denied(Connection connection, String table, List<String> columns)
      throws SQLException {
    List<String> denied = new ArrayList<>();
    if (denied(connection, select(columns, qualified(table)))) {
      for (String column : columns) {
        if (denied(connection, select(List.of(column), qualified(table)))) {
          denied.add(column);
        }
      }
    }
    return denied;
  }

  private String fault(String table, List<String> denied) {
    return "user %s may not read %s of table %s: run GRANT SELECT (%s) ON %s TO '%s'@'%%'; or %s [WB-MY-12]"
        .formatted(
            database.user(),
            String.join(", ", denied),
            table,
            list(denied),
            qualified(table),
            database.user(),
            RUN_SETUP);
  }

  private String qualified(String table) {
    return quoted(database.database()) + "." + quoted(table);
  }

  private static String select(List<String> columns, String table) {
    return "SELECT " + list(columns) + " FROM " + table + " LIMIT 0";
  }

  private static String list(List<String> columns) {
    return String.join(", ", columns.stream().map(BinlogPreflight::quoted).toList());
  }

  private static boolean denied(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet _ = statement.executeQuery(query)) {
      return false;
    } catch (SQLException e) {
      if (e.getErrorCode() == DENIED_TABLE || e.getErrorCode() == DENIED_COLUMN) {
        return true;
      }
      throw e;
    }
  }

  private static String quoted(String name) {
    return '`' + name.replace("`", "``") + '`';
  }
}
