package io.wardbell.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wardbell.config.Domain;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import javax.net.ssl.SSLSocketFactory;

/// Asks the vault server for its `DOMAIN`, which it tells anybody: the issuer of its tokens and the
/// path of its hub are made of it, and with another one here no client gets in.
public final class ServerDomain {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int NOT_FOUND = 404;
  private static final int OK = 200;

  private final URI server;
  private final Domain expected;
  private final SSLSocketFactory tls;

  /// @param server scheme, host and port to ask at
  /// @param expected `DOMAIN` as it is here
  public ServerDomain(URI server, Domain expected, SSLSocketFactory tls) {
    this.server = server;
    this.expected = expected;
    this.tls = tls;
  }

  /// Whether both have the same.
  public Check check() {
    String path = expected.subPath() + "/api/config";
    String url = server.getScheme() + "://" + server.getRawAuthority() + path;
    try {
      WalkSocket.Answer answer = ask(path);
      if (answer.status() == NOT_FOUND) {
        return Check.bad(
            ("DOMAIN: nobody knows %s: has the vault server's DOMAIN another path than %s? Give Wardbell"
                    + " DOMAIN as the vault server has it [WB-WEB-15]")
                .formatted(url, expected));
      }
      JsonNode told = JSON.readTree(answer.body()).at("/environment/vault");
      if (answer.status() != OK || !told.isTextual()) {
        return unknown(url, "status " + answer.status());
      }
      return compared(Domain.parse(told.asText()));
    } catch (IOException | IllegalArgumentException e) {
      return unknown(url, String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  private Check compared(Domain told) {
    if (told.equals(expected)) {
      return Check.good("DOMAIN: the vault server has the same");
    }
    return Check.bad(
        ("DOMAIN: the vault server has %s, Wardbell %s, so that no client gets in: set DOMAIN=%s for both,"
                + " if that is what clients use [WB-WEB-15]")
            .formatted(told, expected, expected));
  }

  private static Check unknown(String url, String why) {
    return new Check(
        Check.Result.SKIPPED,
        "DOMAIN: whether the vault server has the same was not told by %s (%s)"
            .formatted(url, why));
  }

  private WalkSocket.Answer ask(String path) throws IOException {
    if (server.getRawAuthority() == null) {
      throw new IOException("no host is named");
    }
    Origin origin = Origin.of(server.getScheme() + "://" + server.getRawAuthority());
    try (WalkSocket socket = new WalkSocket()) {
      socket.connect(new InetSocketAddress(InetAddress.getByName(origin.host()), origin.port()));
      if (origin.isTls()) {
        socket.secure(tls, origin.host(), origin.port());
      }
      return socket.get(origin.authority(), path);
    }
  }
}
