package io.wardbell.server;

import io.wardbell.config.Setting;
import java.nio.file.Path;
import java.util.Optional;

/// Whether the public listener speaks TLS itself. The vault server's own `ROCKET_TLS` is about its
/// own listener, and Wardbell does not read it.
public record TlsConfig(
    @Setting(
            value = CERTIFICATES,
            doc =
                "TLS on the public listener: the certificate, then its intermediates (PEM). Read"
                    + " again when it changes. Without it a proxy ends TLS.")
        Optional<Path> certificates,
    @Setting(
            value = KEY,
            doc =
                "The private key of the certificate (PEM: PKCS#8, PKCS#1 or EC, not encrypted). Read"
                    + " again when it changes.")
        Optional<Path> key) {
  static final String CERTIFICATES = "WARDBELL_TLS_CERT_FILE";
  static final String KEY = "WARDBELL_TLS_KEY_FILE";

  /// No TLS.
  public static final TlsConfig NONE = new TlsConfig(Optional.empty(), Optional.empty());

  /// @throws IllegalArgumentException if one is there without the other
  public TlsConfig {
    if (certificates.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException(CERTIFICATES + " and " + KEY + " go together");
    }
  }
}
