package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wardbell.demo.DemoClient;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.ThrowawaySqlite;
import io.wardbell.demo.VaultServer;
import io.wardbell.notification.UpdateType;
import io.wardbell.observe.Clock;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The data folder is all that Wardbell is told, and it leaves no trace there: it needs no
/// permission to write, neither to the folder nor to a file in it.
class SqliteFolderIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  @TempDir private Path folder;

  @Test
  void dataFolderIsEnoughAndIsOnlyRead() throws Exception {
    Path data = Files.createDirectory(folder.resolve("data"));
    Tokens tokens = Tokens.create("https://vault.example.org");
    tokens.writeKey(data.resolve("rsa_key.pem"));
    Files.writeString(
        data.resolve("config.json"), "{\"domain\": \"https://vault.example.org/vault\"}");
    Queue<DemoClient.Message> told = new ConcurrentLinkedQueue<>();
    try (Connection connection = new ThrowawaySqlite(data).connect()) {
      ServerSchema.sqlite().create(connection);
      VaultServer vault = VaultServer.on(connection);
      String user = vault.accounts().register("alice@example.com");
      String token = tokens.login(user, "device", vault.accounts().securityStamp(user));
      permit(data, "r-xr-xr-x", "r--r--r--");
      Map<String, List<Object>> before = contents(data);
      assertThat(before).as("a live database").containsKey("db.sqlite3-wal");
      try (ServeProcess wardbell =
          new ServeProcess(folder.resolve("said"), Map.of("DATA_FOLDER", data.toString()))) {
        await().atMost(SOON).until(() -> isSynced(wardbell));
        assertThat(wardbell.said()).doesNotContain("login");
        URI hub =
            URI.create(
                "ws://127.0.0.1:%d/vault/notifications/hub?access_token=%s"
                    .formatted(wardbell.port, token));
        try (var _ = DemoClient.connect(hub, Clock.system(), told::add)) {
          assertThat(contents(data)).isEqualTo(before);
          String written = vault.folders().create(user);
          await()
              .atMost(SOON)
              .until(() ->
                  told.stream()
                      .anyMatch(m ->
                          m.type() == UpdateType.SYNC_FOLDER_CREATE.number()
                              && written.equals(m.id())));
        }
        before = contents(data);
        assertThat(wardbell.isAlive()).isTrue();
      }
      assertThat(contents(data)).isEqualTo(before);
    } finally {
      permit(data, "rwxr-xr-x", "rw-r--r--");
    }
    assertThat(data.resolve("db.sqlite3-wal")).as("the server ended in order").doesNotExist();
  }

  private static void permit(Path data, String ofFolder, String ofFiles) throws IOException {
    try (var files = Files.list(data)) {
      for (Path file : files.toList()) {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(ofFiles));
      }
    }
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString(ofFolder));
  }

  private static boolean isSynced(ServeProcess wardbell) throws IOException {
    assertThat(wardbell.isAlive()).as(wardbell.said()).isTrue();
    try {
      HttpURLConnection asked =
          (HttpURLConnection)
              URI.create("http://127.0.0.1:" + wardbell.operatorPort + "/syncz")
                  .toURL()
                  .openConnection();
      return asked.getResponseCode() == HttpURLConnection.HTTP_OK;
    } catch (java.net.ConnectException e) {
      return false;
    }
  }

  /// Names, times and bytes of everything in the folder, and the folder's own time.
  private static Map<String, List<Object>> contents(Path data) throws IOException {
    Map<String, List<Object>> all = new TreeMap<>();
    all.put(".", List.of(Files.getLastModifiedTime(data)));
    try (var files = Files.list(data)) {
      for (Path file : files.toList()) {
        all.put(
            file.getFileName().toString(),
            List.of(
                Files.getLastModifiedTime(file),
                HexFormat.of().formatHex(Files.readAllBytes(file))));
      }
    }
    return all;
  }
}
