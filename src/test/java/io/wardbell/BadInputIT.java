package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.SetupSql;
import io.wardbell.demo.ThrowawayPostgres;
import io.wardbell.demo.ThrowawayPostgres.Shutdown;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an operator reads when something is wrong: one line that says what, and the statement or
/// the setting that mends it; and the exit code that tells a service manager which kind it was.
class BadInputIT {
  private static ThrowawayPostgres server;
  @TempDir private static Path data;

  private record Outcome(int exitCode, String said) {}

  @BeforeAll
  static void start() throws Exception {
    server = ThrowawayPostgres.start();
    try (Connection connection = server.connect()) {
      ServerSchema.postgresql().create(connection);
      SetupSql.install(connection);
    }
    Tokens.create("http://localhost").writeKey(data.resolve("rsa_key.pem"));
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  private static String url(String password, String database) {
    return "postgresql://%s:%s@127.0.0.1:%d/%s"
        .formatted(SetupSql.ROLE, password, server.port(), database);
  }

  private static Outcome serve(Map<String, String> environment)
      throws IOException, InterruptedException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            "io.wardbell.Main",
            "serve");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().keySet().removeIf(name -> name.startsWith("WARDBELL_"));
    builder.environment().put("DATA_FOLDER", data.toString());
    builder.environment().put("WEBSOCKET_ADDRESS", "127.0.0.1");
    builder.environment().put("WEBSOCKET_PORT", "0");
    builder.environment().put("WARDBELL_OPERATOR_PORT", "0");
    builder.environment().put("WARDBELL_DATABASE_PATIENCE", "1s");
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(said).as("no stack trace").doesNotContain("\tat ");
    assertThat(said).as("no password").doesNotContain(SetupSql.PASSWORD);
    return new Outcome(process.exitValue(), said);
  }

  private static Outcome serve() throws IOException, InterruptedException {
    return serve(
        Map.of("WARDBELL_DATABASE_URL", url(SetupSql.PASSWORD, ThrowawayPostgres.DATABASE)));
  }

  private static void execute(String... statements) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  @Test
  void noDatabase() throws Exception {
    int free;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = socket.getLocalPort();
    }
    Outcome outcome =
        serve(Map.of("WARDBELL_DATABASE_URL", "postgresql://w:secret@127.0.0.1:" + free + "/v"));
    assertThat(outcome.exitCode()).isEqualTo(69);
    assertThat(outcome.said()).contains("cannot be reached").doesNotContain("secret");
  }

  @Test
  void takenPort() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String taken = Integer.toString(socket.getLocalPort());
      for (String setting : List.of("WEBSOCKET_PORT", "WARDBELL_OPERATOR_PORT")) {
        Outcome outcome =
            serve(
                Map.of(
                    "WARDBELL_DATABASE_URL",
                    url(SetupSql.PASSWORD, ThrowawayPostgres.DATABASE),
                    setting,
                    taken));
        assertThat(outcome.exitCode()).isEqualTo(78);
        assertThat(outcome.said()).contains("wardbell: ", setting, taken, "a free port");
      }
    }
  }

  @Test
  void wrongPassword() throws Exception {
    Outcome outcome =
        serve(Map.of("WARDBELL_DATABASE_URL", url("wrong", ThrowawayPostgres.DATABASE)));
    assertThat(outcome.exitCode()).isEqualTo(78);
    assertThat(outcome.said())
        .contains("refused role wardbell")
        .contains("ALTER ROLE \"wardbell\" PASSWORD");
  }

  @Test
  void noSuchDatabase() throws Exception {
    Outcome outcome = serve(Map.of("WARDBELL_DATABASE_URL", url(SetupSql.PASSWORD, "nowhere")));
    assertThat(outcome.exitCode()).isEqualTo(78);
    assertThat(outcome.said()).contains("no database nowhere");
  }

  @Test
  void unknownSchema() throws Exception {
    execute("CREATE DATABASE other");
    Outcome outcome = serve(Map.of("WARDBELL_DATABASE_URL", url(SetupSql.PASSWORD, "other")));
    assertThat(outcome.exitCode()).isEqualTo(78);
    assertThat(outcome.said()).contains("does not look like a vault server's database");
  }

  @Test
  void logIsNotLogical() throws Exception {
    execute("ALTER SYSTEM SET wal_level = 'replica'");
    server.restart(Shutdown.FAST);
    try {
      Outcome outcome = serve();
      assertThat(outcome.exitCode()).isEqualTo(78);
      assertThat(outcome.said()).contains("ALTER SYSTEM SET wal_level = logical;");
    } finally {
      execute("ALTER SYSTEM SET wal_level = 'logical'");
      server.restart(Shutdown.FAST);
    }
  }

  @Test
  void missingPublication() throws Exception {
    execute("ALTER PUBLICATION wardbell RENAME TO elsewhere");
    try {
      Outcome outcome = serve();
      assertThat(outcome.exitCode()).isEqualTo(78);
      assertThat(outcome.said()).contains("no publication named wardbell").contains("setup-sql");
    } finally {
      execute("ALTER PUBLICATION elsewhere RENAME TO wardbell");
    }
  }

  @Test
  void missingGrant() throws Exception {
    execute("REVOKE SELECT (deleted_at) ON ciphers FROM wardbell");
    try {
      Outcome outcome = serve();
      assertThat(outcome.exitCode()).isEqualTo(78);
      assertThat(outcome.said())
          .contains("GRANT SELECT (\"deleted_at\") ON \"public\".\"ciphers\"");
    } finally {
      execute("GRANT SELECT (deleted_at) ON ciphers TO wardbell");
    }
  }

  @Test
  void tableWithoutAKey() throws Exception {
    execute(
        "ALTER PUBLICATION wardbell DROP TABLE favorites",
        "ALTER TABLE favorites DROP CONSTRAINT favorites_pkey");
    try {
      Outcome outcome = serve();
      assertThat(outcome.exitCode()).isEqualTo(78);
      assertThat(outcome.said()).contains("table favorites has no primary key");
    } finally {
      execute(
          "ALTER TABLE favorites ADD PRIMARY KEY (user_uuid, cipher_uuid)",
          "ALTER PUBLICATION wardbell ADD TABLE favorites");
    }
  }

  @Test
  void roleThatMayNotReplicate() throws Exception {
    execute("ALTER ROLE wardbell NOREPLICATION");
    try {
      Outcome outcome = serve();
      assertThat(outcome.exitCode()).isEqualTo(78);
      assertThat(outcome.said()).contains("ALTER ROLE \"wardbell\" REPLICATION;");
    } finally {
      execute("ALTER ROLE wardbell REPLICATION");
    }
  }

  @Test
  void missingKeyFile() throws Exception {
    Outcome outcome =
        serve(
            Map.of(
                "WARDBELL_DATABASE_URL", url(SetupSql.PASSWORD, ThrowawayPostgres.DATABASE),
                "WARDBELL_PUBLIC_KEY_FILE", data.resolve("nowhere.pem").toString()));
    assertThat(outcome.exitCode()).isEqualTo(78);
    assertThat(outcome.said()).contains("nowhere.pem");
  }

  @Test
  void keyThatIsNotRsa() throws Exception {
    Path key = data.resolve("ec.pem");
    var generator = java.security.KeyPairGenerator.getInstance("EC");
    Files.writeString(
        key, Tokens.pem("PRIVATE KEY", generator.generateKeyPair().getPrivate().getEncoded()));
    Outcome outcome =
        serve(
            Map.of(
                "WARDBELL_DATABASE_URL", url(SetupSql.PASSWORD, ThrowawayPostgres.DATABASE),
                "WARDBELL_PUBLIC_KEY_FILE", key.toString()));
    assertThat(outcome.exitCode()).isEqualTo(78);
    assertThat(outcome.said()).contains("ec.pem").contains("RSA");
  }

  @Test
  void everyWrongSettingIsNamedAtOnce() throws Exception {
    Outcome outcome =
        serve(
            Map.of(
                "WARDBELL_DATABASE_URL", "postgresql://w:secret@h:99999/v",
                "WARDBELL_OPERATER_PORT", "1",
                "DOMAIN", "vault.example.org"));
    assertThat(outcome.exitCode()).isEqualTo(78);
    List<String> lines = new ArrayList<>(outcome.said().lines().toList());
    assertThat(lines).anyMatch(line -> line.contains("WARDBELL_DATABASE_URL"));
    assertThat(lines)
        .anyMatch(line ->
            line.contains("WARDBELL_OPERATER_PORT") && line.contains("WARDBELL_OPERATOR_PORT"));
    assertThat(lines).anyMatch(line -> line.contains("DOMAIN"));
    assertThat(outcome.said()).doesNotContain("secret");
  }
}
