package io.wardbell.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/// A SQLite database as the vault server has it in its data folder, gone after [#close].
///
/// A process that reads the file beside these connections makes SQLite's locks void whenever it
/// closes it, if it is this very process (POSIX locks): no other process may use the database at
/// the same time.
public final class ThrowawaySqlite implements AutoCloseable {
  /// What the server does with each connection.
  private static final List<String> ON_CONNECT =
      List.of(
          "PRAGMA busy_timeout = 5000",
          "PRAGMA journal_mode = wal",
          "PRAGMA synchronous = NORMAL",
          "PRAGMA foreign_keys = ON");

  private final Path file;

  /// @param dataFolder is there already
  public ThrowawaySqlite(Path dataFolder) {
    file = dataFolder.resolve("db.sqlite3");
  }

  /// The database's file; made by the first connection.
  public Path file() {
    return file;
  }

  /// A connection like the server's, in WAL mode. The last one to be closed takes the log away.
  public Connection connect() throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
    try (Statement statement = connection.createStatement()) {
      for (String sql : ON_CONNECT) {
        statement.execute(sql);
      }
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public void close() throws IOException {
    for (String ending : List.of("-wal", "-shm", "-journal", "")) {
      Files.deleteIfExists(file.resolveSibling(file.getFileName() + ending));
    }
  }
}
