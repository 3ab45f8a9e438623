package io.wardbell.server;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.wardbell.auth.Authenticator;
import io.wardbell.hub.Hub;
import io.wardbell.observe.Clock;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.Options;

/// The listener that clients, or the proxy before them, connect to.
public final class HubListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HubListener.class);

  private static final int HEADERS_MAX = 100;
  private static final int PARAMETERS_MAX = 20;
  private static final int REQUEST_BYTES_MAX = 4 * 1024;
  private static final int REQUEST_MILLIS_MAX = 15_000;
  private static final int IDLE_MILLIS_MAX = 60_000;
  private static final int BUFFER_BYTES = 1024;

  /// What the kernel may hold for a client that does not read, before the hub notices.
  private static final int SEND_BUFFER_BYTES = 32 * 1024;

  private final ServerConfig config;
  private final Hub hub;
  private final Authenticator authenticator;
  private volatile @Nullable Undertow undertow;

  public HubListener(ServerConfig config, Hub hub, Authenticator authenticator) {
    this.config = config;
    this.hub = hub;
    this.authenticator = authenticator;
  }

  /// Begins to listen.
  ///
  /// @throws io.wardbell.config.SettingsException if the files for TLS cannot be used
  /// @throws RuntimeException if the address is not ours or the port is taken; its cause says which
  public void start() {
    Undertow server = listener().setHandler(new HubHandler(config, hub, authenticator)).build();
    server.start();
    undertow = server;
    LOG.info(
        "Clients connect to {}:{}{}",
        config.address(),
        port(),
        config.tls().key().isPresent() ? " with TLS" : "");
  }

  /// The listener with all its limits, without what answers.
  Undertow.Builder listener() {
    int sockets = hub.config().connectionsMax() + config.requests().socketsMax();
    return listening(Undertow.builder())
        .setBufferSize(BUFFER_BYTES)
        .setDirectBuffers(true)
        .setWorkerThreads(1)
        .setWorkerOption(Options.WORKER_NAME, "hub")
        .setSocketOption(Options.CONNECTION_HIGH_WATER, sockets)
        .setSocketOption(Options.CONNECTION_LOW_WATER, sockets)
        .setSocketOption(Options.TCP_NODELAY, true)
        .setSocketOption(Options.SEND_BUFFER, SEND_BUFFER_BYTES)
        .setSocketOption(Options.KEEP_ALIVE, true)
        .setSocketOption(Options.REUSE_ADDRESSES, true)
        .setServerOption(UndertowOptions.MAX_HEADER_SIZE, config.requests().bytesMax())
        .setServerOption(UndertowOptions.MAX_HEADERS, HEADERS_MAX)
        .setServerOption(UndertowOptions.MAX_PARAMETERS, PARAMETERS_MAX)
        .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, (long) REQUEST_BYTES_MAX)
        .setServerOption(UndertowOptions.REQUEST_PARSE_TIMEOUT, REQUEST_MILLIS_MAX)
        .setServerOption(UndertowOptions.NO_REQUEST_TIMEOUT, IDLE_MILLIS_MAX)
        .setServerOption(UndertowOptions.ALWAYS_SET_DATE, false);
  }

  private Undertow.Builder listening(Undertow.Builder builder) {
    TlsConfig tls = config.tls();
    if (tls.certificates().isEmpty() || tls.key().isEmpty()) {
      return builder.addHttpListener(config.port(), config.address());
    }
    TlsFiles files = new TlsFiles(tls.certificates().get(), tls.key().get(), Clock.system());
    return builder.addHttpsListener(config.port(), config.address(), files.context());
  }

  /// Whether it listens.
  public boolean listening() {
    return undertow != null;
  }

  /// The port it listens on, which matters where the setting says 0.
  public int port() {
    return Listeners.port(undertow);
  }

  /// Stops at once. The hub is closed before, so that clients hear of it.
  @Override
  public void close() {
    Undertow server = undertow;
    if (server != null) {
      undertow = null;
      server.stop();
    }
  }

  /// What both listeners share.
  static final class Listeners {
    private Listeners() {}

    static int port(@Nullable Undertow server) {
      if (server == null) {
        throw new IllegalStateException("not listening");
      }
      return ((InetSocketAddress) server.getListenerInfo().getFirst().getAddress()).getPort();
    }
  }
}
