package io.wardbell.server;

import java.net.SocketAddress;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;
import org.xnio.IoUtils;
import org.xnio.StreamConnection;

/// The sockets that no session has been opened on, in the order in which they came: whoever is
/// there costs nothing but a place, and when there are too many, the one that came first has to go.
/// So those who send nothing keep nobody out who sends a request at once. I/O threads.
final class Lobby {
  private final int max;
  private final SequencedMap<SocketAddress, StreamConnection> waiting = new LinkedHashMap<>();

  Lobby(int max) {
    this.max = max;
  }

  /// A socket was accepted.
  void enter(StreamConnection socket) {
    SocketAddress peer = socket.getPeerAddress();
    if (peer == null) {
      IoUtils.safeClose(socket); // It has gone already.
      return;
    }
    socket.setCloseListener(_ -> leave(peer));
    @Nullable StreamConnection first = add(peer, socket);
    if (first != null) {
      IoUtils.safeClose(first);
    }
  }

  private synchronized @Nullable StreamConnection add(SocketAddress peer, StreamConnection socket) {
    waiting.putLast(peer, socket);
    return waiting.size() > max ? waiting.pollFirstEntry().getValue() : null;
  }

  /// A session is about to be opened on this socket, or it is gone.
  synchronized void leave(SocketAddress peer) {
    waiting.remove(peer);
  }
}
