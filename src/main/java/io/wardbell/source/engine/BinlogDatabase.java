package io.wardbell.source.engine;

import io.wardbell.change.Capture;
import io.wardbell.change.ChangeSource;
import io.wardbell.change.SourceFault;
import io.wardbell.config.MysqlUrl;
import io.wardbell.config.Secret;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Where a MariaDB or MySQL database is, and who asks. Which of the two it is, the server says.
///
/// There is no Unix socket: the client that reads the log knows TCP only.
///
/// @param host a name or an address
public record BinlogDatabase(
    String host, int port, String database, String user, Optional<Secret> password, Tls tls)
    implements SourceDatabase {
  /// @param ca certificates in PEM form that the server's is checked against; without, those that
  ///   the Java platform trusts
  public record Tls(Mode mode, Optional<Path> ca) {
    /// The server's `ssl_mode`.
    public enum Mode {
      DISABLED,
      PREFERRED,
      REQUIRED,
      VERIFY_CA,
      VERIFY_IDENTITY
    }

    /// Whether the server's certificate is checked.
    boolean verified() {
      return mode == Mode.VERIFY_CA || mode == Mode.VERIFY_IDENTITY;
    }
  }

  /// What the URL names. For this machine, which the vault server's client reaches by its socket,
  /// that is TCP to 127.0.0.1.
  ///
  /// @throws IllegalArgumentException for what cannot be done, with what can be done instead
  public static BinlogDatabase of(MysqlUrl url) {
    Map<String, String> parameters = url.parameters();
    if (parameters.containsKey("unix_socket")) {
      throw new IllegalArgumentException(
          "the binary log is read by TCP: take unix_socket out of the URL and name host and port");
    }
    if (parameters.containsKey("ssl_cert") || parameters.containsKey("ssl_key")) {
      throw new IllegalArgumentException(
          "Wardbell shows no certificate of its own: make a user that needs none and leave ssl_cert"
              + " and ssl_key out");
    }
    String mode = parameters.getOrDefault("ssl_mode", "preferred");
    String host = url.address().host();
    return new BinlogDatabase(
        host.isEmpty() || host.equals("localhost") ? "127.0.0.1" : host,
        url.address().port(),
        url.database(),
        url.user(),
        url.password(),
        new Tls(
            Tls.Mode.valueOf(mode.toUpperCase(Locale.ROOT)),
            Optional.ofNullable(parameters.get("ssl_ca")).map(Path::of)));
  }

  @Override
  public ChangeSource source(Capture capture, Clock clock, Metrics metrics) {
    return new BinlogSource(this, capture, clock, metrics);
  }

  @Override
  public Examination examine(Capture capture, Clock clock) throws SourceFault {
    return BinlogExamination.of(this, capture);
  }

  @Override
  public String label() {
    return "MariaDB or MySQL " + where();
  }

  @Override
  public Duration dateStep() {
    return Duration.ofSeconds(1);
  }

  /// For people: no user, no password.
  String where() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port + "/" + database;
  }
}
