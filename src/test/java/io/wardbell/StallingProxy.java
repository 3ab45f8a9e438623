package io.wardbell;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// A network between Wardbell and a database that can break, be slow, let nobody in, or stop
/// carrying anything without closing anything.
public final class StallingProxy implements AutoCloseable {
  private final ServerSocket listener;
  private volatile int target;
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();
  private boolean stalled;
  private volatile boolean refusing;
  private volatile long delayMillis;

  public StallingProxy(int target) throws IOException {
    this.target = target;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /// From now on nothing is carried, and new connections are not answered.
  public synchronized void stall() {
    stalled = true;
  }

  /// Carries again. What was on its way when it stalled is lost with its connections.
  public synchronized void resume() throws IOException {
    stalled = false;
    notifyAll();
    cut();
  }

  /// Breaks all connections off.
  public void cut() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    sockets.clear();
  }

  /// Whether new connections are broken off at once.
  public void refuse(boolean now) {
    refusing = now;
  }

  /// Where new connections go from now on. Those that are open stay.
  public void lead(int to) {
    target = to;
  }

  /// How long everything takes on its way from now on.
  public void delay(long millis) {
    delayMillis = millis;
  }

  private synchronized void awaitFlow() throws InterruptedException {
    while (stalled) {
      wait();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        connect(listener.accept());
      } catch (IOException e) {
        Thread.onSpinWait(); // The test is over.
      }
    }
  }

  private void connect(Socket inside) throws IOException {
    if (refusing) {
      inside.close();
      return;
    }
    try {
      Socket outside = new Socket(InetAddress.getLoopbackAddress(), target);
      sockets.add(inside);
      sockets.add(outside);
      Thread.ofVirtual().start(() -> carry(inside, outside));
      Thread.ofVirtual().start(() -> carry(outside, inside));
    } catch (IOException e) {
      inside.close(); // The target is away.
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
        if (delayMillis > 0) {
          Thread.sleep(delayMillis);
        }
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
