package io.wardbell.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Whose word is taken for a client's address.
sealed interface TrustedProxies {
  /// Whether a peer may name another address than its own.
  boolean trusts(InetAddress peer);

  /// Nobody.
  record None() implements TrustedProxies {
    @Override
    public boolean trusts(InetAddress peer) {
      return false;
    }
  }

  /// Anybody: only behind a proxy that cannot be passed by.
  record All() implements TrustedProxies {
    @Override
    public boolean trusts(InetAddress peer) {
      return true;
    }
  }

  /// Addresses that cannot come from the Internet.
  record Local() implements TrustedProxies {
    @Override
    public boolean trusts(InetAddress peer) {
      byte[] bytes = peer.getAddress();
      boolean uniqueLocal = bytes.length == 16 && (bytes[0] & 0xfe) == 0xfc;
      return peer.isLoopbackAddress()
          || peer.isSiteLocalAddress()
          || peer.isLinkLocalAddress()
          || uniqueLocal;
    }
  }

  /// These networks.
  record Listed(List<Network> networks) implements TrustedProxies {
    @Override
    public boolean trusts(InetAddress peer) {
      return networks.stream().anyMatch(network -> network.holds(peer));
    }
  }

  /// A network: the first `bits` bits of an address.
  record Network(InetAddress address, int bits) {
    boolean holds(InetAddress peer) {
      byte[] ours = address.getAddress();
      byte[] theirs = peer.getAddress();
      if (ours.length != theirs.length) {
        return false;
      }
      for (int i = 0; i < bits; i++) {
        int mask = 0x80 >> (i & 7);
        if ((ours[i >> 3] & mask) != (theirs[i >> 3] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  /// @throws IllegalArgumentException naming the entry that is neither an address nor a network
  static TrustedProxies of(String setting) {
    return switch (setting.strip().toLowerCase(Locale.ROOT)) {
      case "", "none" -> new None();
      case "all" -> new All();
      case "local" -> new Local();
      default -> {
        List<Network> networks = new ArrayList<>();
        for (String entry : setting.split(",", -1)) {
          networks.add(network(entry.strip()));
        }
        yield new Listed(List.copyOf(networks));
      }
    };
  }

  private static Network network(String entry) {
    String[] parts = entry.split("/", 2);
    InetAddress address = Literal.address(parts[0]);
    int most = address == null ? 0 : address.getAddress().length * 8;
    if (address != null) {
      try {
        int bits = parts.length == 1 ? most : Integer.parseInt(parts[1]);
        if (bits >= 0 && bits <= most) {
          return new Network(address, bits);
        }
      } catch (NumberFormatException e) {
        // Said below, as for any other entry that is wrong.
        throw wrong(entry, e);
      }
    }
    throw wrong(entry, null);
  }

  private static IllegalArgumentException wrong(String entry, @Nullable Exception cause) {
    return new IllegalArgumentException(
        "IP_HEADER_TRUSTED_PROXIES has \"%s\", which is no address like 10.0.0.1 and no network"
                .formatted(entry)
            + " like 10.0.0.0/8",
        cause);
  }

  /// Addresses written as numbers: a name is never looked up.
  final class Literal {
    private static final Pattern SHAPE =
        Pattern.compile("[0-9.]{7,15}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

    private Literal() {}

    static @Nullable InetAddress address(String text) {
      if (!SHAPE.matcher(text).matches()) {
        return null;
      }
      try {
        return InetAddress.getByName(text);
      } catch (UnknownHostException e) {
        return null;
      }
    }
  }
}
