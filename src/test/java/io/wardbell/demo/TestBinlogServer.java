package io.wardbell.demo;

import java.io.IOException;
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
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// A MariaDB or MySQL for one test: a container where Docker has the image, else the programs that
/// are there. Both listen on 127.0.0.1 and a free port only, and keep port and data over
/// [#startAgain].
public final class TestBinlogServer implements AutoCloseable {
  /// The servers that tests run on, where their programs are found; `-Dwardbell.database=mariadb`
  /// keeps one of them. `-Dwardbell.mariadb.programs=FOLDER` (`wardbell.mysql.programs`) names a
  /// folder with another release: `mariadbd` and `mariadb-install-db`, or `mysqld`.
  public enum Product {
    /// The system's package.
    MARIADB("mariadb:11.4", "/usr/sbin/mariadbd"),
    /// Unpacked by the Maven profile `mysql`.
    MYSQL("mysql:8.4", MysqlPrograms.UNPACKED + "/" + MysqlPrograms.SERVER);

    private final String image;
    private final @Nullable String folder;
    private final Path program;

    Product(String image, String usual) {
      this.image = image;
      folder = System.getProperty("wardbell." + name().toLowerCase(Locale.ROOT) + ".programs");
      Path path = Path.of(usual);
      program = (folder == null ? path : Path.of(folder, path.getFileName() + "")).toAbsolutePath();
    }

    Path program() throws IOException {
      return this == MYSQL && folder == null ? MysqlPrograms.server() : program;
    }

    String installer() {
      return (folder == null ? "/usr/bin" : folder) + "/mariadb-install-db";
    }

    /// Those that this run is for.
    public static Stream<Product> selected() {
      String only = System.getProperty("wardbell.database", "mariadb,mysql");
      return Arrays.stream(values())
          .filter(p -> List.of(only.split(",")).contains(p.name().toLowerCase(Locale.ROOT)))
          .filter(p -> p.hasPrograms() || p.hasImage());
    }

    /// Whether it can be started by [#startPrograms].
    public boolean hasPrograms() {
      return Files.isExecutable(program);
    }

    /// A folder with another release is not asked for to be left aside.
    private boolean hasImage() {
      return folder == null && TestContainer.isThere(image);
    }

    List<String> usualOptions() {
      List<String> options =
          new ArrayList<>(
              List.of(
                  "--server-id=1",
                  "--skip-name-resolve",
                  "--innodb-buffer-pool-size=64M",
                  "--innodb-flush-log-at-trx-commit=2",
                  "--sync-binlog=0"));
      if (this == MYSQL) {
        options.add("--mysqlx=OFF");
        options.add("--innodb-redo-log-capacity=16M");
      }
      return options;
    }
  }

  /// The vault's database.
  public static final String DATABASE = "vault";

  /// The role that setup.sql makes.
  public static final String ROLE = "wardbell";

  /// The password that [#setUp] gives it.
  public static final String PASSWORD = "p@ss";

  private final Product product;
  private final Server server;
  private final String password;

  private TestBinlogServer(Product product, Server server, String password) {
    this.product = product;
    this.server = server;
    this.password = password;
  }

  /// Starts one that logs as Wardbell needs it.
  public static TestBinlogServer start(Product product) throws IOException {
    return start(product, "--log-bin=binlog", "--binlog-format=ROW");
  }

  /// Starts one with these settings and no others.
  public static TestBinlogServer start(Product product, String... options) throws IOException {
    if (!product.hasImage()) {
      return startPrograms(product, options);
    }
    String password = UUID.randomUUID().toString();
    Container container = Container.start(product, password, List.of(options));
    return new TestBinlogServer(product, container, password);
  }

  /// The same by programs on this machine, for settings that name files on it, or [#data].
  public static TestBinlogServer startPrograms(Product product, String... options)
      throws IOException {
    String password = UUID.randomUUID().toString();
    BinlogPrograms programs = BinlogPrograms.start(product, password, List.of(options));
    return new TestBinlogServer(product, programs, password);
  }

  /// The data of one that was started by its programs; MySQL makes its certificates there, `ca.pem`
  /// among them.
  public Path data() {
    if (server instanceof BinlogPrograms programs) {
      return programs.data();
    }
    throw new IllegalStateException("a container's data is its own");
  }

  /// What it runs in; null if its programs run on this machine.
  public @Nullable TestContainer container() {
    return server instanceof Container running ? running.container() : null;
  }

  /// Which it is.
  public Product product() {
    return product;
  }

  /// The port on 127.0.0.1.
  public int port() {
    return server.port();
  }

  /// The administrator's connection to the vault's database.
  public Connection connect() throws SQLException {
    return connect("root", password);
  }

  /// Anybody's connection to the vault's database. Of an update it counts the rows that are not
  /// what they were: those that the log shows.
  public Connection connect(String user, String itsPassword) throws SQLException {
    return connect(port(), user, itsPassword);
  }

  static Connection connect(int port, String user, String password) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:mariadb://127.0.0.1:%d/%s?allowPublicKeyRetrieval=true&useAffectedRows=true"
            .formatted(port, DATABASE),
        user,
        password);
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
    server.stop();
  }

  /// SIGKILL.
  public void kill() {
    server.kill();
  }

  /// SIGSTOP or SIGCONT: a server that stays and does not answer.
  public void freeze(boolean frozen) throws IOException {
    server.freeze(frozen);
  }

  /// Starts the stopped or killed server on the same port and data.
  public void startAgain() throws IOException {
    server.startAgain();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  /// What a server is made of.
  interface Server extends AutoCloseable {
    int port();

    void stop();

    void kill();

    void freeze(boolean frozen) throws IOException;

    void startAgain() throws IOException;

    @Override
    void close() throws IOException;
  }

  private record Container(TestContainer container, String password) implements Server {
    private static final Duration START_LIMIT = Duration.ofSeconds(90);

    static Container start(Product product, String password, List<String> options)
        throws IOException {
      List<String> command = new ArrayList<>(product.usualOptions());
      command.addAll(options);
      String prefix = product.name();
      Map<String, String> environment =
          Map.of(prefix + "_ROOT_PASSWORD", password, prefix + "_DATABASE", DATABASE);
      Container started =
          new Container(TestContainer.start(product.image, 3306, environment, command), password);
      started.await();
      return started;
    }

    private void await() {
      Awaitility.await()
          .atMost(START_LIMIT)
          .until(() -> {
            if (!container.isRunning()) {
              throw new IOException("the server ended: " + container.log());
            }
            try (Connection c = connect(port(), "root", password)) {
              return c.isValid(1);
            } catch (SQLException notYet) {
              return false;
            }
          });
    }

    @Override
    public int port() {
      return container.port();
    }

    @Override
    public void stop() {
      container.end("SIGTERM");
    }

    @Override
    public void kill() {
      container.end("SIGKILL");
    }

    @Override
    public void freeze(boolean frozen) {
      container.freeze(frozen);
    }

    @Override
    public void startAgain() {
      container.startAgain();
      await();
    }

    @Override
    public void close() {
      container.close();
    }
  }
}
