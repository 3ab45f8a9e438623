package io.wardbell.source.engine;

import io.wardbell.change.SourceFault;
import io.wardbell.config.Secret;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/// Opens short connections for checks, and explains why one could not be opened.
final class PostgresConnections {
  private final PostgresDatabase database;

  PostgresConnections(PostgresDatabase database) {
    this.database = database;
  }

  /// @throws SourceFault if the server cannot be reached or refuses us
  Connection open() throws SourceFault {
    Properties properties = properties();
    try {
      Connection connection = DriverManager.getConnection(url(database), properties);
      try (Statement statement = connection.createStatement()) {
        // Rather told than waited for: the driver's timeout would only say that nothing came.
        statement.execute("SET lock_timeout = '5s'");
        return connection;
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw explain(e);
    }
  }

  /// Opens a connection such as the log is read by, and closes it. What the role may is not asked.
  ///
  /// @throws SourceFault if the server, or what is in between, has none for us
  void tryReplication() throws SourceFault {
    Properties properties = properties();
    properties.setProperty("replication", "database");
    properties.setProperty("preferQueryMode", "simple");
    properties.setProperty("assumeMinServerVersion", "12");
    try (Connection connection = DriverManager.getConnection(url(database), properties);
        Statement statement = connection.createStatement()) {
      statement.execute("IDENTIFY_SYSTEM");
    } catch (SQLException e) {
      switch (Optional.ofNullable(e.getSQLState()).orElse("")) {
        case "42501" -> {}
        // Read as plain SQL: what is in between has kept the word "replication" for itself.
        case "42601" -> throw pooler(said(e));
        default -> throw explain(e);
      }
    }
  }

  private Properties properties() {
    Properties properties = new Properties();
    properties.putAll(database.driver());
    properties.setProperty("user", database.user());
    database.password().map(Secret::reveal).ifPresent(p -> properties.setProperty("password", p));
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("loginTimeout", "5");
    properties.setProperty("socketTimeout", "10");
    properties.setProperty("ApplicationName", "wardbell");
    database
        .socket()
        .ifPresent(path -> {
          properties.setProperty("socketFactory", UnixSocketFactory.class.getName());
          properties.setProperty("socketFactoryArg", path.toString());
        });
    return properties;
  }

  static String url(PostgresDatabase database) {
    String name =
        java.net.URLEncoder.encode(database.database(), java.nio.charset.StandardCharsets.UTF_8);
    return "jdbc:postgresql://" + database.address() + ":" + database.port() + "/" + name;
  }

  private static String said(SQLException e) {
    return Optional.ofNullable(e.getMessage())
        .flatMap(message -> message.lines().findFirst())
        .orElse("no reason");
  }

  /// What the server's SQLSTATE means for whoever set this up.
  SourceFault explain(SQLException e) {
    String state = Optional.ofNullable(e.getSQLState()).orElse("");
    String said = said(e);
    String where = database.where();
    String role = PostgresTables.quoted(database.user());
    return switch (state) {
      case "28P01" ->
          SourceFault.setup(
              ("the database at %s refused role %s (%s): check the user and the password in"
                      + " WARDBELL_DATABASE_URL, or run ALTER ROLE %s PASSWORD '…'; [WB-PG-20]")
                  .formatted(where, database.user(), said, role));
      case "28000" ->
          SourceFault.setup(
              ("the database at %s refused role %s (%s): check the user in WARDBELL_DATABASE_URL and"
                      + " the server's pg_hba.conf; if the role may not log in, run ALTER ROLE %s"
                      + " LOGIN; [WB-PG-21]")
                  .formatted(where, database.user(), said, role));
      case "3D000" ->
          SourceFault.setup(
              "there is no database %s at %s: check the name in WARDBELL_DATABASE_URL [WB-PG-22]"
                  .formatted(database.database(), where));
      case "42501" ->
          SourceFault.setup(
              "role %s may not connect to %s: run GRANT CONNECT ON DATABASE %s TO %s; [WB-PG-23]"
                  .formatted(
                      database.user(), where, PostgresTables.quoted(database.database()), role));
      case "55P03" ->
          SourceFault.unreachable(
              ("a lock is in the way of looking the database at %s over, a migration's perhaps: see"
                      + " SELECT * FROM pg_locks WHERE NOT granted; (%s) [WB-PG-24]")
                  .formatted(where, said));
      case "53300" -> full(said);
      case "08P01" -> said.contains("startup parameter") ? pooler(said) : unreachable(said);
      case "08004" -> rejected(said);
      case "22023", "42601", "42704" -> options(said);
      default -> unreachable(said);
    };
  }

  private SourceFault unreachable(String said) {
    return SourceFault.unreachable(
        "the database at %s cannot be reached: %s [WB-PG-25]".formatted(database.where(), said));
  }

  private SourceFault full(String said) {
    return said.contains("max_wal_senders")
        ? SourceFault.unreachable(
            ("all senders of the database at %s are in use (%s): end one that nobody needs, or raise"
                    + " max_wal_senders and restart the server [WB-PG-05]")
                .formatted(database.where(), said))
        : unreachable(said);
  }

  private SourceFault pooler(String said) {
    return SourceFault.setup(
        ("a pooler that carries no replication answers at %s (%s): let WARDBELL_DATABASE_URL lead"
                + " straight to PostgreSQL [WB-PG-34]")
            .formatted(database.where(), said));
  }

  /// The driver's own refusals: the server asks for what was not given, or lacks what was asked
  /// for.
  private SourceFault rejected(String said) {
    if (database.password().isEmpty() && said.contains("password")) {
      return SourceFault.setup(
          ("the database at %s asks for a password of role %s, and there is none: set"
                  + " WARDBELL_DATABASE_PASSWORD, or name it in WARDBELL_DATABASE_URL [WB-PG-26]")
              .formatted(database.where(), database.user()));
    }
    if (said.contains("does not support SSL")) {
      return SourceFault.setup(
          ("the database at %s speaks no TLS, which sslmode=%s in WARDBELL_DATABASE_URL asks for:"
                  + " run ALTER SYSTEM SET ssl = on; with a certificate, or use sslmode=prefer [WB-PG-27]")
              .formatted(database.where(), database.driver().getOrDefault("sslmode", "prefer")));
    }
    return unreachable(said);
  }

  /// A server that does not like a setting says so before anything is asked of it.
  private SourceFault options(String said) {
    @Nullable String options = database.driver().get("options");
    return options == null
        ? SourceFault.unreachable(
            "the database at %s cannot be asked: %s [WB-PG-25]".formatted(database.where(), said))
        : SourceFault.setup(
            "the database at %s refuses options=%s in WARDBELL_DATABASE_URL (%s): correct it [WB-PG-28]"
                .formatted(database.where(), options, said));
  }
}
