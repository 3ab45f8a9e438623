package io.wardbell.source.engine;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/// Sockets on which Debezium's reader waits for data instead of asking for it again and again.
///
/// The PostgreSQL driver looks for a message by a read with a timeout of 1 ms, and Debezium sleeps
/// `poll.interval.ms` after five empty ones. Here that 1 ms becomes a wait until data comes, so
/// that a change is read at once and an idle connection costs nothing. The wait is cut in slices,
/// to notice that the connection is being closed.
///
/// Public, with a constructor for the driver's `socketFactoryArg`, because the driver makes it by
/// name. Each argument names a [SocketGroup], through which the owner of an engine sees and closes
/// its sockets.
public final class WakingSocketFactory extends SocketFactory {
  private final SocketGroup group;

  /// @param group the name of an open [SocketGroup]
  public WakingSocketFactory(String group) {
    this.group = SocketGroup.named(group);
  }

  @Override
  public Socket createSocket() {
    return new WakingSocket(group);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return connected(new InetSocketAddress(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress from, int fromPort)
      throws IOException {
    return connected(new InetSocketAddress(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress from, int fromPort)
      throws IOException {
    return connected(new InetSocketAddress(host, port));
  }

  private Socket connected(InetSocketAddress address) throws IOException {
    Socket socket = createSocket();
    socket.connect(address, 0);
    return socket;
  }
}
