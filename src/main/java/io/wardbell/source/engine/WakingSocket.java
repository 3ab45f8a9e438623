package io.wardbell.source.engine;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/// A socket whose reader, when it asks whether there is anything, waits until there is: see
/// [WakingSocketFactory]. Wraps a TCP or a Unix domain socket.
final class WakingSocket extends Socket {
  /// The timeout by which the driver means "is there anything": `PGStream.hasMessagePending`.
  private static final int PEEK_MILLIS = 1;

  private static final int SLICE_MILLIS = 200;

  private final SocketGroup group;
  private final Socket socket;
  private volatile boolean peeked;
  private volatile boolean waiting;

  /// Something came, and the driver has not had a chance to answer: it does when it finds nothing
  /// more. The server asks for an answer before it stops, and waits for it.
  private volatile boolean unanswered;

  WakingSocket(SocketGroup group) {
    this.group = group;
    socket = group.plainSocket();
  }

  boolean peeked() {
    return peeked;
  }

  @Override
  public void connect(SocketAddress ignored, int timeoutMillis) throws IOException {
    socket.connect(group.address(), timeoutMillis);
    socket.setTcpNoDelay(true);
    group.opened(this);
  }

  @Override
  public void setSoTimeout(int millis) throws SocketException {
    if (millis == PEEK_MILLIS) {
      if (!peeked) {
        group.heard(); // What came before, a snapshot perhaps, was not asked of this connection.
        peeked = true;
      }
      waiting = true;
      socket.setSoTimeout(unanswered ? PEEK_MILLIS : SLICE_MILLIS);
    } else {
      waiting = false;
      socket.setSoTimeout(millis);
    }
  }

  @Override
  public int getSoTimeout() throws SocketException {
    return waiting ? PEEK_MILLIS : socket.getSoTimeout();
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(socket.getInputStream()) {
      @Override
      public int read() throws IOException {
        int value = in.read();
        if (value >= 0) {
          heard();
        }
        return value;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        long end = waiting ? group.nanoTime() + group.waitNanos() : 0;
        while (true) {
          try {
            int count = in.read(bytes, offset, length);
            if (count > 0) {
              heard();
            }
            return count;
          } catch (SocketTimeoutException e) {
            if (!waiting || unanswered || group.isClosing() || group.nanoTime() - end >= 0) {
              unanswered = false;
              throw e;
            }
          }
        }
      }
    };
  }

  private void heard() {
    if (peeked) {
      group.heard();
      unanswered = true;
    }
  }

  @Override
  public void close() throws IOException {
    group.closed(this);
    socket.close();
  }

  // ---- as the socket inside ----

  @Override
  public OutputStream getOutputStream() throws IOException {
    return socket.getOutputStream();
  }

  @Override
  public void setTcpNoDelay(boolean on) throws SocketException {
    socket.setTcpNoDelay(on);
  }

  @Override
  public void setKeepAlive(boolean on) throws SocketException {
    socket.setKeepAlive(on);
  }

  @Override
  public void setReceiveBufferSize(int size) throws SocketException {
    socket.setReceiveBufferSize(size);
  }

  @Override
  public void setSendBufferSize(int size) throws SocketException {
    socket.setSendBufferSize(size);
  }

  @Override
  public int getReceiveBufferSize() throws SocketException {
    return socket.getReceiveBufferSize();
  }

  @Override
  public int getSendBufferSize() throws SocketException {
    return socket.getSendBufferSize();
  }

  @Override
  public boolean isConnected() {
    return socket.isConnected();
  }

  @Override
  public boolean isBound() {
    return socket.isBound();
  }

  @Override
  public boolean isClosed() {
    return socket.isClosed();
  }

  @Override
  public InetAddress getInetAddress() {
    return socket.getInetAddress();
  }

  @Override
  public int getPort() {
    return socket.getPort();
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return socket.getRemoteSocketAddress();
  }

  @Override
  public void shutdownInput() throws IOException {
    socket.shutdownInput();
  }

  @Override
  public void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }
}
