package io.wardbell.bench;

import io.wardbell.TestDatabase;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.SetupSql;
import io.wardbell.demo.TestBinlogServer;
import io.wardbell.demo.VaultServer;
import io.wardbell.source.sqlite.SqliteConnector;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/// A database with the vault server's tables, which something listens to.
final class Subject implements AutoCloseable {
  private static final String NAME = "bench"; // of an administrator, and his password
  private static final String PLAIN = "plain";
  private static final Pattern PORT = Pattern.compile("127\\.0\\.0\\.1:([0-9]+)/");

  final String kind;
  final VaultServer vault;
  final Connection connection;
  private final TestDatabase server;
  private final Connection timed;
  private final PreparedStatement touch;

  /// Those that this run is for, each in one version: `-Dbench.database=postgresql,sqlite`.
  static Collection<TestDatabase.Kind> kinds() {
    List<String> only =
        List.of(System.getProperty("bench.database", "postgresql,mariadb,mysql,sqlite").split(","));
    SequencedMap<String, TestDatabase.Kind> kinds = new LinkedHashMap<>();
    TestDatabase.Kind.selected()
        .filter(kind -> only.contains(kind.name()))
        .forEach(kind -> kinds.putIfAbsent(kind.name(), kind));
    return kinds.values();
  }

  Subject(TestDatabase.Kind kind) throws Exception {
    this.kind = kind.name();
    server = kind.start();
    server.setUp(ServerSchema.NEWEST);
    connection = server.connect();
    vault = VaultServer.on(connection);
    for (String sql : administrator()) {
      execute(sql);
    }
    timed = server.connect();
    timed.setAutoCommit(false);
    touch =
        timed.prepareStatement(
            "UPDATE ciphers SET updated_at = " + now() + ", notes = ? WHERE uuid = ?");
  }

  private String[] administrator() {
    return switch (kind) {
      case "postgresql" ->
          new String[] {"CREATE ROLE bench SUPERUSER REPLICATION LOGIN PASSWORD 'bench'"};
      case "sqlite" -> new String[0];
      default ->
          new String[] {
            "CREATE USER 'bench'@'127.0.0.1' IDENTIFIED BY 'bench'",
            "GRANT ALL ON *.* TO 'bench'@'127.0.0.1'"
          };
    };
  }

  /// The time of a write, by the database.
  String now() {
    return switch (kind) {
      case "postgresql" -> "clock_timestamp() AT TIME ZONE 'UTC'";
      case "sqlite" -> "strftime('%Y-%m-%d %H:%M:%f', 'now')";
      default -> "UTC_TIMESTAMP(6)";
    };
  }

  void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// An edited item, in one transaction.
  ///
  /// @return when its commit was sent, by the clock that all processes share
  long touch(String cipher) throws SQLException {
    touch.setString(1, Long.toString(System.nanoTime()));
    touch.setString(2, cipher);
    touch.executeUpdate();
    long sent = System.nanoTime();
    timed.commit();
    return sent;
  }

  /// Copies a user's items until there are so many.
  void fill(String user, int items) throws SQLException {
    List<String> columns = new ArrayList<>();
    List<String> values = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT * FROM ciphers WHERE 1 = 0")) {
      for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
        String column = quote(row.getMetaData().getColumnName(i));
        columns.add(column);
        values.add(column.equals(quote("uuid")) ? newId() : column);
      }
    }
    for (int there = 1; there < items; there *= 2) {
      execute(
          "INSERT INTO ciphers (%s) SELECT %s FROM ciphers WHERE user_uuid = '%s' LIMIT %d"
              .formatted(
                  String.join(", ", columns),
                  String.join(", ", values),
                  user,
                  Math.min(there, items - there)));
    }
  }

  private String quote(String column) {
    return kind.equals("mysql") || kind.equals("mariadb")
        ? "`" + column + "`"
        : "\"" + column + "\"";
  }

  private String newId() {
    return switch (kind) {
      case "postgresql" -> "gen_random_uuid()";
      case "sqlite" ->
          "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' ||"
              + " substr(hex(randomblob(2)), 2) || '-a' || substr(hex(randomblob(2)), 2) || '-' ||"
              + " hex(randomblob(6)))";
      default -> "uuid()";
    };
  }

  /// All items of a user, edited in one transaction.
  long touchAll(String user) throws SQLException {
    try (PreparedStatement all =
        timed.prepareStatement(
            "UPDATE ciphers SET updated_at = " + now() + ", notes = ? WHERE user_uuid = ?")) {
      all.setString(1, Long.toString(System.nanoTime()));
      all.setString(2, user);
      all.executeUpdate();
    }
    long sent = System.nanoTime();
    timed.commit();
    return sent;
  }

  /// PostgreSQL's, once nobody uses it any more.
  void dropSlot(String name) {
    Awaitility.await()
        .ignoreExceptions()
        .until(() -> {
          execute(
              "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"
                  + " WHERE slot_name = '%s'".formatted(name));
          return true;
        });
  }

  int port() throws SQLException {
    Matcher port = PORT.matcher(connection.getMetaData().getURL());
    if (!port.find()) {
      throw new IllegalStateException(kind + " has no port");
    }
    return Integer.parseInt(port.group(1));
  }

  /// SQLite's.
  Path file() throws SQLException {
    return Path.of(connection.getMetaData().getURL().replaceFirst("^jdbc:sqlite:", ""));
  }

  /// What Wardbell is told of it, by the role that setup makes.
  Map<String, String> environment() throws SQLException {
    return switch (kind) {
      case "postgresql" ->
          Map.of(
              "WARDBELL_DATABASE_URL",
              "postgresql://%s:%s@127.0.0.1:%d/vault"
                  .formatted(SetupSql.ROLE, SetupSql.PASSWORD, port()));
      case "sqlite" -> Map.of("DATA_FOLDER", Objects.requireNonNull(file().getParent()).toString());
      default ->
          Map.of(
              "WARDBELL_DATABASE_URL",
              "mysql://%s:%s@127.0.0.1:%d/%s"
                  .formatted(
                      TestBinlogServer.ROLE,
                      TestBinlogServer.PASSWORD.replace("@", "%40"),
                      port(),
                      TestBinlogServer.DATABASE));
    };
  }

  /// Debezium with its own defaults, as far as it works with them: it has to be told where the
  /// database is, and keeps nothing on disk. (SQLite's connector is our own.)
  Properties plain() throws SQLException {
    Properties settings = new Properties();
    settings.setProperty("name", PLAIN);
    settings.setProperty("topic.prefix", PLAIN);
    settings.setProperty(
        "offset.storage", "org.apache.kafka.connect.storage.MemoryOffsetBackingStore");
    if (kind.equals("sqlite")) {
      settings.setProperty("connector.class", SqliteConnector.class.getName());
      settings.setProperty("database.path", file().toString());
      return settings;
    }
    settings.setProperty("database.hostname", "127.0.0.1");
    settings.setProperty("database.port", Integer.toString(port()));
    settings.setProperty("database.user", NAME);
    settings.setProperty("database.password", NAME);
    if (kind.equals("postgresql")) {
      settings.setProperty("connector.class", "io.debezium.connector.postgresql.PostgresConnector");
      settings.setProperty("database.dbname", "vault");
      settings.setProperty("plugin.name", "pgoutput");
      settings.setProperty("slot.name", PLAIN);
    } else {
      settings.setProperty(
          "connector.class",
          kind.equals("mysql")
              ? "io.debezium.connector.mysql.MySqlConnector"
              : "io.debezium.connector.mariadb.MariaDbConnector");
      settings.setProperty("database.include.list", "vault");
      settings.setProperty("database.server.id", "4711");
      settings.setProperty("driver.allowPublicKeyRetrieval", "true");
      settings.setProperty(
          "schema.history.internal", "io.debezium.relational.history.MemorySchemaHistory");
    }
    return settings;
  }

  @Override
  public void close() throws IOException {
    try (server) {
      timed.close();
      connection.close();
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }
}
