package io.wardbell.ops;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/// One connection as a client makes it, step by step, so that what breaks can be named. One thread;
/// every wait and every size has a limit.
final class WalkSocket implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 8_000;
  private static final int LINE_MAX = 8_192;
  private static final int HEADERS_MAX = 100;
  private static final int BODY_MAX = 4_096;
  private static final int FRAME_MAX = 1 << 20;
  private static final int TEXT = 1;
  private static final int CLOSE = 8;
  private static final int PING = 9;
  private static final int PONG = 10;

  private final SecureRandom random = new SecureRandom();
  private Socket socket = new Socket();
  private InputStream in = InputStream.nullInputStream();
  private OutputStream out = OutputStream.nullOutputStream();

  /// A server's answer.
  ///
  /// @param headers by their names in lower case
  /// @param body its first bytes; empty after an upgrade
  record Answer(int status, Map<String, String> headers, String body) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  void connect(InetSocketAddress address) throws IOException {
    socket.connect(address, TIMEOUT_MILLIS);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    streams();
  }

  void secure(SSLSocketFactory tls, String host, int port) throws IOException {
    SSLSocket secure = (SSLSocket) tls.createSocket(socket, host, port, true);
    SSLParameters parameters = secure.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    if (host.chars().anyMatch(Character::isLetter) && !host.startsWith("[")) {
      // Java by itself tells no name without a dot, such as localhost; browsers do.
      // As bytes, for as text it takes no underscore.
      parameters.setServerNames(List.of(new SNIHostName(host.getBytes(StandardCharsets.US_ASCII))));
    }
    secure.setSSLParameters(parameters);
    socket = secure;
    secure.startHandshake();
    streams();
  }

  private void streams() throws IOException {
    in = new BufferedInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  /// Asks for a page, by HTTP/1.0, so that the answer comes in one piece.
  Answer get(String host, String target) throws IOException {
    return ask(
        """
        GET %s HTTP/1.0
        Host: %s
        Accept: application/json
        User-Agent: wardbell-doctor

        """
            .formatted(target, host));
  }

  /// Asks for a WebSocket.
  Answer upgrade(String host, String target) throws IOException {
    byte[] key = new byte[16];
    random.nextBytes(key);
    return ask(
        """
        GET %s HTTP/1.1
        Host: %s
        Upgrade: websocket
        Connection: Upgrade
        Sec-WebSocket-Version: 13
        Sec-WebSocket-Key: %s
        User-Agent: wardbell-doctor

        """
            .formatted(target, host, Base64.getEncoder().encodeToString(key)));
  }

  private Answer ask(String request) throws IOException {
    out.write(request.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
    String[] first = line().split(" ", 3);
    if (first.length < 2 || !first[0].startsWith("HTTP/") || !first[1].matches("\\d{3}")) {
      throw new IOException("the answer is not HTTP");
    }
    Map<String, String> headers = new TreeMap<>();
    String line = line();
    while (!line.isEmpty()) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
      if (headers.size() > HEADERS_MAX) {
        throw new IOException("the answer has too many headers");
      }
      line = line();
    }
    int status = Integer.parseInt(first[1]);
    return new Answer(status, headers, status == 101 ? "" : body(headers));
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    int next = in.read();
    while (next != '\n') {
      if (next < 0) {
        throw new EOFException("the connection was closed");
      }
      if (line.length() > LINE_MAX) {
        throw new IOException("the answer has too long a line");
      }
      line.append((char) next);
      next = in.read();
    }
    return line.toString().strip();
  }

  private String body(Map<String, String> headers) throws IOException {
    String length = headers.getOrDefault("content-length", "");
    int most = length.matches("\\d{1,6}") ? Integer.parseInt(length) : BODY_MAX;
    try {
      return new String(in.readNBytes(Math.min(most, BODY_MAX)), StandardCharsets.UTF_8);
    } catch (java.net.SocketTimeoutException e) {
      return ""; // An answer without an end: its status says enough.
    }
  }

  /// Sends a text message.
  void say(String text) throws IOException {
    frame(TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  private void frame(int opcode, byte[] data) throws IOException {
    byte[] mask = new byte[4];
    random.nextBytes(mask);
    byte[] frame = new byte[6 + data.length];
    frame[0] = (byte) (0x80 | opcode);
    frame[1] = (byte) (0x80 | data.length); // Less than 126: what is said here is short.
    System.arraycopy(mask, 0, frame, 2, 4);
    for (int i = 0; i < data.length; i++) {
      frame[6 + i] = (byte) (data[i] ^ mask[i % 4]);
    }
    out.write(frame);
    out.flush();
  }

  /// The next message, as text in which any byte is one character.
  ///
  /// @throws java.net.SocketTimeoutException if none comes in time
  /// @throws EOFException if the connection was closed
  String hear(Duration patience) throws IOException {
    socket.setSoTimeout(Math.toIntExact(Math.max(1, patience.toMillis())));
    while (true) {
      int opcode = read() & 0x0f;
      long length = length(read() & 0x7f);
      if (length > FRAME_MAX) {
        throw new IOException("a message is too large");
      }
      byte[] data = in.readNBytes((int) length);
      switch (opcode) {
        case PING -> frame(PONG, data);
        case CLOSE -> throw new EOFException("the connection was closed");
        case PONG -> {} // Not asked for.
        default -> {
          return new String(data, StandardCharsets.ISO_8859_1);
        }
      }
    }
  }

  private long length(int first) throws IOException {
    if (first < 126) {
      return first;
    }
    long length = 0;
    for (int bytes = first == 126 ? 2 : 8; bytes > 0; bytes--) {
      length = length << 8 | read();
    }
    return length & Long.MAX_VALUE;
  }

  private int read() throws IOException {
    int next = in.read();
    if (next < 0) {
      throw new EOFException("the connection was closed");
    }
    return next;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
