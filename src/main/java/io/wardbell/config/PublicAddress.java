package io.wardbell.config;

/// Where clients, or the reverse proxy before them, reach the hub. Named by the variables of the
/// vault server's former WebSocket port, so that configurations written for it keep working.
public record PublicAddress(
    @Setting(
            value = "WEBSOCKET_ADDRESS",
            doc = "The address that the public listener binds to.",
            fallback = "0.0.0.0")
        String host,
    @Setting(
            value = "WEBSOCKET_PORT",
            doc = "The port of the public listener; 0 takes any free one.",
            fallback = "3012")
        int port) {
  public PublicAddress {
    Range.check("WEBSOCKET_PORT", port, 0, 65_535);
  }
}
