package io.wardbell.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// One of thousands of clients that share a thread: a socket that never blocks, and a reader of
/// frames to which it does not matter how TCP cut them.
public final class LoadClient {
  private static final byte[] HANDSHAKE =
      masked(0x81, "{\"protocol\":\"messagepack\",\"version\":1}\u001e");
  private static final byte[] PING = masked(0x82, "\u0002\u0091\u0006");
  private static final byte[] GOODBYE = masked(0x88, "");
  private static final int CLOSE = 8;
  private static final ByteBuffer READ = ByteBuffer.allocate(256 * 1024); // the one thread's

  /// Told of what happens to the client.
  public interface Ear {
    /// The handshake was answered.
    void opened();

    /// One message; only its remaining bytes are its own.
    void heard(ByteBuffer message);

    /// The server, or the network, ended it.
    void ended(String why);
  }

  private enum Stage {
    CONNECTING,
    UPGRADING,
    SHAKING_HANDS,
    OPEN,
    ENDED
  }

  private final SocketChannel socket;
  private final SelectionKey key;
  private final String target;
  private final boolean stuck;
  private final Ear ear;
  private Stage stage = Stage.CONNECTING;
  private byte @Nullable [] rest;

  /// @param stuck whether it reads nothing after the handshake
  public LoadClient(Selector selector, int port, String target, boolean stuck, Ear ear)
      throws IOException {
    this.target = target;
    this.stuck = stuck;
    this.ear = ear;
    socket = SocketChannel.open();
    if (stuck) {
      socket.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
    }
    socket.configureBlocking(false);
    key = socket.register(selector, SelectionKey.OP_CONNECT, this);
    if (socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
      connected();
    }
  }

  boolean open() {
    return stage == Stage.OPEN;
  }

  boolean ended() {
    return stage == Stage.ENDED;
  }

  /// The selector found something to do.
  public void ready() {
    try {
      if (stage == Stage.CONNECTING) {
        if (socket.finishConnect()) {
          connected();
        }
      } else if (stage != Stage.ENDED) {
        read();
      }
    } catch (IOException e) {
      end(stage + ": " + e.getMessage());
    }
  }

  private void connected() throws IOException {
    key.interestOps(SelectionKey.OP_READ);
    stage = Stage.UPGRADING;
    String request =
        "GET "
            + target
            + " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    write(request.getBytes(StandardCharsets.US_ASCII));
  }

  private void write(byte[] bytes) throws IOException {
    if (socket.write(ByteBuffer.wrap(bytes)) != bytes.length) {
      throw new IOException("the server does not read");
    }
  }

  private void read() throws IOException {
    READ.clear();
    if (rest != null) {
      READ.put(rest);
      rest = null;
    }
    if (socket.read(READ) < 0) {
      end(stage + ": end of the stream");
      return;
    }
    READ.flip();
    if (stage == Stage.UPGRADING) {
      upgrade();
    }
    while (stage != Stage.ENDED && frame()) {}
    if (stage != Stage.ENDED && READ.hasRemaining()) {
      rest = new byte[READ.remaining()];
      READ.get(rest);
    }
  }

  private void upgrade() throws IOException {
    String answer = new String(READ.array(), 0, READ.limit(), StandardCharsets.US_ASCII);
    int end = answer.indexOf("\r\n\r\n");
    if (end < 0) {
      return;
    }
    if (!answer.startsWith("HTTP/1.1 101")) {
      end(answer.lines().findFirst().orElse("no answer"));
      return;
    }
    READ.position(end + 4);
    stage = Stage.SHAKING_HANDS;
    write(HANDSHAKE);
  }

  /// Takes one frame.
  ///
  /// @return whether there was a whole one
  private boolean frame() {
    int at = READ.position();
    if (stage == Stage.UPGRADING || READ.remaining() < 2) {
      return false;
    }
    int length = READ.get(at + 1);
    int head = 2;
    if (length == 126) {
      if (READ.remaining() < 4) {
        return false;
      }
      length = READ.getShort(at + 2) & 0xffff;
      head = 4;
    }
    if (READ.remaining() < head + length) {
      return false;
    }
    ByteBuffer message = READ.slice(at + head, length);
    int opcode = READ.get(at) & 0x0f;
    READ.position(at + head + length);
    if (opcode == CLOSE) {
      int code = length < 2 ? 1005 : message.getShort() & 0xffff;
      end(code + " " + StandardCharsets.UTF_8.decode(message));
    } else if (stage == Stage.SHAKING_HANDS) {
      stage = Stage.OPEN;
      if (stuck) {
        key.interestOps(0);
      }
      ear.opened();
    } else {
      ear.heard(message);
    }
    return true;
  }

  /// Says that it lives, as the clients of today do.
  public void ping() {
    if (stage == Stage.OPEN) {
      try {
        write(PING);
      } catch (IOException e) {
        end("ping: " + e.getMessage());
      }
    }
  }

  /// Goes, in good order or as one whose network went.
  void leave(boolean orderly) throws IOException {
    if (stage != Stage.ENDED) {
      stage = Stage.ENDED;
      if (orderly) {
        write(GOODBYE);
      } else {
        socket.setOption(StandardSocketOptions.SO_LINGER, 0);
      }
      socket.close();
    }
  }

  private void end(String why) {
    stage = Stage.ENDED;
    try {
      socket.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    ear.ended(why);
  }

  private static byte[] masked(int first, String text) {
    byte[] payload = text.getBytes(StandardCharsets.ISO_8859_1);
    byte[] frame = new byte[payload.length + 6];
    frame[0] = (byte) first;
    frame[1] = (byte) (0x80 | payload.length);
    System.arraycopy(payload, 0, frame, 6, payload.length);
    return frame;
  }
}
