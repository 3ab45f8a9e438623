package io.wardbell.demo;

import io.wardbell.demo.TestBinlogServer.Product;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// A MariaDB or MySQL by its programs, with the data in a folder of its own, gone after [#close].
final class BinlogPrograms implements TestBinlogServer.Server {
  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  private final Product product;
  private final Path folder;
  private final UnprivilegedCommand command;
  private final List<String> options;
  private final String password;
  private final int port;
  private @Nullable Process process;

  private BinlogPrograms(Product product, Path folder, String password, List<String> options)
      throws IOException {
    this.product = product;
    this.folder = folder;
    this.options = options;
    this.password = password;
    command = UnprivilegedCommand.in(folder);
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
  }

  static BinlogPrograms start(Product product, String password, List<String> options)
      throws IOException {
    Path folder = Files.createTempDirectory("wardbell-binlog-");
    BinlogPrograms server = new BinlogPrograms(product, folder, password, options);
    try {
      server.initialise();
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
    return server;
  }

  private void initialise() throws IOException {
    command.giveAway(Files.createDirectory(folder.resolve("tmp")));
    List<String> line =
        switch (product) {
          case MARIADB ->
              List.of(
                  product.installer(),
                  "--no-defaults",
                  "--datadir=" + data(),
                  "--tmpdir=" + folder.resolve("tmp"),
                  "--auth-root-authentication-method=normal",
                  "--skip-test-db");
          case MYSQL ->
              List.of(
                  product.program().toString(),
                  "--no-defaults",
                  "--initialize-insecure",
                  "--datadir=" + data(),
                  "--innodb-redo-log-capacity=16M");
        };
    int exitCode = command.run(folder.resolve("output"), START_LIMIT, line);
    if (exitCode != 0) {
      throw new IOException("not initialised: " + tail());
    }
    Path first = Files.createFile(folder.resolve("first.sql"));
    Files.writeString(
        first,
        """
        CREATE USER IF NOT EXISTS 'root'@'127.0.0.1';
        ALTER USER 'root'@'127.0.0.1' IDENTIFIED BY '%1$s';
        GRANT ALL ON *.* TO 'root'@'127.0.0.1' WITH GRANT OPTION;
        ALTER USER 'root'@'localhost' IDENTIFIED BY '%1$s';
        CREATE DATABASE %2$s;
        """
            .formatted(password, TestBinlogServer.DATABASE));
    command.giveAway(first);
    launch("--init-file=" + first);
    Files.delete(first);
  }

  private void launch(String... more) throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                product.program().toString(),
                "--no-defaults",
                "--datadir=" + data(),
                "--tmpdir=" + folder.resolve("tmp"),
                "--socket=" + folder.resolve("socket"),
                "--pid-file=" + folder.resolve("pid"),
                "--port=" + port,
                "--bind-address=127.0.0.1"));
    line.addAll(product.usualOptions());
    line.addAll(options);
    line.addAll(List.of(more));
    Process started = command.start(folder.resolve("output"), line);
    process = started;
    Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
    Awaitility.await()
        .atMost(START_LIMIT)
        .until(() -> {
          if (!started.isAlive()) {
            throw new IOException("the server ended: " + tail());
          }
          try (Connection c = TestBinlogServer.connect(port, "root", password)) {
            return c.isValid(1);
          } catch (SQLException notYet) {
            return false;
          }
        });
  }

  Path data() {
    return folder.resolve("data");
  }

  private String tail() throws IOException {
    String text = Files.readString(folder.resolve("output"));
    return text.substring(Math.max(0, text.length() - 3_000));
  }

  @Override
  public int port() {
    return port;
  }

  @Override
  public void stop() {
    end(false);
  }

  @Override
  public void kill() {
    end(true);
  }

  private void end(boolean forcibly) {
    Process running = process;
    if (running != null) {
      if (forcibly) {
        running.destroyForcibly();
      } else {
        running.destroy();
      }
      running.onExit().join();
      process = null;
    }
  }

  @Override
  public void freeze(boolean frozen) throws IOException {
    Process running = process;
    if (running != null) {
      new ProcessBuilder("kill", frozen ? "-STOP" : "-CONT", Long.toString(running.pid()))
          .start()
          .onExit()
          .join();
    }
  }

  @Override
  public void startAgain() throws IOException {
    launch();
  }

  @Override
  public void close() throws IOException {
    kill();
    MysqlPrograms.delete(folder);
  }
}
