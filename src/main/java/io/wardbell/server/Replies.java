package io.wardbell.server;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;

/// Short answers.
final class Replies {
  private Replies() {}

  /// An answer with `{"error": words}`. The words are ours, never a client's.
  static void json(HttpServerExchange exchange, int status, String words) {
    body(exchange, status, "application/json", "{\"error\":\"" + words + "\"}");
  }

  static void body(HttpServerExchange exchange, int status, String type, String body) {
    exchange.setStatusCode(status);
    exchange.getResponseHeaders().put(Headers.CONTENT_TYPE, type);
    exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
    exchange.getResponseSender().send(body);
  }
}
