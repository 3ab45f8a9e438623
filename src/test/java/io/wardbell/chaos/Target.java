package io.wardbell.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/// A database that things happen to.
interface Target extends AutoCloseable {
  /// A connection of the vault server's, or of its administrator.
  Connection connect() throws SQLException;

  /// What Wardbell is told of it.
  ///
  /// @param folder where the server's key is
  Map<String, String> environment(Path folder);

  /// One statement by that connection.
  default void run(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// What may happen to it.
  List<Fault> faults();

  /// Bytes of log that are kept for readers; 0 where none are.
  default long retained() {
    return 0;
  }

  @Override
  void close() throws IOException;
}
