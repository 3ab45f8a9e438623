package io.wardbell.server;

import io.wardbell.config.Setting;

/// Whom to believe about a client's address, as the vault server does.
public record ProxyConfig(
    @Setting(
            value = "IP_HEADER",
            doc =
                "The header in which a trusted proxy names the client's address, as in the vault"
                    + " server; none to use the connection's own.",
            fallback = "X-Real-IP")
        String addressHeader,
    @Setting(
            value = "IP_HEADER_TRUSTED_PROXIES",
            doc =
                "Whose IP_HEADER is believed: local (loopback, private and link-local addresses),"
                    + " all, none, or a comma-separated list of addresses and networks.",
            fallback = "local")
        String trustedProxies) {
  /// @throws IllegalArgumentException saying what would be right
  public ProxyConfig {
    TrustedProxies.of(trustedProxies);
  }
}
