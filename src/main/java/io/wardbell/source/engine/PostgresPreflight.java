package io.wardbell.source.engine;

import static io.wardbell.source.engine.PostgresTableFaults.RUN_SETUP;
import static io.wardbell.source.engine.PostgresTables.quoted;

import io.wardbell.change.Capture;
import io.wardbell.change.SourceFault;
import io.wardbell.source.engine.PostgresTables.Found;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// Looks over a PostgreSQL database before an engine starts, and once a minute while one runs:
/// version, settings, role, free slots, publication, keys, grants. Names every fault with the
/// statement that mends it.
final class PostgresPreflight {
  private static final int OLDEST = 12_00_00;

  /// Amazon RDS lets a role replicate by making it a member of this one.
  private static final String RDS_ROLE = "rds_replication";

  /// @param fatal for what somebody has to mend
  /// @param busy for what may pass
  private record Faults(List<String> fatal, List<String> busy) {}

  /// @param version changes with each change of its own, not with those of its tables
  private record Publication(boolean exists, String version) {
    private static final Publication NONE = new Publication(false, "");
  }

  private final Capture capture;
  private final String publication;
  private final String slotPrefix;

  /// @param slotPrefix how the names of our own slots begin
  PostgresPreflight(Capture capture, String publication, String slotPrefix) {
    this.capture = capture;
    this.publication = publication;
    this.slotPrefix = slotPrefix;
  }

  /// @throws SourceFault if no engine can work on this database; all faults in one message
  PostgresPlan check(Connection connection) throws SQLException, SourceFault {
    Faults faults = new Faults(new ArrayList<>(), new ArrayList<>());
    Map<String, String> settings = settings(connection);
    int version = Integer.parseInt(settings.getOrDefault("server_version_num", "0"));
    if (version < OLDEST) {
      throw SourceFault.setup(
          "the server is PostgreSQL %s, Wardbell needs 12 or later [WB-PG-01]"
              .formatted(settings.get("server_version")));
    }
    if (!"logical".equals(settings.get("wal_level"))) {
      faults.fatal.add(
          ("wal_level is %s, it has to be logical: run ALTER SYSTEM SET wal_level = logical;"
                  + " and restart the server [WB-PG-02]")
              .formatted(settings.get("wal_level")));
    }
    String role = checkRole(connection, faults);
    checkFree(connection, faults);
    Publication published = publication(connection, faults.fatal);
    Map<String, Found> found =
        PostgresTables.find(connection, version, publication, capture.tables().keySet());
    List<String> incomplete = new ArrayList<>();
    SequencedMap<String, PostgresPlan.Table> plan = new LinkedHashMap<>();
    if (found.isEmpty()) {
      faults.fatal.add(
          "this does not look like a vault server's database: it has none of the tables "
              + String.join(", ", List.copyOf(capture.tables().keySet()).subList(0, 3))
              + "; check the database's name and, if the tables are in another schema, options=-c"
              + " search_path= [WB-PG-08]");
    } else {
      checkSchema(found.values().iterator().next(), role, faults.fatal);
      PostgresTableFaults judge =
          new PostgresTableFaults(role, published.exists() ? publication : null);
      plan(found, judge, plan, incomplete, faults.fatal);
    }
    if (!faults.fatal.isEmpty()) {
      faults.fatal.addAll(faults.busy);
      throw SourceFault.setup(String.join("\n", faults.fatal));
    }
    if (!faults.busy.isEmpty()) {
      throw SourceFault.unreachable(String.join("\n", faults.busy));
    }
    return new PostgresPlan(
        published.version(),
        plan,
        incomplete,
        !settings.getOrDefault("synchronous_standby_names", "").isBlank());
  }

  private static Map<String, String> settings(Connection connection) throws SQLException {
    Map<String, String> settings = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                """
                SELECT name, setting FROM pg_catalog.pg_settings
                WHERE name IN ('server_version', 'server_version_num', 'wal_level',
                               'synchronous_standby_names')
                """)) {
      while (rows.next()) {
        settings.put(rows.getString(1), rows.getString(2));
      }
    }
    return settings;
  }

  /// The role that is asking.
  private static String checkRole(Connection connection, Faults faults) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT r.rolname, pg_catalog.pg_is_in_recovery(), g.oid IS NOT NULL,
                   r.rolreplication OR r.rolsuper
                     OR coalesce(pg_catalog.pg_has_role(r.oid, g.oid, 'MEMBER'), false)
            FROM pg_catalog.pg_roles r LEFT JOIN pg_catalog.pg_roles g ON g.rolname = ?
            WHERE r.rolname = current_user
            """)) {
      statement.setString(1, RDS_ROLE);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          throw new SQLException("the server does not know who is asking");
        }
        String role = row.getString(1);
        if (!row.getBoolean(4)) {
          faults.fatal.add(
              (row.getBoolean(3)
                      ? "role %1$s may not replicate: run GRANT %2$s TO %1$s; [WB-PG-03]"
                      : "role %1$s may not replicate: run ALTER ROLE %1$s REPLICATION; [WB-PG-03]")
                  .formatted(quoted(role), RDS_ROLE));
        }
        if (row.getBoolean(2)) {
          faults.busy.add( // It may be promoted.
              "this server is a standby: point WARDBELL_DATABASE_URL at the primary, which the vault"
                  + " server writes to [WB-PG-04]");
        }
        return role;
      }
    }
  }

  /// Whether there is a slot and a sender for us, besides those that we have already.
  private void checkFree(Connection connection, Faults faults) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            WITH ours AS (SELECT slot_name, active_pid FROM pg_catalog.pg_replication_slots
                          WHERE starts_with(slot_name::text, ?))
            SELECT name, setting::int,
                   CASE name
                     WHEN 'max_replication_slots' THEN (
                       SELECT count(*) FROM pg_catalog.pg_replication_slots
                       WHERE slot_name NOT IN (SELECT slot_name FROM ours))
                     ELSE (
                       SELECT count(*) FROM pg_catalog.pg_stat_replication
                       WHERE pid NOT IN (SELECT active_pid FROM ours WHERE active_pid IS NOT NULL))
                   END
            FROM pg_catalog.pg_settings
            WHERE name IN ('max_replication_slots', 'max_wal_senders') ORDER BY name
            """)) {
      statement.setString(1, slotPrefix);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          int most = row.getInt(2);
          if (row.getInt(3) >= most) {
            (most == 0 ? faults.fatal : faults.busy)
                .add(
                    ("all of %1$s = %2$d are in use: end one that nobody needs, or run ALTER SYSTEM"
                            + " SET %1$s = %3$d; and restart the server [WB-PG-05]")
                        .formatted(row.getString(1), most, most + 10));
          }
        }
      }
    }
  }

  private Publication publication(Connection connection, List<String> fatal) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            SELECT oid || ' ' || xmin, pubinsert AND pubupdate AND pubdelete AND pubtruncate
            FROM pg_catalog.pg_publication WHERE pubname = ?
            """)) {
      statement.setString(1, publication);
      try (ResultSet row = statement.executeQuery()) {
        if (!row.next()) {
          fatal.add(
              "there is no publication named %s in database %s: %s [WB-PG-06]"
                  .formatted(publication, connection.getCatalog(), RUN_SETUP));
          return Publication.NONE;
        }
        if (!row.getBoolean(2)) {
          fatal.add(
              ("publication %1$s does not publish every kind of change: run ALTER PUBLICATION %1$s"
                      + " SET (publish = 'insert, update, delete, truncate'); [WB-PG-07]")
                  .formatted(quoted(publication)));
        }
        return new Publication(true, row.getString(1));
      }
    }
  }

  private static void checkSchema(Found table, String role, List<String> fatal) {
    if (!table.schemaUsable()) {
      fatal.add(
          "role %1$s may not use schema %2$s: run GRANT USAGE ON SCHEMA %2$s TO %1$s; [WB-PG-09]"
              .formatted(quoted(role), quoted(table.schema())));
    }
  }

  private void plan(
      Map<String, Found> found,
      PostgresTableFaults judge,
      SequencedMap<String, PostgresPlan.Table> plan,
      List<String> incomplete,
      List<String> fatal) {
    capture
        .tables()
        .forEach((name, wanted) -> {
          @Nullable Found table = found.get(name);
          if (table == null) {
            if (wanted.required()) {
              fatal.add(
                  "table %s is missing: this is no vault server's database since 1.17 [WB-PG-10]"
                      .formatted(name));
            } // Else the server is older than the table.
            return;
          }
          @Nullable String fault = judge.of(table, wanted);
          if (fault == null) {
            plan.put(name, planned(table, wanted));
            @Nullable String without = judge.ofGrants(table, wanted);
            if (without != null) {
              incomplete.add(without);
            }
          } else {
            (wanted.required() ? fatal : incomplete).add(fault);
          }
        });
  }

  private static PostgresPlan.Table planned(Found table, Capture.Table wanted) {
    List<String> denied = PostgresTableFaults.denied(table, wanted);
    List<String> columns =
        wanted.columns().stream()
            .filter(table.columns()::contains)
            .filter(column -> !denied.contains(column))
            .toList();
    return new PostgresPlan.Table(table.schema(), table.oid(), table.membership(), columns);
  }
}
