package io.wardbell.server;

import io.undertow.server.HttpServerExchange;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HexFormat;

/// Finds the address of the client behind a proxy, by the vault server's own settings.
final class ClientAddress {
  private final String header;
  private final TrustedProxies proxies;

  ClientAddress(ServerConfig config) {
    String name = config.addressHeader().strip();
    header = name.equalsIgnoreCase("none") ? "" : name;
    proxies = TrustedProxies.of(config.trustedProxies());
  }

  /// The address that limits go by, as text: what the header says if a trusted proxy says it, else
  /// the peer's own. Of a list, the first counts, as in the vault server; of an IPv6 address, the
  /// network of 64 bits, which is what one customer has at least.
  String of(HttpServerExchange exchange) {
    InetSocketAddress socket = exchange.getSourceAddress();
    InetAddress peer = socket == null ? null : socket.getAddress();
    if (peer == null) {
      return "unknown";
    }
    if (!header.isEmpty() && proxies.trusts(peer)) {
      String said = exchange.getRequestHeaders().getFirst(header);
      if (said != null) {
        InetAddress client = TrustedProxies.Literal.address(said.split(",", 2)[0].strip());
        if (client != null) {
          return limited(client);
        }
      }
    }
    return limited(peer);
  }

  private static String limited(InetAddress address) {
    if (!(address instanceof Inet6Address)) {
      return address.getHostAddress();
    }
    byte[] network = Arrays.copyOf(address.getAddress(), 8);
    return HexFormat.of().formatHex(network) + "/64";
  }
}
