package io.wardbell;

import io.wardbell.config.Secret;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.SetupSql;
import io.wardbell.demo.TestBinlogServer;
import io.wardbell.demo.TestContainer;
import io.wardbell.demo.TestPostgres;
import io.wardbell.demo.ThrowawaySqlite;
import io.wardbell.source.engine.BinlogDatabase;
import io.wardbell.source.engine.SourceDatabase;
import io.wardbell.source.engine.SqliteDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A real database for one test, as the vault server and Wardbell meet it.
public interface TestDatabase extends AutoCloseable {
  /// Starts one of a kind.
  interface Starter {
    TestDatabase start() throws Exception;
  }

  /// A kind of database that tests run on.
  ///
  /// @param name as `-Dwardbell.database=mariadb,postgresql` names it, to keep only some
  record Kind(String name, Starter starter) {
    /// Those that this run is for and whose programs are there.
    public static Stream<Kind> selected() {
      return selected("postgresql,mariadb,mysql,sqlite");
    }

    /// Those that this run is for and whose programs are there.
    ///
    /// @param usual their names, if `-Dwardbell.database` does not give any
    static Stream<Kind> selected(String usual) {
      List<String> only = List.of(System.getProperty("wardbell.database", usual).split(","));
      Stream<Kind> postgresql =
          TestPostgres.Version.selected()
              .map(version -> new Kind("postgresql", () -> new Postgresql(version)));
      Stream<Kind> binlog =
          TestBinlogServer.Product.selected()
              .map(product ->
                  new Kind(product.name().toLowerCase(Locale.ROOT), () -> new Binlog(product)));
      Stream<Kind> sqlite = Stream.of(new Kind("sqlite", Sqlite::new));
      return Stream.of(postgresql, binlog, sqlite)
          .flatMap(kinds -> kinds)
          .filter(kind -> only.contains(kind.name()));
    }

    /// Starts an empty one.
    public TestDatabase start() throws Exception {
      return starter.start();
    }

    @Override
    public String toString() {
      return name;
    }
  }

  /// A connection of the vault server's, or of its administrator.
  Connection connect() throws SQLException;

  /// The tables as a server of this release makes them, and Wardbell's role.
  void setUp(String release) throws Exception;

  /// Setup once more, as an administrator does after an update of the vault server.
  void setUpAgain() throws Exception;

  /// The vault server's tables in this database's words.
  ServerSchema schema() throws IOException;

  /// By the role that setup makes.
  SourceDatabase source();

  /// What the server runs in; null if there is none, or its programs run on this machine.
  default @Nullable TestContainer container() {
    return null;
  }

  @Override
  void close() throws IOException;

  /// PostgreSQL with the role that `setup.sql` makes.
  final class Postgresql implements TestDatabase {
    private final TestPostgres server;

    Postgresql(TestPostgres.Version version) throws Exception {
      server = TestPostgres.start(version);
    }

    @Override
    public Connection connect() throws SQLException {
      return server.connect();
    }

    @Override
    public void setUp(String release) throws Exception {
      try (Connection connection = connect()) {
        schema().create(connection, release);
        SetupSql.install(connection);
      }
    }

    @Override
    public void setUpAgain() throws Exception {
      try (Connection connection = connect()) {
        SetupSql.run(connection);
      }
    }

    @Override
    public ServerSchema schema() throws IOException {
      return ServerSchema.postgresql();
    }

    @Override
    public SourceDatabase source() {
      return Attached.database(server);
    }

    @Override
    public @Nullable TestContainer container() {
      return server.container();
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  /// MariaDB or MySQL with the role that `setup.sql` makes.
  final class Binlog implements TestDatabase {
    private final TestBinlogServer server;

    Binlog(TestBinlogServer.Product product) throws Exception {
      server = TestBinlogServer.start(product);
    }

    @Override
    public Connection connect() throws SQLException {
      return server.connect();
    }

    @Override
    public void setUp(String release) throws Exception {
      try (Connection connection = connect()) {
        schema().create(connection, release);
      }
      server.setUp();
    }

    @Override
    public void setUpAgain() throws Exception {
      server.setUp();
    }

    @Override
    public ServerSchema schema() throws IOException {
      return ServerSchema.mysql();
    }

    @Override
    public SourceDatabase source() {
      return new BinlogDatabase(
          "127.0.0.1",
          server.port(),
          TestBinlogServer.DATABASE,
          TestBinlogServer.ROLE,
          Optional.of(new Secret(TestBinlogServer.PASSWORD)),
          new BinlogDatabase.Tls(BinlogDatabase.Tls.Mode.PREFERRED, Optional.empty()));
    }

    @Override
    public @Nullable TestContainer container() {
      return server.container();
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  /// A SQLite database in a folder of its own, where there is nothing to set up.
  final class Sqlite implements TestDatabase {
    private final Path folder = Files.createTempDirectory("wardbell-sqlite-");
    private final ThrowawaySqlite files = new ThrowawaySqlite(folder);

    Sqlite() throws IOException {}

    @Override
    public Connection connect() throws SQLException {
      return files.connect();
    }

    @Override
    public void setUp(String release) throws Exception {
      try (Connection connection = connect()) {
        schema().create(connection, release);
      }
    }

    @Override
    public void setUpAgain() {}

    @Override
    public ServerSchema schema() throws IOException {
      return ServerSchema.sqlite();
    }

    @Override
    public SourceDatabase source() {
      return new SqliteDatabase(files.file(), false);
    }

    @Override
    public void close() throws IOException {
      files.close();
      Files.delete(folder);
    }
  }
}
