package io.wardbell.chaos;

import io.wardbell.demo.ThrowawaySqlite;
import io.wardbell.demo.VaultServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;

/// A vault server in a process of its own that is killed in the middle of a transaction, of which
/// the log has a part already. Arguments: the folder, a user.
final class DyingWriter {
  private DyingWriter() {}

  public static void main(String[] args) throws Exception {
    try (Connection connection = new ThrowawaySqlite(Path.of(args[0])).connect();
        Statement statement = connection.createStatement()) {
      VaultServer server = VaultServer.on(connection);
      String item = server.ciphers().create(args[1]);
      server.ciphers().update(args[1], item);
      statement.execute("PRAGMA cache_size = 1"); // Into the log before the commit.
      statement.execute("BEGIN IMMEDIATE");
      statement.execute(
          "UPDATE ciphers SET data = data || 'lost', updated_at = '2030-01-01 00:00:00'");
      statement.execute("UPDATE users SET name = name || 'lost'");
      System.out.println("ready");
      Thread.sleep(60_000);
    }
  }

  /// Runs one, and kills it.
  static void liveAndDie(Path folder, String user) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                DyingWriter.class.getName(),
                folder.toString(),
                user)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    int first = process.getInputStream().read();
    process.destroyForcibly();
    if (!process.waitFor(10, TimeUnit.SECONDS) || first != 'r') {
      throw new IOException("the server that was to die did not live");
    }
  }
}
