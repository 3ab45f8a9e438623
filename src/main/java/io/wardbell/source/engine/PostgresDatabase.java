package io.wardbell.source.engine;

import io.wardbell.config.Secret;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/// Where a PostgreSQL database is, and who asks.
///
/// @param host a name or an address; of no meaning with a socket
/// @param socket the server's Unix domain socket, if it is reached by one
/// @param publication the publication that `setup.sql` made
/// @param driver further settings of the PostgreSQL driver, as `sslmode` and `sslrootcert`
public record PostgresDatabase(
    String host,
    int port,
    Optional<Path> socket,
    String database,
    String user,
    Optional<Secret> password,
    String publication,
    Map<String, String> driver) {
  /// A defensive copy.
  public PostgresDatabase {
    driver = Map.copyOf(driver);
  }

  /// For people: no user, no password.
  String where() {
    return socket
        .map(path -> path + " (" + database + ")")
        .orElse(host + ":" + port + "/" + database);
  }
}
