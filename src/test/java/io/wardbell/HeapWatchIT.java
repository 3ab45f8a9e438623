package io.wardbell;

import static org.awaitility.Awaitility.await;

import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.ThrowawaySqlite;
import io.wardbell.demo.VaultServer;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A vault that has outgrown the heap.
class HeapWatchIT {
  private static final int ITEMS = 300_000;

  @TempDir private Path folder;

  @Test
  void aHeapThatIsTooSmallIsNamed() throws Exception {
    Tokens.create("http://localhost").writeKey(folder.resolve("rsa_key.pem"));
    try (ThrowawaySqlite files = new ThrowawaySqlite(folder)) {
      try (Connection connection = files.connect();
          Statement statement = connection.createStatement()) {
        ServerSchema.sqlite().create(connection);
        VaultServer vault = VaultServer.on(connection);
        vault.ciphers().create(vault.accounts().register("ann@example.com"));
        statement.execute("CREATE TEMPORARY TABLE one AS SELECT * FROM ciphers");
        statement.execute(
            "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < "
                + ITEMS
                + ") INSERT INTO ciphers (uuid, created_at, updated_at, user_uuid, atype, name, data)"
                + " SELECT printf('%08x-0000-4000-8000-000000000000', n), created_at, updated_at,"
                + " user_uuid, atype, name, data FROM one, numbers");
      }
      try (ServeProcess wardbell =
          new ServeProcess(
              folder.resolve("said.log"),
              Map.of("DATA_FOLDER", folder.toString(), "WARDBELL_HEAP", "40m"))) {
        await().atMost(Duration.ofSeconds(60)).until(() -> wardbell.said().contains("WB-RUN-04"));
      }
    }
  }
}
