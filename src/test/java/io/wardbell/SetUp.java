package io.wardbell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/// Does to a test's database what an operator does: runs `setup.sql` and gives the role a password.
final class SetUp {
  private SetUp() {}

  static void run(Connection owner, String password) throws SQLException, IOException {
    try (Statement statement = owner.createStatement()) {
      statement.execute(Files.readString(Path.of("connectors/postgresql/setup.sql")));
      statement.execute("ALTER ROLE wardbell PASSWORD '" + password + "'");
    }
  }
}
