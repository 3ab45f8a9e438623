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

  static String url(PostgresDatabase database) {
    String name =
        java.net.URLEncoder.encode(database.database(), java.nio.charset.StandardCharsets.UTF_8);
    return "jdbc:postgresql://" + database.address() + ":" + database.port() + "/" + name;
  }

  /// What the server's SQLSTATE means for whoever set this up.
  SourceFault explain(SQLException e) {
    String state = Optional.ofNullable(e.getSQLState()).orElse("");
    String said =
        Optional.ofNullable(e.getMessage()).flatMap(m -> m.lines().findFirst()).orElse("no reason");
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
      case "08004" -> rejected(said);
      case "22023", "42601", "42704" -> options(said);
      default ->
          SourceFault.unreachable(
              "the database at %s cannot be reached: %s [WB-PG-25]".formatted(where, said));
    };
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
    return SourceFault.unreachable(
        "the database at %s cannot be reached: %s [WB-PG-25]".formatted(database.where(), said));
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
