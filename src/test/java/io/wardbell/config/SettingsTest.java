package io.wardbell.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.NullMarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@NullMarked
class SettingsTest {
  @TempDir Path folder = Path.of("");

  private final Map<String, String> environment = new HashMap<>();

  enum Colour {
    RED,
    DARK_BLUE
  }

  record Everything(
      @Setting(value = "WARDBELL_TEXT", doc = "", fallback = "t") String text,
      @Setting(value = "WARDBELL_FLAG", doc = "", fallback = "false") boolean flag,
      @Setting(value = "WARDBELL_COUNT", doc = "", fallback = "7") int count,
      @Setting(value = "WARDBELL_BYTES", doc = "", fallback = "5000000000") long bytes,
      @Setting(value = "WARDBELL_WAIT", doc = "", fallback = "15s") Duration delay,
      @Setting(value = "WARDBELL_PLACE", doc = "") Optional<Path> place,
      @Setting(value = "WARDBELL_TOKEN", doc = "") @Nullable Secret token,
      @Setting(value = "WARDBELL_COLOUR", doc = "", fallback = "red") Colour colour) {
    Everything {
      if (count > 10) {
        throw new IllegalArgumentException("WARDBELL_COUNT must be at most 10");
      }
      if (delay.compareTo(Duration.ofMinutes(1)) > 0) {
        throw new IllegalArgumentException("WARDBELL_WAIT must be at most 1m");
      }
    }
  }

  record Needed(@Setting(value = "WARDBELL_NEEDED", doc = "") String needed) {}

  record Pair(
      @Setting(value = "WARDBELL_LOW", doc = "", fallback = "1") int low,
      @Setting(value = "WARDBELL_HIGH", doc = "", fallback = "2") int high) {
    Pair {
      if (low > high) {
        throw new IllegalArgumentException("the first must not be above the second");
      }
    }
  }

  private Settings load(Class<? extends Record> type) {
    return Settings.load(environment, List.of(type));
  }

  private Everything everything() {
    return load(Everything.class).check().read(Everything.class);
  }

  private List<String> faults(Class<? extends Record> type) {
    return load(type).faults().stream().map(Fault::toString).toList();
  }

  private VaultServer vaultServer() {
    return load(VaultServer.class).check().read(VaultServer.class);
  }

  private void dataFolder() {
    environment.put("DATA_FOLDER", folder.toString());
  }

  @Test
  void fallbacks() {
    assertThat(everything())
        .isEqualTo(
            new Everything(
                "t",
                false,
                7,
                5_000_000_000L,
                Duration.ofSeconds(15),
                Optional.empty(),
                null,
                Colour.RED));
  }

  @Test
  void everyType() {
    environment.put("WARDBELL_TEXT", " a b ");
    environment.put("WARDBELL_FLAG", "Yes");
    environment.put("WARDBELL_COUNT", "3");
    environment.put("WARDBELL_BYTES", "9");
    environment.put("WARDBELL_WAIT", "PT2S");
    environment.put("WARDBELL_PLACE", "/tmp/x y");
    environment.put("WARDBELL_TOKEN", "$pecial${HOME}\\n");
    environment.put("WARDBELL_COLOUR", "dark-blue");
    assertThat(everything())
        .isEqualTo(
            new Everything(
                "a b",
                true,
                3,
                9,
                Duration.ofSeconds(2),
                Optional.of(Path.of("/tmp/x y")),
                new Secret("$pecial${HOME}\\n"),
                Colour.DARK_BLUE));
  }

  @Test
  void blankIsUnset() {
    environment.put("WARDBELL_COUNT", "  ");
    environment.put("WARDBELL_TOKEN", "");
    assertThat(everything().count()).isEqualTo(7);
    assertThat(everything().token()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"500ms, 500", "15s, 15000", "1m, 60000", "0s, 0", "15 s, 15000", "PT0.5S, 500"})
  void durations(String text, long millis) {
    environment.put("WARDBELL_WAIT", text);
    assertThat(everything().delay()).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({
    "500ms, 500ms",
    "1500ms, 1500ms",
    "60s, 1m",
    "PT0S, 0s",
    "PT0.0000001S, PT0.0000001S"
  })
  void durationsAsShown(String text, String shown) {
    environment.put("WARDBELL_WAIT", text);
    assertThat(row(load(Everything.class), "WARDBELL_WAIT").value()).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "WARDBELL_FLAG   | on     | give true or false",
        "WARDBELL_COUNT  | many   | give a whole number",
        "WARDBELL_COUNT  | 1.5    | give a whole number",
        "WARDBELL_COUNT  | 11     | WARDBELL_COUNT must be at most 10",
        "WARDBELL_BYTES  | 1k     | give a whole number",
        "WARDBELL_WAIT   | 15     | give a number with its unit",
        "WARDBELL_WAIT   | -15s   | give a number with its unit",
        "WARDBELL_WAIT   | PT-1S  | give a number with its unit",
        "WARDBELL_WAIT   | 999999999999d | give a number with its unit",
        "WARDBELL_WAIT   | 2m     | WARDBELL_WAIT must be at most 1m",
        "WARDBELL_PLACE  | s3://b | S3 is not supported",
        "WARDBELL_COLOUR | green  | give one of red, dark-blue"
      })
  void everyFault(String name, String text, String right) {
    environment.put(name, text);
    assertThat(faults(Everything.class))
        .singleElement()
        .asString()
        .startsWith(name + ": read \"" + text + "\" (environment); ")
        .contains(right);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.example.org:8095", "*.example.org", "http://a.example.org", "a,b:1"})
  void namesOfOperatorsAreWholeNames(String names) {
    environment.put("WARDBELL_OPERATOR_NAMES", names);
    assertThat(faults(OperatorAddress.class))
        .singleElement()
        .asString()
        .contains("WARDBELL_OPERATOR_NAMES", names, "no port");
  }

  @Test
  void allFaultsAtOnce() {
    environment.put("WARDBELL_FLAG", "perhaps");
    environment.put("WARDBELL_COUNT", "11");
    environment.put("WARDBELL_WAIT", "1h");
    environment.put("WARDBELL_COLOUR", "green");
    environment.put("WARDBELL_COUNTS", "1");
    assertThatThrownBy(() -> load(Everything.class).check())
        .isInstanceOfSatisfying(
            SettingsException.class,
            e ->
                assertThat(e.faults())
                    .extracting(Fault::setting)
                    .containsExactlyInAnyOrder(
                        "WARDBELL_COUNTS",
                        "WARDBELL_FLAG",
                        "WARDBELL_COLOUR",
                        "WARDBELL_COUNT",
                        "WARDBELL_WAIT"));
  }

  @Test
  void missing() {
    assertThat(faults(Needed.class)).containsExactly("WARDBELL_NEEDED: is not set; give a text");
  }

  @Test
  void partsThatDoNotFitTogether() {
    environment.put("WARDBELL_LOW", "5");
    assertThat(faults(Pair.class))
        .containsExactly(
            "WARDBELL_LOW, WARDBELL_HIGH: do not fit together;"
                + " the first must not be above the second");
  }

  @Test
  void unknownNameIsRefusedWithTheNearest() {
    environment.put("WARDBELL_TOKNE", "hunter2");
    environment.put("OTHER_THING", "x");
    assertThat(faults(Everything.class))
        .containsExactly(
            "WARDBELL_TOKNE: is not a setting; the nearest known one is WARDBELL_TOKEN");
  }

  @Test
  void theServersSwitchIsNotOurs() {
    environment.put("ENABLE_WEBSOCKET", "false");
    environment.put("WEBSOCKET_ENABLED", "false");
    assertThat(faults(PublicAddress.class)).isEmpty();
  }

  @Test
  void oneRecordsFaultsLeaveTheOthersAlone() {
    environment.put("WARDBELL_COUNT", "many");
    Settings settings = Settings.load(environment, List.of(Everything.class, Pair.class));
    assertThat(settings.read(Pair.class)).isEqualTo(new Pair(1, 2));
    assertThatThrownBy(() -> settings.read(Everything.class)).isInstanceOf(SettingsException.class);
  }

  @Test
  void secretFromFile() throws IOException {
    Path file = Files.writeString(folder.resolve("token"), "hunter2\n");
    environment.put("WARDBELL_TOKEN_FILE", file.toString());
    Settings settings = load(Everything.class);
    assertThat(settings.read(Everything.class).token()).isEqualTo(new Secret("hunter2"));
    assertThat(row(settings, "WARDBELL_TOKEN"))
        .isEqualTo(new Settings.Row("WARDBELL_TOKEN", "***", "file " + file));
  }

  @Test
  void databaseUrlFromFile() throws IOException {
    Path file = Files.writeString(folder.resolve("url"), "postgresql://u:hunter2@h/d\n");
    environment.put("DATABASE_URL_FILE", file.toString());
    Settings settings = load(DatabaseAccess.class);
    DatabaseUrl url = settings.read(DatabaseAccess.class).url();
    assertThat(url).hasToString("postgresql://u:***@h:5432/d?sslmode=prefer");
  }

  @Test
  void valueAndFileTogether() {
    environment.put("WARDBELL_TOKEN", "hunter2");
    environment.put("WARDBELL_TOKEN_FILE", folder.resolve("token").toString());
    assertThat(faults(Everything.class))
        .containsExactly(
            "WARDBELL_TOKEN_FILE: set together with WARDBELL_TOKEN; give only one of the two");
  }

  @Test
  void fileThatIsNotThere() {
    String file = folder.resolve("absent").toString();
    environment.put("WARDBELL_TOKEN_FILE", file);
    assertThat(faults(Everything.class))
        .containsExactly(
            "WARDBELL_TOKEN_FILE: read \""
                + file
                + "\", which cannot be read"
                + " (NoSuchFileException); give the path of a text file that holds WARDBELL_TOKEN");
  }

  @Test
  void serverFileBeatsTheEnvironment() throws IOException {
    dataFolder();
    environment.put("DOMAIN", "https://environment.example");
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"domain": "https://file.example/vault", "org_groups_enabled": true,
         "admin_token": "hunter2", "smtp": {"a": [1]}, "rsa_key_filename": null}
        """);
    VaultServer server = vaultServer();
    assertThat(server.domain()).isEqualTo(new Domain("https://file.example", "/vault"));
    assertThat(server.groupsEnabled()).contains(true);
    assertThat(server.keyFile()).isEqualTo(folder.resolve("rsa_key.pem"));
    assertThat(row(load(VaultServer.class), "DOMAIN").origin()).isEqualTo("config.json");
  }

  @Test
  void serverFileHasNoSayOverOurOwnSettings() throws IOException {
    dataFolder();
    Files.writeString(folder.resolve("config.json"), "{\"wardbell_log_level\": \"trace\"}");
    assertThat(load(ProcessSettings.class).read(ProcessSettings.class).logLevel())
        .isEqualTo(ProcessSettings.LogLevel.INFO);
  }

  @Test
  void serverFileElsewhere() throws IOException {
    Path file = Files.writeString(folder.resolve("x.json"), "{\"domain\": \"https://x\"}");
    environment.put("CONFIG_FILE", file.toString());
    assertThat(vaultServer().domain().origin()).isEqualTo("https://x");
  }

  @ParameterizedTest
  @CsvSource({"'{\"admin_token\": hunter2'", "'[]'", "''"})
  void serverFileThatIsNoObject(String text) throws IOException {
    dataFolder();
    Files.writeString(folder.resolve("config.json"), text);
    assertThat(faults(VaultServer.class))
        .singleElement()
        .asString()
        .startsWith("DATA_FOLDER: the file ")
        .contains("is not a JSON object")
        .doesNotContain("hunter2");
  }

  @Test
  void keyFiles() {
    assertThat(vaultServer().keyFile()).isEqualTo(Path.of("data/rsa_key.pem"));
    environment.put("RSA_KEY_FILENAME", "/keys/mine");
    assertThat(vaultServer().keyFile()).isEqualTo(Path.of("/keys/mine.pem"));
    environment.put("WARDBELL_PUBLIC_KEY_FILE", "/keys/public.pem");
    assertThat(vaultServer().keyFile()).isEqualTo(Path.of("/keys/public.pem"));
  }

  @ParameterizedTest
  @CsvSource({"true, true", "1, true", "no, false", "F, false"})
  void groups(String text, boolean enabled) {
    assertThat(vaultServer().groupsEnabled()).isEmpty();
    environment.put("ORG_GROUPS_ENABLED", text);
    assertThat(vaultServer().groupsEnabled()).contains(enabled);
  }

  @Test
  void ourDatabaseUrlGoesFirst() {
    environment.put("DATABASE_URL", "postgresql://nonsense?of=theirs");
    environment.put("WARDBELL_DATABASE_URL", "postgresql://wardbell@h/d");
    environment.put("WARDBELL_DATABASE_PASSWORD", "hunter2");
    DatabaseAccess access = load(DatabaseAccess.class).check().read(DatabaseAccess.class);
    assertThat(access.asServer()).isFalse();
    assertThat(((PostgresqlUrl) access.url()).login().password()).contains(new Secret("hunter2"));
    assertThat(access.toString()).doesNotContain("hunter2");
  }

  @Test
  void theServersDatabaseUrl() {
    environment.put("DATABASE_URL", "postgres://vaultwarden:hunter2@h/d");
    DatabaseAccess access = load(DatabaseAccess.class).check().read(DatabaseAccess.class);
    assertThat(access.asServer()).isTrue();
    assertThat(access.setting()).isEqualTo("DATABASE_URL");
  }

  @Test
  void noDatabaseUrlIsTheServersSqlite() {
    dataFolder();
    assertThat(load(DatabaseAccess.class).read(DatabaseAccess.class).url())
        .isEqualTo(new SqliteFile(folder.resolve("db.sqlite3")));
  }

  @Test
  void wrongDatabaseUrlIsToldWithoutItsPassword() {
    environment.put("WARDBELL_DATABASE_URL", "postgresql://u:hunter2@h:port/d");
    assertThat(faults(DatabaseAccess.class))
        .singleElement()
        .asString()
        .startsWith(
            "WARDBELL_DATABASE_URL: read postgresql://*** (environment); the port must be from 1")
        .doesNotContain("hunter2");
  }

  @Test
  void printedTableHidesSecrets() {
    environment.put("WARDBELL_DATABASE_URL", "postgresql://u:hunter2@h/d");
    environment.put("WARDBELL_DATABASE_PASSWORD", "hunter3");
    Settings settings = load(DatabaseAccess.class);
    assertThat(settings.table())
        .containsExactly(
            new Settings.Row(
                "WARDBELL_DATABASE_URL",
                "postgresql://u:***@h:5432/d?sslmode=prefer",
                "environment"),
            new Settings.Row("DATABASE_URL", "sqlite://data/db.sqlite3", "default"),
            new Settings.Row("WARDBELL_DATABASE_PASSWORD", "***", "environment"));
  }

  @Test
  void ports() {
    environment.put("WEBSOCKET_PORT", "70000");
    assertThat(faults(PublicAddress.class))
        .containsExactly(
            "WEBSOCKET_PORT: read \"70000\" (environment);"
                + " WEBSOCKET_PORT is 70000 and must be from 0 to 65535");
  }

  private static Settings.Row row(Settings settings, String name) {
    return settings.table().stream().filter(r -> r.name().equals(name)).findFirst().orElseThrow();
  }
}
