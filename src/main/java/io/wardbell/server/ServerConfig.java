package io.wardbell.server;

import io.wardbell.config.OperatorAddress;
import io.wardbell.config.Range;

/// Where clients and operators connect.
///
/// @param address that the public listener binds to
/// @param port of the public listener; 0 for any that is free
/// @param operators where these connect
/// @param addressHeader see [ProxyConfig]
/// @param trustedProxies see [ProxyConfig]
/// @param subPath the path of the vault server's `DOMAIN`, such as `/vault`; empty for none
/// @param tls see [TlsConfig]
/// @param requests see [RequestConfig]
public record ServerConfig(
    String address,
    int port,
    OperatorAddress operators,
    String addressHeader,
    String trustedProxies,
    String subPath,
    TlsConfig tls,
    RequestConfig requests) {
  /// @throws IllegalArgumentException saying what would be right
  public ServerConfig {
    Range.check("WEBSOCKET_PORT", port, 0, 65_535);
    if (!subPath.isEmpty() && (!subPath.startsWith("/") || subPath.endsWith("/"))) {
      throw new IllegalArgumentException("a sub-path starts with / and does not end with it");
    }
    TrustedProxies.of(trustedProxies);
  }

  /// Any free ports of this machine, for nobody else and with no proxy before them.
  public static ServerConfig alone() {
    return new ServerConfig(
        "127.0.0.1",
        0,
        new OperatorAddress("127.0.0.1", 0, "none"),
        "none",
        "none",
        "",
        TlsConfig.NONE,
        RequestConfig.USUAL);
  }
}
