package io.wardbell.source.sqlite;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;

/// A SQLite connection in a process of its own, because closing a file drops the locks that the
/// same process has on it: a reader under test must never live beside a writer.
@NullUnmarked
final class SqlShell implements AutoCloseable {
  private final Process process;
  private final BufferedWriter to;
  private final BufferedReader from;

  SqlShell(Path database) throws IOException {
    this(database, System.getProperty("java.class.path"));
  }

  /// @param classPath with this class and the version of sqlite-jdbc to use
  SqlShell(Path database, String classPath) throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Xmx64m",
                "-cp",
                classPath,
                SqlShell.class.getName(),
                database.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    to = process.outputWriter(StandardCharsets.UTF_8);
    from = process.inputReader(StandardCharsets.UTF_8);
  }

  /// Runs statements; each is on one line.
  SqlShell run(String... statements) throws IOException {
    for (String sql : statements) {
      ask(sql);
    }
    return this;
  }

  /// The rows of a query, each with its values joined by `|`, in the order of their text.
  List<String> query(String sql) throws IOException {
    List<String> rows = ask(sql);
    rows.sort(null);
    return rows;
  }

  private List<String> ask(String sql) throws IOException {
    to.write(sql.replace('\n', ' '));
    to.newLine();
    to.flush();
    List<String> rows = new ArrayList<>();
    while (true) {
      String line = from.readLine();
      if (line == null) {
        throw new IOException("the shell is gone");
      }
      if (line.equals("ok")) {
        return rows;
      }
      if (line.startsWith("error ")) {
        throw new IOException(sql + ": " + line);
      }
      rows.add(line.substring(1));
    }
  }

  /// Ends it as a crash does.
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  @Override
  public void close() throws IOException {
    to.close();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /// The process: statements in, rows and `ok` out.
  public static void main(String[] args) throws IOException, SQLException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    BufferedWriter out =
        new BufferedWriter(new OutputStreamWriter(System.out, StandardCharsets.UTF_8));
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + args[0])) {
      for (String sql = in.readLine(); sql != null; sql = in.readLine()) {
        try (Statement s = connection.createStatement()) {
          if (s.execute(sql)) {
            rows(s.getResultSet(), out);
          }
          out.write("ok\n");
        } catch (SQLException e) {
          out.write("error " + e.getMessage() + "\n");
        }
        out.flush();
      }
    }
  }

  private static void rows(ResultSet rows, BufferedWriter out) throws SQLException, IOException {
    int columns = rows.getMetaData().getColumnCount();
    while (rows.next()) {
      List<String> values = new ArrayList<>();
      for (int i = 1; i <= columns; i++) {
        values.add(rows.getString(i));
      }
      out.write(" " + String.join("|", values) + "\n");
    }
  }
}
