package io.wardbell.source.engine;

import io.wardbell.change.Capture;
import io.wardbell.change.ChangeSource;
import io.wardbell.change.SourceFault;
import io.wardbell.config.PostgresqlUrl;
import io.wardbell.config.PostgresqlUrl.Server;
import io.wardbell.config.PostgresqlUrl.Tls;
import io.wardbell.config.Secret;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Where a PostgreSQL database is, and who asks, in the words of its Java driver.
///
/// @param host a name or an address, an IPv6 one without brackets; of no meaning with a socket
/// @param socket the server's Unix domain socket, if it is reached by one
/// @param publication the publication that `setup.sql` made
/// @param walMegabytesMax how much log the server may keep for us
/// @param driver further settings of the driver, as `sslmode` and `sslrootcert`
public record PostgresDatabase(
    String host,
    int port,
    Optional<Path> socket,
    String database,
    String user,
    Optional<Secret> password,
    String publication,
    long walMegabytesMax,
    Map<String, String> driver)
    implements SourceDatabase {

  /// libpq's names of what the driver calls otherwise.
  private static final Map<String, String> NAMES =
      Map.of(
          "application_name", "ApplicationName",
          "options", "options",
          "channel_binding", "channelBinding",
          "gssencmode", "gssEncMode",
          "krbsrvname", "kerberosServerName");

  private static final Map<String, String> TARGETS =
      Map.of(
          "read-write", "primary",
          "primary", "primary",
          "standby", "secondary",
          "read-only", "secondary",
          "prefer-standby", "preferSecondary");

  /// A defensive copy.
  public PostgresDatabase {
    driver = Map.copyOf(driver);
  }

  /// The database that a URL names.
  ///
  /// @throws IllegalArgumentException for what this driver cannot do, with what can be done instead
  public static PostgresDatabase of(PostgresqlUrl url, String publication, long walMegabytesMax) {
    if (url.servers().size() > 1) {
      throw new IllegalArgumentException(
          "name one server, the one that is written to: another is found by a new connection");
    }
    String host = "localhost";
    int port = 5432;
    Optional<Path> socket = Optional.empty();
    switch (url.servers().getFirst()) {
      case Server.Tcp tcp -> {
        host = tcp.host();
        port = tcp.port();
      }
      case Server.UnixSocket(var path) -> socket = Optional.of(path);
    }
    return new PostgresDatabase(
        host,
        port,
        socket,
        url.database(),
        url.login().user(),
        url.login().password(),
        publication,
        walMegabytesMax,
        driver(url));
  }

  private static Map<String, String> driver(PostgresqlUrl url) {
    Map<String, String> driver = new HashMap<>();
    Tls tls = url.tls();
    driver.put("sslmode", tls.mode().word());
    switch (tls.trust()) {
      case Tls.Trust.Usual _ -> {
        // The driver looks in the same place as libpq.
      }
      case Tls.Trust.Platform _ ->
          driver.put("sslfactory", "org.postgresql.ssl.DefaultJavaSSLFactory");
      case Tls.Trust.File(var path) -> driver.put("sslrootcert", path.toString());
    }
    tls.client()
        .ifPresent(client -> {
          client.certificate().ifPresent(path -> driver.put("sslcert", path.toString()));
          client.key().ifPresent(path -> driver.put("sslkey", path.toString()));
          client.password().ifPresent(secret -> driver.put("sslpassword", secret.reveal()));
        });
    if (tls.direct()) {
      driver.put("sslNegotiation", "direct");
    }
    url.parameters()
        .forEach((name, value) -> {
          switch (name) {
            case "target_session_attrs" ->
                driver.put("targetServerType", TARGETS.getOrDefault(value, "any"));
            case "load_balance_hosts" ->
                driver.put("loadBalanceHosts", Boolean.toString(value.equals("random")));
            case "keepalives" -> driver.put("tcpKeepAlive", Boolean.toString(!"0".equals(value)));
            case "connect_timeout" -> {
              // Ours is shorter, since we try again.
            }
            default -> driver.put(NAMES.getOrDefault(name, name), value);
          }
        });
    return driver;
  }

  @Override
  public ChangeSource source(Capture capture, Clock clock, Metrics metrics) {
    return new PostgresSource(this, capture, clock, metrics);
  }

  @Override
  public Examination examine(Capture capture, Clock clock) throws SourceFault {
    return PostgresExamination.of(this, capture);
  }

  @Override
  public String label() {
    return "PostgreSQL " + where();
  }

  @Override
  public Duration dateStep() {
    return Duration.ofMillis(1);
  }

  /// The host as it stands in a URL.
  String address() {
    return host.contains(":") ? "[" + host + "]" : host;
  }

  /// For people: no user, no password.
  String where() {
    return socket
        .map(path -> path + " (" + database + ")")
        .orElse(address() + ":" + port + "/" + database);
  }
}
