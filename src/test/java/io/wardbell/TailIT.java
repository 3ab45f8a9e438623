package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.ThrowawaySqlite;
import io.wardbell.demo.VaultServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// `wardbell tail` as an operator and a script meet it.
@Timeout(120)
class TailIT {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Path folder = Files.createTempDirectory("wardbell-tail-");
  private final ThrowawaySqlite files = new ThrowawaySqlite(folder);
  private Connection connection;
  private VaultServer vault;
  private String user;

  TailIT() throws IOException {}

  @BeforeEach
  void setUp() throws Exception {
    connection = files.connect();
    ServerSchema.sqlite().create(connection, ServerSchema.NEWEST);
    vault = VaultServer.on(connection);
    user = vault.accounts().register("alice@example.com");
  }

  @AfterEach
  void tearDown() throws Exception {
    connection.close();
    files.close();
    Files.delete(folder);
  }

  private Process tail(String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.wardbell.Main",
                "tail"));
    command.addAll(List.of(options));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("WARDBELL_"));
    builder.environment().put("DATABASE_URL", files.file().toString());
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static String await(BufferedReader lines, Predicate<String> wanted) throws IOException {
    String line;
    do {
      line = lines.readLine();
      assertThat(line).as("it goes on").isNotNull();
    } while (!wanted.test(line));
    return line;
  }

  private static JsonNode read(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new AssertionError("not JSON: " + line, e);
    }
  }

  @Test
  void scriptsGetOneObjectALineAndNothingElse() throws Exception {
    Process process = tail("--json");
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      await(lines, line -> read(line).path("synced").asBoolean());
      String folderId = vault.folders().create(user);
      JsonNode change =
          read(await(lines, line -> read(line).path("table").asText().equals("folders")));
      assertThat(change.path("change").asText()).isEqualTo("upserted");
      assertThat(change.at("/key/uuid").asText()).isEqualTo(folderId);
      JsonNode told =
          read(await(lines, line -> read(line).path("event").asText().equals("notification")));
      assertThat(told.path("type").asInt()).isEqualTo(7);
      assertThat(told.path("name").asText()).isEqualTo("SyncFolderCreate");
      assertThat(told.path("id").asText()).isEqualTo(folderId);
      assertThat(told.path("users")).singleElement().extracting(JsonNode::asText).isEqualTo(user);
      process.toHandle().destroy(); // Unlike the process, it leaves the pipe open.
      for (String rest = lines.readLine(); rest != null; rest = lines.readLine()) {
        assertThat(read(rest).isObject()).isTrue();
      }
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void peopleReadWhatHappensAndWhoIsTold() throws Exception {
    Process process = tail();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      await(lines, line -> line.endsWith("-- streaming"));
      String send = vault.sends().create(user);
      assertThat(await(lines, line -> line.contains("sends"))).contains("upserted", send);
      assertThat(await(lines, line -> line.contains("->")))
          .contains("12 SyncSendCreate", send, user)
          .doesNotContain("once more");
      vault.sends().update(send);
      assertThat(await(lines, line -> line.contains("once more"))).contains(send, user);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void itEndsWhenNobodyReadsOn() throws Exception {
    Process process = tail();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      await(lines, line -> line.endsWith("-- streaming"));
    }
    try {
      org.awaitility.Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> {
            vault.folders().create(user);
            return !process.isAlive();
          });
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }
}
