package io.wardbell.source.engine;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The sockets of one engine: how long the server has been silent on them, and a way to cut them
/// whoever may be waiting on one. Any thread.
final class SocketGroup implements AutoCloseable {
  private static final ConcurrentHashMap<String, SocketGroup> OPEN = new ConcurrentHashMap<>();

  private final String name;
  private final PostgresDatabase database;
  private final long waitNanos;
  private final LongSupplier nanoTime;
  private final Set<WakingSocket> sockets = ConcurrentHashMap.newKeySet();
  private volatile boolean closing;
  private volatile long lastByte;

  /// Since when the server has been making the slot; null before, and when it is made.
  private volatile @Nullable Long slotAsked;

  /// @param name by which the driver's socket factory finds it; its own for each engine
  /// @param waitMillis how long to wait for data at most
  SocketGroup(String name, PostgresDatabase database, long waitMillis, LongSupplier nanoTime) {
    this.name = name;
    this.database = database;
    this.nanoTime = nanoTime;
    waitNanos = waitMillis * 1_000_000L;
    lastByte = nanoTime.getAsLong();
    OPEN.put(name, this);
  }

  static SocketGroup named(String name) {
    SocketGroup group = OPEN.get(name);
    if (group == null) {
      throw new IllegalArgumentException("this connection's owner has closed it");
    }
    return group;
  }

  String name() {
    return name;
  }

  Socket plainSocket() {
    return database.socket().<Socket>map(UnixSocket::new).orElseGet(Socket::new);
  }

  /// Where to connect, whatever the driver was made to believe.
  SocketAddress address() {
    return new InetSocketAddress(database.host(), database.port());
  }

  void opened(WakingSocket socket) throws IOException {
    sockets.add(socket);
    if (closing) {
      socket.close();
    }
  }

  void closed(WakingSocket socket) {
    sockets.remove(socket);
  }

  void heard() {
    lastByte = nanoTime.getAsLong();
  }

  long nanoTime() {
    return nanoTime.getAsLong();
  }

  long waitNanos() {
    return waitNanos;
  }

  boolean isClosing() {
    return closing;
  }

  /// How long ago the server last sent anything on a connection that is read for changes.
  long silentNanos() {
    return nanoTime.getAsLong() - lastByte;
  }

  /// Whether there is a connection that is being read for changes.
  boolean streaming() {
    return sockets.stream().anyMatch(WakingSocket::peeked);
  }

  /// The server has been asked for the engine's slot.
  void slotAsked() {
    slotAsked = nanoTime.getAsLong();
  }

  /// The slot is there.
  void slotMade() {
    slotAsked = null;
  }

  /// For how long the server has been making the slot; 0 if it is not, and more if it is, even if
  /// the connection has been lost meanwhile.
  long slotWaitNanos() {
    @Nullable Long since = slotAsked;
    return since == null ? 0 : Math.max(1, nanoTime.getAsLong() - since);
  }

  /// Makes readers leave their wait, so that the connection can be closed in order.
  void closing() {
    closing = true;
  }

  /// Cuts all connections.
  @Override
  public void close() {
    closing = true;
    OPEN.remove(name);
    for (WakingSocket socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        closed(socket); // It is closed for us all the same.
      }
    }
  }
}
