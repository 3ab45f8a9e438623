package io.wardbell.server;

import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.wardbell.config.OperatorAddress;
import io.wardbell.observe.Metrics;
import io.wardbell.ops.Probes;
import io.wardbell.ops.StatusBoard;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.Options;

/// The listener for operators and their tools: status page, probes and metrics. Private by default.
public final class OperatorListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OperatorListener.class);

  private final OperatorAddress address;
  private final OperatorNames names;
  private final Probes probes;
  private final Metrics metrics;
  private final StatusPage page;
  private volatile @Nullable Undertow undertow;

  public OperatorListener(ServerConfig config, Probes probes, Metrics metrics, StatusBoard board) {
    address = config.operators();
    names = OperatorNames.of(address);
    this.probes = probes;
    this.metrics = metrics;
    page = new StatusPage(board);
  }

  /// Begins to listen.
  ///
  /// @throws RuntimeException if the address is not ours or the port is taken; its cause says which
  public void start() {
    Undertow server =
        Undertow.builder()
            .addHttpListener(address.port(), address.host())
            .setIoThreads(1)
            .setWorkerThreads(1)
            .setBufferSize(4096)
            .setWorkerOption(Options.WORKER_NAME, "operator")
            .setHandler(this::answer)
            .build();
    server.start();
    undertow = server;
    LOG.info("Operators connect to {}:{}", address.host(), port());
  }

  /// The port it listens on, which matters where the setting says 0.
  public int port() {
    Undertow server = undertow;
    if (server == null) {
      throw new IllegalStateException("not listening");
    }
    return ((InetSocketAddress) server.getListenerInfo().getFirst().getAddress()).getPort();
  }

  private void answer(HttpServerExchange exchange) throws Exception {
    if (!exchange.getRequestMethod().equals(Methods.GET)
        && !exchange.getRequestMethod().equals(Methods.HEAD)) {
      Replies.json(exchange, 405, "only GET");
      return;
    }
    if (!names.hold(exchange.getRequestHeaders().getFirst(Headers.HOST))) {
      Replies.json(
          exchange,
          421,
          "asked by a name that may be anybody's: use an IP address, or list the name in"
              + " WARDBELL_OPERATOR_NAMES [WB-OPS-02]");
      return;
    }
    switch (exchange.getRequestPath()) {
      case "/" -> page.page(exchange);
      case "/status.css" -> page.style(exchange);
      case "/status.js" -> page.script(exchange);
      case "/status" -> page.state(exchange);
      case "/events" -> page.stream(exchange);
      case "/livez" -> probe(exchange, probes.live());
      case "/readyz" -> probe(exchange, probes.ready());
      case "/syncz" -> probe(exchange, probes.sync());
      case "/metrics" -> Replies.body(exchange, 200, "text/plain; version=0.0.4", metrics.scrape());
      default ->
          Replies.json(exchange, 404, "there are /, /status, /livez, /readyz, /syncz and /metrics");
    }
  }

  private static void probe(HttpServerExchange exchange, Probes.Answer answer) {
    Replies.body(exchange, answer.httpStatus(), "application/json", answer.json() + "\n");
  }

  @Override
  public void close() {
    Undertow server = undertow;
    page.close();
    if (server != null) {
      undertow = null;
      server.stop();
    }
  }
}
