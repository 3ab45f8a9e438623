package io.wardbell.server;

import io.wardbell.auth.Authenticator;
import io.wardbell.hub.Hub;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The listener that clients, or the proxy before them, connect to.
public final class HubListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HubListener.class);

  private final ServerConfig config;
  private final Hub hub;
  private final Authenticator authenticator;
  private volatile @Nullable PublicSocket socket;

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
    Lobby lobby = new Lobby(config.requests().socketsMax());
    socket = PublicSocket.open(config, lobby, new HubHandler(config, hub, authenticator, lobby));
    LOG.info(
        "Clients connect to {}:{}{}",
        config.address(),
        port(),
        config.tls().key().isPresent() ? " with TLS" : "");
  }

  /// Whether it listens.
  public boolean listening() {
    return socket != null;
  }

  /// The port it listens on, which matters where the setting says 0.
  public int port() {
    PublicSocket open = socket;
    if (open == null) {
      throw new IllegalStateException("not listening");
    }
    return open.port();
  }

  /// Lets nobody in any more; who is connected stays. To be called before the hub is closed.
  public void shut() {
    PublicSocket open = socket;
    if (open != null) {
      open.shut();
    }
  }

  /// Stops at once. The hub is closed before, so that clients hear of it.
  @Override
  public void close() {
    PublicSocket open = socket;
    if (open != null) {
      socket = null;
      open.close();
    }
  }
}
