package io.wardbell.config;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// libpq's parameters: those that can be had, those that need not, and those that cannot.
final class PostgresqlParameters {
  /// Passed on under their own names.
  static final Set<String> HONOURED =
      Set.of(
          "connect_timeout",
          "application_name",
          "options",
          "target_session_attrs",
          "load_balance_hosts",
          "channel_binding",
          "gssencmode",
          "krbsrvname",
          "keepalives");

  /// Parts of the URL and of its TLS, which have a place of their own.
  private static final Set<String> PLACED =
      Set.of(
          "host",
          "hostaddr",
          "port",
          "user",
          "password",
          "dbname",
          "fallback_application_name",
          "sslmode",
          "sslrootcert",
          "sslcert",
          "sslkey",
          "sslpassword",
          "sslnegotiation",
          "sslsni",
          "ssl_min_protocol_version");

  /// Without effect here, and why that does no harm.
  private static final Map<String, String> NEEDLESS =
      Map.ofEntries(
          Map.entry("client_encoding", "text is always UTF-8"),
          Map.entry("keepalives_idle", "a silent connection is noticed by other means"),
          Map.entry("keepalives_interval", "a silent connection is noticed by other means"),
          Map.entry("keepalives_count", "a silent connection is noticed by other means"),
          Map.entry("tcp_user_timeout", "a silent connection is noticed by other means"),
          Map.entry("sslcompression", "TLS compression no longer exists"),
          Map.entry("gsslib", "there is one library"),
          Map.entry("gssdelegation", "credentials are not passed on"),
          Map.entry("sslcertmode", "a certificate is shown if there is one"));

  /// Each changes what is connected to or how safely, so that leaving it out would mislead.
  private static final Set<String> REFUSED =
      Set.of(
          "passfile",
          "service",
          "servicefile",
          "sslcrl",
          "sslcrldir",
          "ssl_max_protocol_version",
          "sslkeylogfile",
          "requirepeer",
          "require_auth",
          "replication",
          "scram_client_key",
          "scram_server_key",
          "min_protocol_version",
          "max_protocol_version",
          "oauth_issuer",
          "oauth_client_id",
          "oauth_client_secret",
          "oauth_scope");

  private static final Map<String, Set<String>> WORDS =
      Map.of(
          "target_session_attrs",
          Set.of("any", "read-write", "read-only", "primary", "standby", "prefer-standby"),
          "load_balance_hosts",
          Set.of("disable", "random"),
          "channel_binding",
          Set.of("disable", "prefer", "require"),
          "gssencmode",
          Set.of("disable", "prefer", "require"),
          "keepalives",
          Set.of("0", "1"),
          "sslsni",
          Set.of("0", "1"),
          "sslnegotiation",
          Set.of("postgres", "direct"));

  private PostgresqlParameters() {}

  /// Whether it is one of the client library's.
  static boolean known(String name) {
    return HONOURED.contains(name)
        || PLACED.contains(name)
        || NEEDLESS.containsKey(name)
        || REFUSED.contains(name);
  }

  /// A line for the log if the parameter has no effect.
  ///
  /// @throws IllegalArgumentException if it is unknown, cannot be had, or has a wrong value
  static Optional<String> check(String name, String value) {
    if (NEEDLESS.containsKey(name)) {
      return Optional.of(name + " has no effect: " + NEEDLESS.get(name));
    }
    if (REFUSED.contains(name)) {
      throw new IllegalArgumentException(
          "the parameter " + name + " is not supported: give Wardbell a URL without it");
    }
    if (!known(name)) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is not a parameter of PostgreSQL's client library");
    }
    Set<String> words = WORDS.getOrDefault(name, Set.of());
    if (!words.isEmpty() && !value.isEmpty() && !words.contains(value)) {
      throw new IllegalArgumentException(
          name + " must be one of " + String.join(", ", words.stream().sorted().toList()));
    }
    return name.equals("sslsni") && value.equals("0")
        ? Optional.of("sslsni=0 has no effect: the server's name is always sent")
        : Optional.empty();
  }
}
