package io.wardbell.source.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import javax.net.SocketFactory;

/// Sockets to a server's Unix domain socket, for the PostgreSQL driver, which knows none itself.
///
/// Public, with a constructor for the driver's `socketFactoryArg`, because the driver makes it by
/// name.
public final class UnixSocketFactory extends SocketFactory {
  private final Path path;

  /// @param path the socket's file
  public UnixSocketFactory(String path) {
    this.path = Path.of(path);
  }

  @Override
  public Socket createSocket() {
    return new UnixSocket(path);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress from, int fromPort)
      throws IOException {
    return connected();
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
      throws IOException {
    return connected();
  }

  private Socket connected() throws IOException {
    Socket socket = createSocket();
    socket.connect(new java.net.InetSocketAddress(0), 0);
    return socket;
  }
}
