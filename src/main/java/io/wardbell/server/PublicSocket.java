package io.wardbell.server;

import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.connector.ByteBufferPool;
import io.undertow.protocols.ssl.UndertowXnioSsl;
import io.undertow.server.DefaultByteBufferPool;
import io.undertow.server.HttpHandler;
import io.undertow.server.protocol.http.HttpOpenListener;
import io.wardbell.observe.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.ChannelListeners;
import org.xnio.IoUtils;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.StreamConnection;
import org.xnio.Xnio;
import org.xnio.XnioWorker;
import org.xnio.channels.AcceptingChannel;

/// The socket that clients, or the proxy before them, connect to, with the limits of HTTP. It is
/// put together from Undertow's parts, because its builder shows nobody a socket before its first
/// request.
final class PublicSocket implements AutoCloseable {
  private static final int HEADERS_MAX = 100;
  private static final int PARAMETERS_MAX = 20;
  private static final long BODY_BYTES_MAX = 4 * 1024;
  private static final int REQUEST_MILLIS_MAX = 15_000;
  private static final int IDLE_MILLIS_MAX = 60_000;
  private static final int BUFFER_BYTES = 1024;
  private static final int BACKLOG = 1000;

  /// What the kernel may hold for a client that does not read, before the hub notices.
  private static final int SEND_BUFFER_BYTES = 32 * 1024;

  private static final Duration STOP = Duration.ofSeconds(5);

  private static final OptionMap SOCKET =
      OptionMap.builder()
          .set(Options.TCP_NODELAY, true)
          .set(Options.SEND_BUFFER, SEND_BUFFER_BYTES)
          .set(Options.KEEP_ALIVE, true)
          .set(Options.REUSE_ADDRESSES, true)
          .set(Options.BACKLOG, BACKLOG)
          .getMap();

  private final XnioWorker worker;
  private final AcceptingChannel<? extends StreamConnection> accepting;

  private PublicSocket(XnioWorker worker, AcceptingChannel<? extends StreamConnection> accepting) {
    this.worker = worker;
    this.accepting = accepting;
  }

  /// Begins to listen.
  ///
  /// @param lobby of the sockets that no session was opened on
  /// @throws io.wardbell.config.SettingsException if the files for TLS cannot be used
  /// @throws UncheckedIOException if the address is not ours or the port is taken
  static PublicSocket open(ServerConfig config, Lobby lobby, HttpHandler handler) {
    Xnio xnio = Xnio.getInstance(Undertow.class.getClassLoader());
    @Nullable SSLContext tls = tls(config.tls());
    HttpOpenListener http = http(config, handler);
    ChannelListener<StreamConnection> opened =
        socket -> {
          lobby.enter(socket);
          http.handleEvent(socket);
        };
    @Nullable XnioWorker worker = null;
    try {
      worker = worker(xnio);
      InetSocketAddress address = new InetSocketAddress(config.address(), config.port());
      AcceptingChannel<? extends StreamConnection> accepting =
          tls == null
              ? worker.createStreamConnectionServer(
                  address, ChannelListeners.openListenerAdapter(opened), SOCKET)
              : new UndertowXnioSsl(xnio, OptionMap.create(Options.USE_DIRECT_BUFFERS, true), tls)
                  .createSslConnectionServer(
                      worker, address, ChannelListeners.openListenerAdapter(opened), SOCKET);
      accepting.resumeAccepts();
      return new PublicSocket(worker, accepting);
    } catch (IOException | RuntimeException e) {
      if (worker != null) {
        worker.shutdownNow();
      }
      throw e instanceof IOException io ? new UncheckedIOException(io) : (RuntimeException) e;
    }
  }

  private static @Nullable SSLContext tls(TlsConfig tls) {
    return tls.certificates().isEmpty() || tls.key().isEmpty()
        ? null
        : new TlsFiles(tls.certificates().get(), tls.key().get(), Clock.system()).context();
  }

  private static XnioWorker worker(Xnio xnio) throws IOException {
    return xnio.createWorker(
        OptionMap.builder()
            .set(Options.WORKER_NAME, "hub")
            .set(Options.WORKER_IO_THREADS, Math.max(2, Runtime.getRuntime().availableProcessors()))
            .set(Options.WORKER_TASK_CORE_THREADS, 1)
            .set(Options.WORKER_TASK_MAX_THREADS, 1)
            .set(Options.TCP_NODELAY, true)
            .getMap());
  }

  private static HttpOpenListener http(ServerConfig config, HttpHandler handler) {
    OptionMap limits =
        OptionMap.builder()
            .set(UndertowOptions.BUFFER_PIPELINED_DATA, true)
            .set(UndertowOptions.MAX_HEADER_SIZE, config.requests().bytesMax())
            .set(UndertowOptions.MAX_HEADERS, HEADERS_MAX)
            .set(UndertowOptions.MAX_PARAMETERS, PARAMETERS_MAX)
            .set(UndertowOptions.MAX_ENTITY_SIZE, BODY_BYTES_MAX)
            .set(UndertowOptions.REQUEST_PARSE_TIMEOUT, REQUEST_MILLIS_MAX)
            .set(UndertowOptions.NO_REQUEST_TIMEOUT, IDLE_MILLIS_MAX)
            .set(UndertowOptions.ALWAYS_SET_DATE, false)
            .getMap();
    ByteBufferPool buffers = new DefaultByteBufferPool(true, BUFFER_BYTES, -1, 4);
    HttpOpenListener http = new HttpOpenListener(buffers, limits);
    http.setRootHandler(handler);
    return http;
  }

  /// The port, which matters where the setting says 0.
  int port() {
    return accepting.getLocalAddress(InetSocketAddress.class).getPort();
  }

  /// Takes no more connections; those that are open stay.
  void shut() {
    IoUtils.safeClose(accepting);
  }

  /// Ends all connections.
  @Override
  public void close() {
    shut();
    worker.shutdownNow();
    try {
      worker.awaitTermination(STOP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
