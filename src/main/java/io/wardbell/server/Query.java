package io.wardbell.server;

import io.undertow.server.HttpServerExchange;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// Reads the few query parameters there are. Their values are secrets: never logged.
final class Query {
  private Query() {}

  static @Nullable String accessToken(HttpServerExchange exchange) {
    Deque<String> values = exchange.getQueryParameters().get("access_token");
    return values == null ? null : values.peekFirst();
  }

  /// The login request that a client of the anonymous hub waits for: the parameter `Token`, in any
  /// case. Without one the first parameter, whatever its name, as in the vault server; but not the
  /// connection id of a client that negotiated.
  static @Nullable String requestToken(HttpServerExchange exchange) {
    String first = null;
    for (String pair : exchange.getQueryString().split("&", 20)) {
      int equals = pair.indexOf('=');
      if (equals <= 0) {
        continue;
      }
      String name = pair.substring(0, equals);
      String value = pair.substring(equals + 1);
      if (name.equalsIgnoreCase("token")) {
        return decoded(value);
      }
      if (first == null && !name.equalsIgnoreCase("id")) {
        first = value;
      }
    }
    return first == null ? null : decoded(first);
  }

  private static @Nullable String decoded(String value) {
    try {
      return URLDecoder.decode(value, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return null; // no client writes such a value: it waits for nothing
    }
  }
}
