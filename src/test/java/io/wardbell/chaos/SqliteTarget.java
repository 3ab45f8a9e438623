package io.wardbell.chaos;

import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.ThrowawaySqlite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/// A data folder with a SQLite file.
final class SqliteTarget implements Target {
  private final Path data;
  private final ThrowawaySqlite files;
  private int backups;

  SqliteTarget(Path folder) throws IOException, SQLException {
    data = Files.createDirectory(folder.resolve("data"));
    files = new ThrowawaySqlite(data);
    try (Connection connection = connect()) {
      ServerSchema.sqlite().create(connection);
    }
  }

  @Override
  public Connection connect() throws SQLException {
    return files.connect();
  }

  @Override
  public Map<String, String> environment(Path folder) {
    return Map.of("DATA_FOLDER", data.toString());
  }

  /// The connector reads on after most of this, and tells the differences: no engine ends.
  @Override
  public List<Fault> faults() {
    return List.of(
        Fault.harmless("checkpoint (TRUNCATE)", 3, s -> run(s, "PRAGMA wal_checkpoint(TRUNCATE)")),
        Fault.harmless("checkpoint (RESTART)", 2, s -> run(s, "PRAGMA wal_checkpoint(RESTART)")),
        Fault.harmless("checkpoint (PASSIVE)", 1, s -> run(s, "PRAGMA wal_checkpoint")),
        Fault.harmless("VACUUM", 2, s -> run(s, "VACUUM")),
        Fault.harmless(
            "server stopped and started",
            3,
            s ->
                s.vault()
                    .whileClosed(() -> {
                      s.pause(0, 1_000);
                    })),
        Fault.harmless(
            "server stopped, log's index removed",
            2,
            s -> s.vault().whileClosed(() -> Files.deleteIfExists(data.resolve("db.sqlite3-shm")))),
        Fault.harmless(
            "server killed within a transaction",
            3,
            s -> s.vault().whileClosed(() -> DyingWriter.liveAndDie(data, anyone()))),
        Fault.harmless("file restored", 3, this::restore),
        Fault.harmless("file away for a while", 1, this::fileAway),
        Fault.harmless(
            "log wraps while Wardbell sleeps",
            3,
            s -> {
              var process = s.wardbell().process();
              process.signal("STOP");
              s.pause(300, 1_000);
              run(s, "PRAGMA wal_checkpoint(RESTART)");
              s.pause(300, 1_500);
              process.signal("CONT");
            }));
  }

  private String anyone() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT uuid FROM users")) {
      row.next();
      return row.getString(1);
    }
  }

  private static void run(Fault.Stage stage, String sql) throws SQLException {
    try {
      stage
          .vault()
          .write((_, connection) -> {
            try (Statement statement = connection.createStatement()) {
              return statement.execute(sql);
            }
          });
    } catch (SQLException busy) {
      stage.pause(0, 10); // A reader was in the way.
    }
  }

  private Path backup() {
    return data.resolveSibling("backup-" + backups);
  }

  /// As the server's documentation says: stopped, another file put in place, no log left.
  private void restore(Fault.Stage stage) throws Exception {
    if (backups == 0 || stage.random().nextInt(3) == 0) {
      backups++;
      run(stage, "VACUUM INTO '" + backup() + "'");
      stage.pause(300, 2_000);
    }
    stage
        .vault()
        .whileClosed(() -> {
          Path next = Files.copy(backup(), data.resolveSibling("restored"));
          Files.deleteIfExists(data.resolve("db.sqlite3-wal"));
          Files.deleteIfExists(data.resolve("db.sqlite3-shm"));
          Files.move(next, files.file(), StandardCopyOption.REPLACE_EXISTING);
        });
  }

  private void fileAway(Fault.Stage stage) throws Exception {
    stage
        .vault()
        .whileClosed(() -> {
          Path elsewhere = data.resolveSibling("elsewhere");
          Files.move(files.file(), elsewhere);
          stage.pause(500, 3_000);
          Files.move(elsewhere, files.file());
        });
  }

  @Override
  public void close() throws IOException {
    files.close();
  }
}
