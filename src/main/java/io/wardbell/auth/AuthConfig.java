package io.wardbell.auth;

import java.nio.file.Path;

/// What tokens are judged by.
///
/// @param origin scheme, host and port of the vault server's `DOMAIN`, without a path:
///   `https://vault.example.org`. Tokens name their issuer as this and `|login`
/// @param keyFile the server's `rsa_key.pem`, or a PEM file with the public half only
public record AuthConfig(String origin, Path keyFile) {
  /// The vault server's default when `DOMAIN` is not set.
  public static final String DEFAULT_ORIGIN = "http://localhost";

  String issuer() {
    return origin + "|login";
  }
}
