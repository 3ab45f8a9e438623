package io.wardbell.server;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Methods;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Deque;
import java.util.Map;

/// Answers `negotiate`, which Bitwarden's clients asked for until March 2020 and SignalR's
/// libraries ask for by default. WebSockets are all there is to choose from. Nothing is kept: the
/// id that a client then sends with its WebSocket is not looked at.
final class Negotiation {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String TRANSPORTS =
      "\"availableTransports\":[{\"transport\":\"WebSockets\","
          + "\"transferFormats\":[\"Text\",\"Binary\"]}]}";

  private Negotiation() {}

  static void answer(HttpServerExchange exchange) {
    if (!exchange.getRequestMethod().equals(Methods.POST)) {
      Replies.json(exchange, 405, "only POST");
      return;
    }
    String id = randomId();
    String body =
        version(exchange) == 0
            ? "{\"connectionId\":\"" + id + "\"," + TRANSPORTS
            : "{\"negotiateVersion\":1,\"connectionId\":\"%s\",\"connectionToken\":\"%s\",%s"
                .formatted(id, randomId(), TRANSPORTS);
    Replies.body(exchange, 200, "application/json", body);
  }

  /// The version to answer in: 0 unless the client asks for more, and 1 at most.
  private static int version(HttpServerExchange exchange) {
    for (Map.Entry<String, Deque<String>> parameter : exchange.getQueryParameters().entrySet()) {
      if (parameter.getKey().equalsIgnoreCase("negotiateVersion")) {
        String wanted = parameter.getValue().peekFirst();
        return wanted == null || wanted.equals("0") ? 0 : 1;
      }
    }
    return 0;
  }

  private static String randomId() {
    byte[] bytes = new byte[16];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
