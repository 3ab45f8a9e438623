package io.wardbell.chaos;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
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

  /// What may happen to it.
  List<Fault> faults();

  /// Bytes of log that are kept for readers; 0 where none are.
  default long retained() {
    return 0;
  }

  @Override
  void close() throws IOException;
}
