package io.wardbell.demo;

import io.wardbell.demo.ThrowawayPostgres.Shutdown;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// A PostgreSQL for one test: a container where Docker answers, else the Maven-provided programs.
/// Both listen on 127.0.0.1, write a logical log and keep port and data over [#startAgain].
public final class TestPostgres implements AutoCloseable {
  /// The versions that tests run on; `-Dwardbell.postgresql=oldest` (or `18`) keeps one of them.
  public enum Version {
    NEWEST,
    OLDEST;

    /// The jar with the Maven-provided programs; null: those on the class path.
    public @Nullable Path binariesJar() {
      return this == NEWEST ? null : Path.of("target/postgresql/oldest.jar");
    }

    /// The major version, as the build names it.
    public String major() {
      String full = System.getProperty(this == NEWEST ? "postgresql.demo" : "postgresql.oldest");
      if (full == null) {
        full = this == NEWEST ? "18" : "12"; // Run from an editor, without the build's properties.
      }
      return full.replaceFirst("\\..*", "");
    }

    /// The versions that this run is for.
    public static Stream<Version> selected() {
      String only = System.getProperty("wardbell.postgresql", "");
      List<Version> chosen =
          Arrays.stream(values())
              .filter(
                  v -> only.isEmpty() || only.equalsIgnoreCase(v.name()) || only.equals(v.major()))
              .toList();
      if (chosen.isEmpty()) {
        throw new IllegalArgumentException(
            "wardbell.postgresql=" + only + ": newest, oldest or their major versions");
      }
      return chosen.stream();
    }
  }

  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  private final Server server;

  private TestPostgres(Server server) {
    this.server = server;
  }

  /// Starts the given version.
  public static TestPostgres start(Version version) throws IOException {
    String image = "postgres:" + version.major();
    if (TestContainer.isThere(image)) {
      return new TestPostgres(Container.start(image));
    }
    return new TestPostgres(new Programs(ThrowawayPostgres.start(version.binariesJar())));
  }

  /// What it runs in; null if its programs run on this machine.
  public @Nullable TestContainer container() {
    return server instanceof Container running ? running.container() : null;
  }

  /// The port on 127.0.0.1.
  public int port() {
    return server.port();
  }

  /// The superuser's name.
  public String superuser() {
    return "postgres";
  }

  /// The superuser's password.
  public String password() {
    return server.password();
  }

  /// The vault's database for JDBC, without a user.
  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + port() + "/" + ThrowawayPostgres.DATABASE;
  }

  /// The vault's database as DATABASE_URL names it.
  public String databaseUrl(String user, String password) {
    return "postgresql://%s:%s@127.0.0.1:%d/%s"
        .formatted(user, password, port(), ThrowawayPostgres.DATABASE);
  }

  /// A superuser's connection to the vault's database.
  public Connection connect() throws SQLException {
    return connect(superuser(), password());
  }

  /// Anybody's connection to the vault's database.
  public Connection connect(String user, String password) throws SQLException {
    return DriverManager.getConnection(jdbcUrl(), user, password);
  }

  /// Stops the server.
  public void stop(Shutdown how) throws IOException {
    server.stop(how);
  }

  /// SIGKILL.
  public void kill() throws IOException {
    server.kill();
  }

  /// Starts the stopped or killed server on the same port and data.
  public void startAgain() throws IOException {
    server.startAgain();
  }

  /// Stops and starts.
  public void restart(Shutdown how) throws IOException {
    stop(how);
    startAgain();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }

  private interface Server extends AutoCloseable {
    int port();

    String password();

    void stop(Shutdown how) throws IOException;

    void kill() throws IOException;

    void startAgain() throws IOException;

    @Override
    void close() throws IOException;
  }

  private record Programs(ThrowawayPostgres postgres) implements Server {
    @Override
    public int port() {
      return postgres.port();
    }

    @Override
    public String password() {
      return postgres.password();
    }

    @Override
    public void stop(Shutdown how) throws IOException {
      postgres.stop(how);
    }

    @Override
    public void kill() throws IOException {
      postgres.kill();
    }

    @Override
    public void startAgain() throws IOException {
      postgres.startAgain();
    }

    @Override
    public void close() throws IOException {
      postgres.close();
    }
  }

  private record Container(TestContainer container, String password) implements Server {
    static Container start(String image) throws IOException {
      String password = UUID.randomUUID().toString();
      Container started =
          new Container(
              TestContainer.start(
                  image,
                  5432,
                  Map.of(
                      "POSTGRES_USER",
                      "postgres",
                      "POSTGRES_PASSWORD",
                      password,
                      "POSTGRES_DB",
                      ThrowawayPostgres.DATABASE),
                  List.of("postgres", "-c", "wal_level=logical", "-c", "fsync=off")),
              password);
      started.await();
      return started;
    }

    private void await() {
      Awaitility.await()
          .atMost(START_LIMIT)
          .ignoreExceptions()
          .until(() -> {
            try (Connection c =
                DriverManager.getConnection(
                    "jdbc:postgresql://127.0.0.1:" + port() + "/" + ThrowawayPostgres.DATABASE,
                    "postgres",
                    password)) {
              return c.isValid(1);
            }
          });
    }

    @Override
    public int port() {
      return container.port();
    }

    @Override
    public void stop(Shutdown how) {
      container.end(how == Shutdown.FAST ? "SIGINT" : "SIGQUIT");
    }

    @Override
    public void kill() {
      container.end("SIGKILL");
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
