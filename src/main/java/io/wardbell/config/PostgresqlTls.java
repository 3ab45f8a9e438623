package io.wardbell.config;

import io.wardbell.config.PostgresqlUrl.Server;
import io.wardbell.config.PostgresqlUrl.Tls;
import io.wardbell.config.PostgresqlUrl.Tls.Mode;
import io.wardbell.config.PostgresqlUrl.Tls.Trust;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The TLS parameters of a PostgreSQL URL, by libpq's rules.
final class PostgresqlTls {
  /// The Java platform speaks nothing older than TLS 1.2, so these ask for nothing more.
  private static final Set<String> MINIMA_MET = Set.of("TLSv1", "TLSv1.1", "TLSv1.2");

  private final Map<String, String> given;

  PostgresqlTls(Map<String, String> given) {
    this.given = given;
  }

  /// @throws IllegalArgumentException if the parameters are wrong or cannot be had
  Tls read(List<Server> servers) {
    given("ssl_min_protocol_version")
        .filter(version -> !MINIMA_MET.contains(version))
        .ifPresent(version -> {
          throw new IllegalArgumentException(
              "ssl_min_protocol_version above TLSv1.2 is not supported: leave it out");
        });
    boolean direct = given("sslnegotiation").filter("direct"::equals).isPresent();
    Mode mode = mode();
    if (direct && mode.compareTo(Mode.REQUIRE) < 0) {
      throw new IllegalArgumentException("sslnegotiation=direct needs sslmode=require or stronger");
    }
    if (servers.stream().allMatch(Server.UnixSocket.class::isInstance)) {
      return new Tls(Mode.DISABLE, new Trust.Usual(), Optional.empty(), false);
    }
    return new Tls(mode, trust(), client(), direct);
  }

  private Mode mode() {
    Optional<String> root = given("sslrootcert");
    boolean platform = root.filter("system"::equals).isPresent();
    Optional<String> word = given("sslmode");
    if (word.isEmpty()) {
      return platform ? Mode.VERIFY_FULL : Mode.PREFER;
    }
    Mode mode =
        Arrays.stream(Mode.values())
            .filter(m -> m.word().equals(word.get()))
            .findFirst()
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "sslmode must be one of disable, allow, prefer, require, verify-ca,"
                        + " verify-full"));
    if (platform && mode != Mode.VERIFY_FULL) {
      throw new IllegalArgumentException("sslrootcert=system needs sslmode=verify-full");
    }
    // libpq checks the certificate even in the mode require once it has a root to check it with.
    return mode == Mode.REQUIRE && root.isPresent() ? Mode.VERIFY_CA : mode;
  }

  private Trust trust() {
    Optional<String> root = given("sslrootcert");
    if (root.isEmpty()) {
      return new Trust.Usual();
    }
    return root.get().equals("system")
        ? new Trust.Platform()
        : new Trust.File(PostgresqlUrlParser.path(root.get(), "sslrootcert"));
  }

  private Optional<Tls.ClientKey> client() {
    if (given("sslcert").isEmpty() && given("sslkey").isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Tls.ClientKey(
            given("sslcert").map(text -> PostgresqlUrlParser.path(text, "sslcert")),
            given("sslkey").map(text -> PostgresqlUrlParser.path(text, "sslkey")),
            given("sslpassword").map(Secret::new)));
  }

  private Optional<String> given(String name) {
    return Optional.ofNullable(given.get(name)).filter(value -> !value.isEmpty());
  }
}
