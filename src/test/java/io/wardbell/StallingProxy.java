package io.wardbell;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A network between Wardbell and a database that can stop carrying anything without closing
/// anything.
final class StallingProxy implements AutoCloseable {
  private final ServerSocket listener;
  private final int target;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private boolean stalled;

  StallingProxy(int target) throws IOException {
    this.target = target;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /// From now on nothing is carried, and new connections are not answered.
  synchronized void stall() {
    stalled = true;
  }

  /// Carries again. What was on its way when it stalled is lost with its connections.
  synchronized void resume() throws IOException {
    stalled = false;
    for (Socket socket : sockets) {
      socket.close();
    }
    sockets.clear();
    notifyAll();
  }

  private synchronized void awaitFlow() throws InterruptedException {
    while (stalled) {
      wait();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket inside = listener.accept();
        Socket outside = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(inside);
        sockets.add(outside);
        Thread.ofVirtual().start(() -> carry(inside, outside));
        Thread.ofVirtual().start(() -> carry(outside, inside));
      } catch (IOException e) {
        Thread.onSpinWait(); // The target is away, or the test is over.
      }
    }
  }

  private void carry(Socket from, Socket to) {
    byte[] buffer = new byte[16 * 1024];
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      int count = in.read(buffer);
      while (count >= 0) {
        awaitFlow();
        out.write(buffer, 0, count);
        count = in.read(buffer);
      }
    } catch (IOException e) {
      Thread.onSpinWait(); // One side closed: so does the other.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    resume();
  }
}
