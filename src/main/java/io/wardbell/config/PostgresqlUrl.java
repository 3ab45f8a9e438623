package io.wardbell.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// A PostgreSQL database, as the server's client library (libpq) understands the URL.
///
/// @param servers at least one; more than one are tried in this order
/// @param parameters what else was asked for and can be had, under libpq's names: connect_timeout
///   (whole seconds, 0 for no limit), application_name, options, target_session_attrs,
///   load_balance_hosts, channel_binding, gssencmode, krbsrvname, keepalives
/// @param ignored see [DatabaseUrl#ignored]
public record PostgresqlUrl(
    List<Server> servers,
    Login login,
    String database,
    Tls tls,
    SortedMap<String, String> parameters,
    List<String> ignored)
    implements DatabaseUrl {
  /// PostgreSQL's port, also part of the name of its sockets.
  static final int PORT = 5432;

  /// Where a server listens.
  public sealed interface Server {
    /// @param host a name, or an address without brackets
    record Tcp(String host, int port) implements Server {
      @Override
      public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
      }
    }

    /// @param socket the socket itself, `/var/run/postgresql/.s.PGSQL.5432`
    record UnixSocket(Path socket) implements Server {
      @Override
      public String toString() {
        return PercentCode.encode(socket.toString());
      }
    }
  }

  /// @param password empty if the server lets this role in without, or the password file
  ///   (`~/.pgpass`) has it
  public record Login(String user, Optional<Secret> password) {}

  /// @param trust what a certificate is checked against, where the mode checks it
  /// @param client what this side shows, if the server asks for it
  /// @param direct whether TLS begins at once (`sslnegotiation=direct`)
  public record Tls(Mode mode, Trust trust, Optional<ClientKey> client, boolean direct) {
    /// libpq's `sslmode`. Over a Unix socket there is no TLS, and the mode is DISABLE.
    public enum Mode {
      DISABLE("disable"),
      ALLOW("allow"),
      PREFER("prefer"),
      REQUIRE("require"),
      VERIFY_CA("verify-ca"),
      VERIFY_FULL("verify-full");

      private final String word;

      Mode(String word) {
        this.word = word;
      }

      /// As `sslmode` has it.
      public String word() {
        return word;
      }
    }

    /// The certificates that are trusted.
    public sealed interface Trust {
      /// The library's own place, `~/.postgresql/root.crt`.
      record Usual() implements Trust {}

      /// What the Java platform trusts (`sslrootcert=system`).
      record Platform() implements Trust {}

      /// A file in PEM form.
      record File(Path path) implements Trust {}
    }

    /// A certificate of this side and its key; either may be in libpq's own place, `~/.postgresql`.
    public record ClientKey(
        Optional<Path> certificate, Optional<Path> key, Optional<Secret> password) {}
  }

  public PostgresqlUrl {
    servers = List.copyOf(servers);
    parameters = new TreeMap<>(parameters);
    ignored = List.copyOf(ignored);
  }

  @Override
  public SortedMap<String, String> parameters() {
    return new TreeMap<>(parameters);
  }

  @Override
  public PostgresqlUrl withPassword(Secret password) {
    return new PostgresqlUrl(
        servers,
        new Login(login.user(), Optional.of(password)),
        database,
        tls,
        parameters,
        ignored);
  }

  @Override
  public boolean hasLogin() {
    return true;
  }

  @Override
  public String product() {
    return "postgresql";
  }

  /// The URL in its plain form, the password as `***`.
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder("postgresql://");
    out.append(PercentCode.encode(login.user()));
    out.append(login.password().isPresent() ? ":***@" : "@");
    out.append(String.join(",", servers.stream().map(Server::toString).toList()));
    out.append('/').append(PercentCode.encode(database));
    out.append("?sslmode=").append(tls.mode().word());
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      out.append('&').append(parameter.getKey()).append('=');
      out.append(PercentCode.encode(parameter.getValue()));
    }
    return out.toString();
  }
}
