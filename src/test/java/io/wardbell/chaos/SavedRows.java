package io.wardbell.chaos;

import io.wardbell.vault.VaultTables;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// A backup of the vault's rows within a database server, and its return: all tables are emptied
/// and filled again, as `pg_restore --clean --data-only` and a dump of MySQL's do.
final class SavedRows {
  private final Target target;
  private final boolean mysql;
  private boolean saved;

  SavedRows(Target target, boolean mysql) {
    this.target = target;
    this.mysql = mysql;
  }

  private List<String> tables() {
    return List.copyOf(VaultTables.CAPTURE.tables().keySet());
  }

  private String own(String table) {
    return mysql ? "vault.`" + table + "`" : "public.\"" + table + "\"";
  }

  private String copy(String table) {
    return mysql ? "backup.`" + table + "`" : "backup.\"" + table + "\"";
  }

  /// Takes a backup.
  void save() throws SQLException {
    try (Connection connection = target.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE SCHEMA IF NOT EXISTS backup");
      for (String table : tables()) {
        statement.execute("DROP TABLE IF EXISTS " + copy(table));
        statement.execute("CREATE TABLE " + copy(table) + " AS SELECT * FROM " + own(table));
      }
      saved = true;
    }
  }

  /// Brings the backup back, and takes another one every other time.
  void restore(Fault.Stage stage) throws SQLException {
    if (!saved || stage.random().nextInt(3) == 0) {
      save();
      stage.pause(500, 2_000);
    }
    try (Connection connection = target.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(
          mysql ? "SET foreign_key_checks = 0" : "SET session_replication_role = replica");
      if (mysql) {
        for (String table : tables()) {
          statement.execute("TRUNCATE " + own(table));
          fill(statement, table);
        }
      } else {
        statement.execute(
            "TRUNCATE "
                + String.join(", ", tables().stream().map(this::own).toList())
                + " CASCADE");
        for (String table : tables()) {
          fill(statement, table);
        }
      }
      connection.commit();
    }
  }

  private void fill(Statement statement, String table) throws SQLException {
    statement.execute("INSERT INTO " + own(table) + " SELECT * FROM " + copy(table));
  }
}
