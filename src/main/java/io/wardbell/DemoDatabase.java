package io.wardbell;

import io.wardbell.config.Secret;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.ThrowawayPostgres;
import io.wardbell.demo.ThrowawaySqlite;
import io.wardbell.source.engine.PostgresDatabase;
import io.wardbell.source.engine.SourceDatabase;
import io.wardbell.source.engine.SqliteDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The throw-away database of a demo, as the vault server and as Wardbell meet it.
sealed interface DemoDatabase extends AutoCloseable {
  /// Which database, as `--database` names it.
  enum Kind {
    SQLITE("SQLite"),
    POSTGRESQL("PostgreSQL");

    final String product;

    Kind(String product) {
      this.product = product;
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// Starts an empty one.
    ///
    /// @param data the server's data folder
    DemoDatabase start(Path data) throws IOException {
      return switch (this) {
        case SQLITE -> new Sqlite(new ThrowawaySqlite(data));
        case POSTGRESQL -> new Postgresql(ThrowawayPostgres.start(), UUID.randomUUID().toString());
      };
    }
  }

  /// A connection of the server's.
  Connection connect() throws SQLException;

  /// The server's tables, and what an operator has to do for Wardbell.
  void setUp(Connection owner) throws SQLException, IOException;

  /// As Wardbell meets it.
  SourceDatabase source();

  /// Where it is, for people: it *is* there.
  String where();

  /// How to change something in it by hand.
  String tryIt();

  @Override
  void close() throws IOException;

  /// A file in the data folder: nothing to set up.
  record Sqlite(ThrowawaySqlite files) implements DemoDatabase {
    @Override
    public Connection connect() throws SQLException {
      return files.connect();
    }

    @Override
    public void setUp(Connection owner) throws SQLException, IOException {
      ServerSchema.sqlite().create(owner);
    }

    @Override
    public SourceDatabase source() {
      return new SqliteDatabase(files.file(), false);
    }

    @Override
    public String where() {
      return "is " + files.file();
    }

    @Override
    public String tryIt() {
      return "sqlite3 " + files.file() + " 'DELETE FROM sends'";
    }

    @Override
    public void close() throws IOException {
      files.close();
    }
  }

  /// A server with Wardbell's role.
  record Postgresql(ThrowawayPostgres server, String password) implements DemoDatabase {
    @Override
    public Connection connect() throws SQLException {
      return server.connect();
    }

    @Override
    public void setUp(Connection owner) throws SQLException, IOException {
      ServerSchema.postgresql().create(owner);
      try (InputStream in = Demo.class.getResourceAsStream("/connectors/postgresql/setup.sql");
          Statement statement = owner.createStatement()) {
        if (in == null) {
          throw new IOException("the distribution lacks connectors/postgresql/setup.sql");
        }
        statement.execute(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        statement.execute("ALTER ROLE wardbell PASSWORD '" + password + "'");
      }
    }

    @Override
    public SourceDatabase source() {
      return new PostgresDatabase(
          "127.0.0.1",
          server.port(),
          Optional.empty(),
          ThrowawayPostgres.DATABASE,
          "wardbell",
          Optional.of(new Secret(password)),
          "wardbell",
          4_096,
          Map.of());
    }

    @Override
    public String where() {
      return "listens on 127.0.0.1:" + server.port();
    }

    @Override
    public String tryIt() {
      return "psql %s -c 'DELETE FROM sends'"
          .formatted(server.databaseUrl(server.superuser(), server.password()));
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }
}
