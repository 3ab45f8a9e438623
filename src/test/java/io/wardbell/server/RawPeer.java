package io.wardbell.server;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/// A WebSocket client made by hand, for what real libraries never do.
final class RawPeer implements AutoCloseable {
  static final int TEXT = 1;
  static final int BINARY = 2;
  static final int CLOSE = 8;
  static final int PING = 9;

  /// One frame from the server; the end of the connection has no opcode.
  @SuppressWarnings("ArrayRecordComponent") // compared by its text
  record Frame(int opcode, byte[] payload) {
    static final Frame END = new Frame(-1, new byte[0]);

    String hex() {
      return HexFormat.of().formatHex(payload);
    }

    String text() {
      return new String(payload, StandardCharsets.UTF_8);
    }

    int closeCode() {
      return ((payload[0] & 0xff) << 8) | (payload[1] & 0xff);
    }
  }

  private final Socket socket;
  private final DataInputStream in;
  private final OutputStream out;

  /// What the server answered to the request, headers included.
  final String answer;

  private RawPeer(Socket socket, String request) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(10_000);
    in = new DataInputStream(socket.getInputStream());
    out = socket.getOutputStream();
    out.write(request.getBytes(StandardCharsets.ISO_8859_1));
    out.flush();
    StringBuilder head = new StringBuilder();
    while (!head.toString().endsWith("\r\n\r\n")) {
      int c = in.read();
      if (c < 0) {
        break;
      }
      head.append((char) c);
    }
    answer = head.toString();
  }

  /// Sends any request.
  static RawPeer request(int port, String request) {
    try {
      return new RawPeer(new Socket(InetAddress.getLoopbackAddress(), port), request);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Asks for an upgrade.
  ///
  /// @param version `HTTP/1.1` or `HTTP/1.0`
  /// @param headers more headers, each with its line end
  static RawPeer upgrade(int port, String target, String version, String headers) {
    return request(
        port,
        "GET "
            + target
            + " "
            + version
            + "\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            + headers
            + "\r\n");
  }

  int status() {
    return Integer.parseInt(answer.substring(9, 12));
  }

  void sendHex(int opcode, String hex) {
    send(opcode, HexFormat.of().parseHex(hex));
  }

  void send(int opcode, byte[] payload) {
    frame(0x80 | opcode, payload);
  }

  /// A frame that is not the message's last; the ones after the first have opcode 0.
  void sendPart(int opcode, byte[] payload) {
    frame(opcode, payload);
  }

  private void frame(int first, byte[] payload) {
    try {
      byte[] head =
          payload.length < 126
              ? new byte[] {(byte) first, (byte) (0x80 | payload.length), 0, 0, 0, 0}
              : new byte[] {
                (byte) first,
                (byte) (0x80 | 126),
                (byte) (payload.length >> 8),
                (byte) payload.length,
                0,
                0,
                0,
                0
              };
      out.write(head);
      out.write(payload);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The next frame, waited for at most 10 s.
  Frame next() {
    try {
      int first = in.read();
      if (first < 0) {
        return Frame.END;
      }
      int length = in.readUnsignedByte();
      if (length == 126) {
        length = in.readUnsignedShort();
      }
      byte[] payload = new byte[length];
      in.readFully(payload);
      return new Frame(first & 0x0f, payload);
    } catch (SocketException e) {
      return Frame.END;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What is left of the answer to a request that was no upgrade.
  String body() {
    try {
      socket.setSoTimeout(300);
      StringBuilder body = new StringBuilder();
      try {
        for (int c = in.read(); c >= 0; c = in.read()) {
          body.append((char) c);
        }
      } catch (SocketTimeoutException e) {
        return body.toString(); // the connection is kept for the next request
      }
      return body.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
