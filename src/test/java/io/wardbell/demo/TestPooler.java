package io.wardbell.demo;

import io.wardbell.Ending;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// A real PgBouncer before a server, on 127.0.0.1.
public final class TestPooler implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/sbin/pgbouncer");

  private final Path folder;
  private final Process process;
  private final int port;

  /// Whether the program is there.
  public static boolean isThere() {
    return Files.exists(PROGRAM);
  }

  /// @param mode `session` or `transaction`
  /// @param settings more lines of its file
  public TestPooler(TestPostgres server, String mode, String settings) throws IOException {
    folder = Files.createTempDirectory("wardbell-pooler-");
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    Path users = folder.resolve("users.txt");
    Files.writeString(users, "\"%s\" \"%s\"\n".formatted(SetupSql.ROLE, SetupSql.PASSWORD));
    Path file = folder.resolve("pgbouncer.ini");
    Files.writeString(
        file,
        """
        [databases]
        %s = host=127.0.0.1 port=%d
        [pgbouncer]
        listen_addr = 127.0.0.1
        listen_port = %d
        unix_socket_dir =
        auth_type = scram-sha-256
        auth_file = %s
        pool_mode = %s
        %s
        """
            .formatted(ThrowawayPostgres.DATABASE, server.port(), port, users, mode, settings));
    process =
        UnprivilegedCommand.in(folder)
            .start(folder.resolve("output"), List.of(PROGRAM.toString(), file.toString()));
  }

  /// The port that it listens on.
  public int port() {
    return port;
  }

  @Override
  public void close() throws IOException {
    Ending.end(process, Duration.ofSeconds(10));
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
