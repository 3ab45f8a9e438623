package io.wardbell.source.engine;

import io.wardbell.change.SourceFault;
import io.wardbell.config.Secret;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;

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
      return DriverManager.getConnection(url(database), properties);
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
    return switch (state) {
      case "28P01", "28000" ->
          SourceFault.setup(
              ("the database at %s refused role %s (%s): check the user and the password in"
                      + " WARDBELL_DATABASE_URL, or set one with ALTER ROLE %s PASSWORD '…';")
                  .formatted(where, database.user(), said, database.user()));
      case "3D000" ->
          SourceFault.setup(
              "there is no database %s at %s: check the name in WARDBELL_DATABASE_URL"
                  .formatted(database.database(), where));
      case "42501" ->
          SourceFault.setup(
              "role %s may not connect to %s: run GRANT CONNECT ON DATABASE \"%s\" TO \"%s\";"
                  .formatted(database.user(), where, database.database(), database.user()));
      default ->
          SourceFault.unreachable(
              "the database at %s cannot be reached: %s".formatted(where, said));
    };
  }
}
