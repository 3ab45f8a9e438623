package io.wardbell.source.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// A Unix domain socket as the PostgreSQL driver wants it: a [Socket] with blocking streams and a
/// read timeout. One thread reads and one writes.
final class UnixSocket extends Socket {
  private final Path path;
  private @Nullable SocketChannel channel;
  private @Nullable Selector readable;
  private @Nullable Selector writable;
  private volatile int timeoutMillis;

  UnixSocket(Path path) {
    this.path = path;
  }

  @Override
  public void connect(SocketAddress ignored, int connectTimeoutMillis) throws IOException {
    SocketChannel opened = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      opened.connect(UnixDomainSocketAddress.of(path));
      opened.configureBlocking(false);
      readable = Selector.open();
      writable = Selector.open();
      opened.register(readable, SelectionKey.OP_READ);
      opened.register(writable, SelectionKey.OP_WRITE);
      channel = opened;
    } catch (IOException e) {
      opened.close();
      throw new IOException("the socket " + path + " does not answer: " + e.getMessage(), e);
    }
  }

  private SocketChannel channel() throws SocketException {
    SocketChannel open = channel;
    if (open == null || !open.isOpen()) {
      throw new SocketException("the socket is closed");
    }
    return open;
  }

  private static boolean await(@Nullable Selector selector, int millis) throws IOException {
    if (selector == null || !selector.isOpen()) {
      throw new SocketException("the socket is closed");
    }
    int ready = selector.select(millis);
    selector.selectedKeys().clear();
    return ready > 0;
  }

  private int read(ByteBuffer buffer) throws IOException {
    int count = channel().read(buffer);
    while (count == 0) {
      if (!await(readable, timeoutMillis) && timeoutMillis > 0) {
        throw new SocketTimeoutException("Read timed out");
      }
      count = channel().read(buffer);
    }
    return count;
  }

  @Override
  public InputStream getInputStream() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        return length == 0 ? 0 : UnixSocket.this.read(ByteBuffer.wrap(bytes, offset, length));
      }
    };
  }

  @Override
  public OutputStream getOutputStream() {
    return new OutputStream() {
      @Override
      public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
        while (buffer.hasRemaining()) {
          if (channel().write(buffer) == 0) {
            await(writable, 0);
          }
        }
      }
    };
  }

  @Override
  public void setSoTimeout(int millis) {
    timeoutMillis = millis;
  }

  @Override
  public int getSoTimeout() {
    return timeoutMillis;
  }

  @Override
  public void setTcpNoDelay(boolean on) {
    // There is no TCP here.
  }

  @Override
  public void setKeepAlive(boolean on) {
    // There is no TCP here.
  }

  @Override
  public void setReceiveBufferSize(int size) {
    // The system's choice is good.
  }

  @Override
  public void setSendBufferSize(int size) {
    // The system's choice is good.
  }

  @Override
  public int getReceiveBufferSize() {
    return 8192;
  }

  @Override
  public int getSendBufferSize() {
    return 8192;
  }

  @Override
  public boolean isConnected() {
    return channel != null;
  }

  @Override
  public boolean isClosed() {
    SocketChannel open = channel;
    return open != null && !open.isOpen();
  }

  @Override
  public void close() throws IOException {
    SocketChannel open = channel;
    if (open != null) {
      open.close();
    }
    for (@Nullable Selector selector : new @Nullable Selector[] {readable, writable}) {
      if (selector != null) {
        selector.close();
      }
    }
  }
}
