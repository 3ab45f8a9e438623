package io.wardbell.server;

/// Where clients and operators connect.
///
/// @param address that the public listener binds to
/// @param port of the public listener; 0 for any that is free
/// @param operatorAddress that the operator listener binds to
/// @param operatorPort of the operator listener; 0 for any that is free
/// @param addressHeader see [ProxyConfig]
/// @param trustedProxies see [ProxyConfig]
/// @param subPath the path of the vault server's `DOMAIN`, such as `/vault`; empty for none
/// @param tls see [TlsConfig]
public record ServerConfig(
    String address,
    int port,
    String operatorAddress,
    int operatorPort,
    String addressHeader,
    String trustedProxies,
    String subPath,
    TlsConfig tls) {
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
