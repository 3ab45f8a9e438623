package io.wardbell.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.util.PSQLWarning;
import org.postgresql.util.ServerErrorMessage;

/// Runs `connectors/postgresql/setup.sql` as an administrator does, and gives the role a password.
public final class SetupSql {
  /// The role that setup.sql makes.
  public static final String ROLE = "wardbell";

  /// The password that [#install] gives it.
  public static final String PASSWORD = "only-for-tests";

  private SetupSql() {}

  /// The file as it is.
  public static String text() throws IOException {
    return Files.readString(Path.of("connectors/postgresql/setup.sql"));
  }

  /// Runs it and returns what it said.
  public static List<String> run(Connection administrator) throws IOException, SQLException {
    return run(administrator, text());
  }

  /// Runs a changed text of it and returns what it said, each line with its severity and hint.
  public static List<String> run(Connection administrator, String text) throws SQLException {
    List<String> said = new ArrayList<>();
    try (Statement statement = administrator.createStatement()) {
      statement.execute(text);
      for (SQLWarning w = statement.getWarnings(); w != null; w = w.getNextWarning()) {
        ServerErrorMessage message = ((PSQLWarning) w).getServerErrorMessage();
        said.add(message.getSeverity() + ": " + message.getMessage());
        said.add("HINT: " + message.getHint());
      }
    }
    return said;
  }

  /// Runs it and lets the role log in with [#PASSWORD].
  public static void install(Connection administrator) throws IOException, SQLException {
    run(administrator);
    try (Statement statement = administrator.createStatement()) {
      statement.execute("ALTER ROLE " + ROLE + " PASSWORD '" + PASSWORD + "'");
    }
  }
}
