package io.wardbell.server;

import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.AttachmentKey;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.Protocols;
import io.undertow.util.StatusCodes;
import io.undertow.websockets.WebSocketProtocolHandshakeHandler;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.protocol.version13.Hybi13Handshake;
import io.undertow.websockets.spi.WebSocketHttpExchange;
import io.wardbell.auth.Authenticator;
import io.wardbell.auth.Principal;
import io.wardbell.auth.Refusal;
import io.wardbell.hub.Admission;
import io.wardbell.hub.Caller;
import io.wardbell.hub.Hub;
import io.wardbell.hub.Link;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.IoUtils;

/// Answers all requests of clients: who they are, whether there is room, then the upgrade. On I/O
/// threads; a query string is never logged, since tokens are in it.
final class HubHandler implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(HubHandler.class);

  /// RFC 6455's.
  private static final String VERSION = "13";

  private static final AttachmentKey<Admission.Ticket> TICKET =
      AttachmentKey.create(Admission.Ticket.class);

  private static final AttachmentKey<HttpServerExchange> REQUEST =
      AttachmentKey.create(HttpServerExchange.class);

  private final Hub hub;
  private final Authenticator authenticator;
  private final Lobby lobby;
  private final ClientAddress addresses;
  private final Map<String, Route> routes;
  private final WebSocketProtocolHandshakeHandler upgrade;

  HubHandler(ServerConfig config, Hub hub, Authenticator authenticator, Lobby lobby) {
    this.hub = hub;
    this.lobby = lobby;
    this.authenticator = authenticator;
    this.addresses = new ClientAddress(config);
    this.routes = Route.paths(config.subPath());
    this.upgrade =
        new WebSocketProtocolHandshakeHandler(
            List.of(new Hybi13Handshake()), this::upgraded, HubHandler::notAWebSocket);
  }

  @Override
  public void handleRequest(HttpServerExchange exchange) throws Exception {
    Route route = routes.get(Route.plain(exchange.getRequestPath()));
    if (route == null) {
      if (exchange.getRequestPath().endsWith("/hub")) {
        hub.refused("path"); // A client, and DOMAIN has another path than the vault server's.
      }
      Replies.json(exchange, 404, "not found");
      return;
    }
    switch (route) {
      case HUB -> connect(exchange, this::account);
      case ANONYMOUS -> connect(exchange, e -> new Caller.Waiting(Query.requestToken(e)));
      case HUB_NEGOTIATE -> {
        if (account(exchange) != null) {
          Negotiation.answer(exchange);
        }
      }
      case ANONYMOUS_NEGOTIATE -> Negotiation.answer(exchange);
    }
  }

  /// Says who calls; null if the answer was given already.
  private interface Identify {
    @Nullable Caller caller(HttpServerExchange exchange);
  }

  private void connect(HttpServerExchange exchange, Identify identify) throws Exception {
    if (!exchange.getRequestMethod().equals(Methods.GET)) {
      Replies.json(exchange, 405, "only GET with an upgrade to WebSocket");
      return;
    }
    if (!asksForWebSocket(exchange)) {
      notAWebSocket(exchange);
      return;
    }
    Caller caller = identify.caller(exchange);
    if (caller == null) {
      return;
    }
    switch (hub.admit(caller, addresses.of(exchange))) {
      case Admission.Refused(int status, String why) -> {
        exchange.getResponseHeaders().put(Headers.RETRY_AFTER, 60);
        Replies.json(exchange, status, "too many: " + why);
      }
      case Admission.Ticket ticket -> {
        exchange.putAttachment(TICKET, ticket);
        exchange.putAttachment(REQUEST, exchange);
        exchange.getConnection().addCloseListener(_ -> ticket.release());
        // From here on it may stay, so it has to go if there will be no session.
        lobby.leave(exchange.getConnection().getPeerAddress());
        exchange.addExchangeCompleteListener((ended, next) -> {
          if (ended.getStatusCode() != StatusCodes.SWITCHING_PROTOCOLS) {
            ticket.release();
            IoUtils.safeClose(ended.getConnection());
          }
          next.proceed();
        });
        if (exchange.isHttp10()) {
          // nginx before 1.29.7 speaks HTTP/1.0 to servers unless told otherwise, and passes the
          // upgrade on. The official server accepts it too.
          exchange.setProtocol(Protocols.HTTP_1_1);
          exchange.setPersistent(true);
        }
        forgetSecrets(exchange);
        upgrade.handleRequest(exchange);
      }
    }
  }

  private @Nullable Caller account(HttpServerExchange exchange) {
    String authorization = exchange.getRequestHeaders().getFirst(Headers.AUTHORIZATION);
    return switch (authenticator.judge(authorization, Query.accessToken(exchange))) {
      case Principal principal -> new Caller.Account(principal);
      case Refusal refusal -> {
        hub.refused(refusal.name());
        LOG.debug("Refused {}: {}", addresses.of(exchange), refusal.words());
        if (refusal == Refusal.NO_KEY) {
          exchange.getResponseHeaders().put(Headers.RETRY_AFTER, 5);
          Replies.json(exchange, 503, "not ready");
        } else {
          exchange.getResponseHeaders().put(Headers.WWW_AUTHENTICATE, "Bearer");
          Replies.json(exchange, 401, "invalid token");
        }
        yield null;
      }
    };
  }

  /// Undertow keeps the request, and the WebSocket its address, for as long as the connection
  /// lives: several KiB for each, with the token in them.
  private static void forgetSecrets(HttpServerExchange exchange) {
    exchange.setQueryString("");
    exchange.getQueryParameters().clear();
    exchange.getRequestHeaders().remove(Headers.AUTHORIZATION);
    exchange.getRequestHeaders().remove(Headers.COOKIE);
  }

  private void upgraded(WebSocketHttpExchange exchange, WebSocketChannel channel) {
    HttpServerExchange request = exchange.getAttachment(REQUEST);
    request.getRequestHeaders().clear();
    request.getResponseHeaders().clear();
    Link link = hub.open(exchange.getAttachment(TICKET), new WebSocketTransport(channel));
    new Receiver(link, hub.config().inboundBytesMax()).attach(channel);
  }

  private static boolean asksForWebSocket(HttpServerExchange exchange) {
    HeaderMap headers = exchange.getRequestHeaders();
    String wanted = headers.getFirst(Headers.UPGRADE);
    return wanted != null
        && wanted.toLowerCase(Locale.ROOT).contains("websocket")
        && headers.contains(Headers.SEC_WEB_SOCKET_KEY)
        && VERSION.equals(headers.getFirst(Headers.SEC_WEB_SOCKET_VERSION));
  }

  private static void notAWebSocket(HttpServerExchange exchange) {
    exchange.getResponseHeaders().put(Headers.UPGRADE, "websocket");
    exchange.getResponseHeaders().put(Headers.SEC_WEB_SOCKET_VERSION, VERSION);
    Replies.json(
        exchange,
        426,
        "this is a WebSocket of version 13: a proxy before it must pass the headers Upgrade and Connection;"
            + " nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade;"
            + " proxy_set_header Connection $http_connection;");
  }
}
