package io.wardbell.server;

import io.wardbell.config.Setting;

/// Where clients and operators connect.
///
/// @param subPath the path of the vault server's `DOMAIN`, such as `/vault`; empty for none
public record ServerConfig(
    @Setting(
            value = "WEBSOCKET_ADDRESS",
            doc = "The address that clients connect to. The name is bitwarden_rs's own.",
            fallback = "0.0.0.0")
        String address,
    @Setting(
            value = "WEBSOCKET_PORT",
            doc = "The port that clients connect to, 0 to 65535; 0 for any that is free.",
            fallback = "3012")
        int port,
    @Setting(
            value = "WARDBELL_OPERATOR_ADDRESS",
            doc = "The address of the probes and the metrics. Not for the public.",
            fallback = "127.0.0.1")
        String operatorAddress,
    @Setting(
            value = "WARDBELL_OPERATOR_PORT",
            doc = "The port of the probes and the metrics, 0 to 65535; 0 for any that is free.",
            fallback = "8095")
        int operatorPort,
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
        String trustedProxies,
    String subPath) {
  /// @throws IllegalArgumentException saying what would be right
  public ServerConfig {
    checkPort("WEBSOCKET_PORT", port);
    checkPort("WARDBELL_OPERATOR_PORT", operatorPort);
    if (!subPath.isEmpty() && (!subPath.startsWith("/") || subPath.endsWith("/"))) {
      throw new IllegalArgumentException("a sub-path starts with / and does not end with it");
    }
    TrustedProxies.of(trustedProxies);
  }

  private static void checkPort(String name, int port) {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException(
          "%s is %d and must be from 0 to 65535".formatted(name, port));
    }
  }
}
