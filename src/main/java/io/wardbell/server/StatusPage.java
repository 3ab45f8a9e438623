package io.wardbell.server;

import io.undertow.server.HttpServerExchange;
import io.undertow.server.handlers.sse.ServerSentEventHandler;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.HttpString;
import io.wardbell.observe.Clock;
import io.wardbell.ops.StatusBoard;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// The status page: three small files, and the state as JSON, once or as a stream.
final class StatusPage implements AutoCloseable {
  /// Nothing from elsewhere, no script or style within the page, and in nobody's frame.
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final StatusBoard board;
  private final StatusStreams streams;
  private final ServerSentEventHandler events;

  StatusPage(StatusBoard board) {
    this.board = board;
    streams = new StatusStreams(board, Clock.system());
    events = new ServerSentEventHandler((stream, _) -> streams.add(stream));
  }

  void page(HttpServerExchange exchange) {
    file(exchange, "index.html", "text/html; charset=utf-8");
  }

  void style(HttpServerExchange exchange) {
    file(exchange, "status.css", "text/css; charset=utf-8");
  }

  void script(HttpServerExchange exchange) {
    file(exchange, "status.js", "text/javascript; charset=utf-8");
  }

  void state(HttpServerExchange exchange) {
    guard(exchange);
    Replies.body(exchange, 200, "application/json", board.json() + "\n");
  }

  void stream(HttpServerExchange exchange) throws Exception {
    guard(exchange);
    if (!streams.admit()) {
      exchange.getResponseHeaders().put(Headers.RETRY_AFTER, 60);
      Replies.json(exchange, 503, "too many look already");
      return;
    }
    exchange.addExchangeCompleteListener((_, next) -> {
      streams.leave();
      next.proceed();
    });
    exchange.getResponseHeaders().put(Headers.CACHE_CONTROL, "no-store");
    events.handleRequest(exchange);
  }

  private static void file(HttpServerExchange exchange, String name, String type) {
    guard(exchange);
    Replies.body(exchange, 200, type, text(name));
  }

  private static String text(String name) {
    try (InputStream in = StatusPage.class.getResourceAsStream("/status/" + name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not packaged");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void guard(HttpServerExchange exchange) {
    HeaderMap headers = exchange.getResponseHeaders();
    headers.put(new HttpString("Content-Security-Policy"), POLICY);
    headers.put(new HttpString("X-Content-Type-Options"), "nosniff");
    headers.put(new HttpString("Referrer-Policy"), "no-referrer");
    headers.put(new HttpString("Cross-Origin-Resource-Policy"), "same-origin");
  }

  @Override
  public void close() {
    streams.close();
  }
}
