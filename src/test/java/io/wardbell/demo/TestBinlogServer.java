package io.wardbell.demo;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// A MariaDB or MySQL for one test, with the data in a folder of its own, gone after [#close].
///
/// It listens on 127.0.0.1 and a free port only. [#stop], [#kill] and [#startAgain] play a server
/// that fails: port and data stay.
public final class TestBinlogServer implements AutoCloseable {
  /// The servers that tests run on, where their programs are found; `-Dwardbell.database=mariadb`
  /// keeps one of them. `-Dwardbell.mariadb.programs=FOLDER` (`wardbell.mysql.programs`) names a
  /// folder with another release: `mariadbd` and `mariadb-install-db`, or `mysqld`.
  public enum Product {
    /// The system's package.
    MARIADB("/usr/sbin/mariadbd"),
    /// Unpacked by the Maven profile `mysql`.
    MYSQL(MysqlPrograms.UNPACKED + "/" + MysqlPrograms.SERVER);

    private final @Nullable String folder;
    private final Path program;

    Product(String usual) {
      folder = System.getProperty("wardbell." + name().toLowerCase(Locale.ROOT) + ".programs");
      Path path = Path.of(usual);
      program = (folder == null ? path : Path.of(folder, path.getFileName() + "")).toAbsolutePath();
    }

    private Path program() throws IOException {
      return this == MYSQL && folder == null ? MysqlPrograms.server() : program;
    }

    private String installer() {
      return (folder == null ? "/usr/bin" : folder) + "/mariadb-install-db";
    }

    /// Those that this run is for.
    public static Stream<Product> selected() {
      String only = System.getProperty("wardbell.database", "mariadb,mysql");
      return Arrays.stream(values())
          .filter(p -> List.of(only.split(",")).contains(p.name().toLowerCase(Locale.ROOT)))
          .filter(p -> Files.isExecutable(p.program));
    }
  }

  /// The vault's database.
  public static final String DATABASE = "vault";

  /// The role that setup.sql makes.
  public static final String ROLE = "wardbell";

  /// The password that [#setUp] gives it.
  public static final String PASSWORD = "p@ss";

  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  private final Product product;
  private final Path folder;
  private final UnprivilegedCommand command;
  private final List<String> options;
  private final int port;
  private final String password = UUID.randomUUID().toString();
  private @Nullable Process process;

  private TestBinlogServer(Product product, Path folder, List<String> options) throws IOException {
    this.product = product;
    this.folder = folder;
    this.options = options;
    command = UnprivilegedCommand.in(folder);
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
  }

  /// Starts one that logs as Wardbell needs it.
  public static TestBinlogServer start(Product product) throws IOException {
    return start(product, "--log-bin=binlog", "--binlog-format=ROW");
  }

  /// Starts one with these settings and no others.
  public static TestBinlogServer start(Product product, String... options) throws IOException {
    Path folder = Files.createTempDirectory("wardbell-binlog-");
    TestBinlogServer server = new TestBinlogServer(product, folder, List.of(options));
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
            .formatted(password, DATABASE));
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
                "--bind-address=127.0.0.1",
                "--server-id=1",
                "--skip-name-resolve",
                "--innodb-buffer-pool-size=64M",
                "--innodb-flush-log-at-trx-commit=2",
                "--sync-binlog=0"));
    if (product == Product.MYSQL) {
      line.add("--mysqlx=OFF");
      line.add("--innodb-redo-log-capacity=16M");
    }
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
          try (Connection c = connect()) {
            return c.isValid(1);
          } catch (SQLException notYet) {
            return false;
          }
        });
  }

  /// The server's data; MySQL makes its certificates there, `ca.pem` among them.
  public Path data() {
    return folder.resolve("data");
  }

  private String tail() throws IOException {
    String text = Files.readString(folder.resolve("output"));
    return text.substring(Math.max(0, text.length() - 3_000));
  }

  /// Which it is.
  public Product product() {
    return product;
  }

  /// The port on 127.0.0.1.
  public int port() {
    return port;
  }

  /// The administrator's connection to the vault's database.
  public Connection connect() throws SQLException {
    return connect("root", password);
  }

  /// Anybody's connection to the vault's database. Of an update it counts the rows that are not
  /// what they were: those that the log shows.
  public Connection connect(String user, String itsPassword) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:mariadb://127.0.0.1:%d/%s?allowPublicKeyRetrieval=true&useAffectedRows=true"
            .formatted(port, DATABASE),
        user,
        itsPassword);
  }

  /// Statements by the administrator, each ending with a semicolon at the end of a line.
  public void run(String script) throws SQLException {
    try (Connection c = connect();
        Statement s = c.createStatement()) {
      for (String sql : script.replaceAll("(?m)^--.*$", "").split(";\\s*(?:\n|$)", -1)) {
        if (!sql.isBlank()) {
          s.execute(sql);
        }
      }
    }
  }

  /// Makes Wardbell's role as the administrator does: setup.sql, then a password.
  public void setUp() throws IOException, SQLException {
    run(setupSql());
    run("ALTER USER '%s'@'%%' IDENTIFIED BY '%s' ACCOUNT UNLOCK;".formatted(ROLE, PASSWORD));
  }

  /// The file as it is.
  public String setupSql() throws IOException {
    return Files.readString(
        Path.of("connectors", product.name().toLowerCase(Locale.ROOT), "setup.sql"));
  }

  /// SIGTERM; returns when the server has stopped.
  public void stop() {
    end(false);
  }

  /// SIGKILL.
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

  /// SIGSTOP or SIGCONT: a server that stays and does not answer.
  public void freeze(boolean frozen) throws IOException {
    Process running = process;
    if (running != null) {
      new ProcessBuilder("kill", frozen ? "-STOP" : "-CONT", Long.toString(running.pid()))
          .start()
          .onExit()
          .join();
    }
  }

  /// Starts the stopped or killed server on the same port and data.
  public void startAgain() throws IOException {
    launch();
  }

  @Override
  public void close() throws IOException {
    kill();
    MysqlPrograms.delete(folder);
  }
}
