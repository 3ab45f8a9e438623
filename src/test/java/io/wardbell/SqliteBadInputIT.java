package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wardbell.change.SourceState;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.ThrowawaySqlite;
import io.wardbell.source.engine.SqliteDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an operator reads when a SQLite database cannot be followed: one line that says what, and
/// what mends it; and the exit code: 69 if waiting may help, else 78.
class SqliteBadInputIT {
  @TempDir private Path folder;
  private Path data;
  private Path file;

  @BeforeEach
  void dataFolder() throws IOException {
    data = Files.createDirectory(folder.resolve("data"));
    file = data.resolve("db.sqlite3");
    Tokens.create("http://localhost").writeKey(data.resolve("rsa_key.pem"));
  }

  private void refused(int exitCode, String... parts) throws IOException, InterruptedException {
    refused(Map.of(), exitCode, parts);
  }

  private void refused(Map<String, String> more, int exitCode, String... parts)
      throws IOException, InterruptedException {
    Map<String, String> environment = new java.util.HashMap<>(more);
    environment.putIfAbsent("DATA_FOLDER", data.toString());
    List<Path> before = names();
    try (ServeProcess wardbell = new ServeProcess(folder.resolve("said"), environment)) {
      assertThat(wardbell.await()).as(wardbell.said()).isEqualTo(exitCode);
      List<String> lines =
          wardbell.said().lines().filter(line -> line.startsWith("wardbell: ")).toList();
      assertThat(lines).as(wardbell.said()).hasSize(1);
      assertThat(lines.getFirst()).contains(parts);
      assertThat(wardbell.said()).as("no stack trace").doesNotContain("\tat ");
    }
    assertThat(names()).as("nothing was made in the data folder").isEqualTo(before);
  }

  private List<Path> names() throws IOException {
    try (var files = Files.list(data)) {
      return files.sorted().toList();
    }
  }

  private void make(String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private void makeVault() throws Exception {
    try (Connection connection = new ThrowawaySqlite(data).connect()) {
      ServerSchema.sqlite().create(connection);
    }
  }

  @Test
  void noFile() throws Exception {
    refused(69, "there is no database file " + file);
    assertThat(Files.readString(folder.resolve("said"))).contains("Waiting for the database");
  }

  @Test
  void emptyFile() throws Exception {
    Files.createFile(file);
    refused(69, "there is no database file " + file + ", or it is empty");
  }

  @Test
  void folderInItsPlace() throws Exception {
    refused(Map.of("DATABASE_URL", "sqlite://" + data), 78, "is a folder");
  }

  @Test
  void noDatabase() throws Exception {
    Files.writeString(file, "no database".repeat(1_000));
    refused(78, file.toString(), "not a SQLite database, or is encrypted");
  }

  @Test
  void encrypted() throws Exception {
    byte[] bytes = new byte[8_192];
    new Random(1).nextBytes(bytes);
    Files.write(file, bytes);
    refused(78, "not a SQLite database, or is encrypted");
  }

  @Test
  void cutOff() throws Exception {
    makeVault();
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    refused(78, "truncated", "restore a backup");
  }

  @Test
  void newerFormat() throws Exception {
    makeVault();
    byte[] bytes = Files.readAllBytes(file);
    bytes[18] = 3;
    bytes[19] = 3;
    Files.write(file, bytes);
    refused(78, "format version 3 is not supported");
  }

  @Test
  void someOtherDatabase() throws Exception {
    make("CREATE TABLE places (id INTEGER PRIMARY KEY)");
    refused(78, "does not look like a vault server's database", "users", "ciphers");
  }

  @Test
  void serverThatIsJustMakingItsTables() throws Exception {
    make("CREATE TABLE __diesel_schema_migrations (version TEXT PRIMARY KEY, run_on TIMESTAMP)");
    refused(69, "has not made all of its tables yet");
  }

  @Test
  void noPermission() throws Exception {
    makeVault();
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    refused(78, "no permission to read db.sqlite3");
  }

  @Test
  void noPermissionForTheFolder() throws Exception {
    makeVault();
    Path keys = Files.createDirectory(folder.resolve("keys"));
    Path key = Files.copy(data.resolve("rsa_key.pem"), keys.resolve("rsa_key.pem"));
    Path closed = Files.createDirectory(folder.resolve("closed"));
    Files.move(file, closed.resolve("db.sqlite3"));
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("---------"));
    refused(
        Map.of(
            "DATABASE_URL",
            closed.resolve("db.sqlite3").toString(),
            "WARDBELL_PUBLIC_KEY_FILE",
            key.toString()),
        78,
        "no permission to enter the folder");
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
  }

  /// The writers' faults show when they write.
  @Test
  void writerWithoutAJournal() throws Exception {
    makeVault();
    String said = whatIsSaid("PRAGMA journal_mode = DELETE", "PRAGMA journal_mode = MEMORY");
    assertThat(said).contains("journal_mode MEMORY and OFF", "DATABASE_CONN_INIT").hasLineCount(1);
  }

  @Test
  void writerThatKeepsTheIndexToItself() throws Exception {
    makeVault();
    String said =
        whatIsSaid("PRAGMA locking_mode = EXCLUSIVE", "UPDATE users SET updated_at = 'x'");
    assertThat(said).contains("locking_mode=EXCLUSIVE", "DATABASE_CONN_INIT").hasLineCount(1);
  }

  private String whatIsSaid(String... pragmas) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String sql : pragmas) {
        statement.execute(sql);
      }
      try (Attached wardbell = new Attached(new SqliteDatabase(file, false), _ -> {}).start()) {
        int[] number = {0};
        return await()
            .pollInterval(Duration.ofMillis(200))
            .atMost(Duration.ofSeconds(30))
            .until(
                () -> {
                  if (wardbell.source.state() instanceof SourceState.Away(_, var why)
                      && why.contains("DATABASE_CONN_INIT")) {
                    return why;
                  }
                  statement.execute("INSERT INTO invitations VALUES ('e" + ++number[0] + "')");
                  return "";
                },
                why -> !why.isEmpty());
      }
    }
  }
}
