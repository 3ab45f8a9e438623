package io.wardbell.bench;

import io.undertow.Undertow;
import io.undertow.websockets.WebSocketConnectionCallback;
import io.undertow.websockets.WebSocketProtocolHandshakeHandler;
import io.undertow.websockets.core.AbstractReceiveListener;
import io.undertow.websockets.core.BufferedBinaryMessage;
import io.undertow.websockets.core.BufferedTextMessage;
import io.undertow.websockets.core.WebSocketChannel;
import io.undertow.websockets.core.WebSockets;
import io.undertow.websockets.core.protocol.version13.Hybi13Handshake;
import io.wardbell.hub.signalr.Protocol;
import io.wardbell.hub.signalr.ServerMessage;
import io.wardbell.hub.signalr.Value;
import io.wardbell.server.LoadMark;
import io.wardbell.server.Memory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.xnio.Options;
import org.xnio.XnioIoThread;

/// What the hub is measured beside: Undertow with the same buffers, which keeps a list of its
/// WebSockets and sends each of them the same bytes as the hub does, from their own I/O threads.
/// Nothing is limited, checked or counted. Does what its input says, as [LoadServer] does.
final class BareServer {
  private final Map<XnioIoThread, Queue<WebSocketChannel>> sockets = new ConcurrentHashMap<>();
  private int changes;
  private int probes;

  private BareServer() {}

  public static void main(String[] args) throws Exception {
    BareServer bare = new BareServer();
    Path folder = Path.of(args[0]);
    Files.writeString(folder.resolve("targets"), "member /\n".repeat(Integer.parseInt(args[1])));
    WebSocketConnectionCallback open = (_, channel) -> bare.opened(channel);
    Undertow server =
        Undertow.builder()
            .addHttpListener(0, "127.0.0.1")
            .setBufferSize(1024)
            .setDirectBuffers(true)
            .setSocketOption(Options.TCP_NODELAY, true)
            .setHandler(new WebSocketProtocolHandshakeHandler(List.of(new Hybi13Handshake()), open))
            .build();
    server.start();
    int port = ((InetSocketAddress) server.getListenerInfo().getFirst().getAddress()).getPort();
    System.out.println("port " + port);
    try (var input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
      for (String line = input.readLine(); line != null; line = input.readLine()) {
        bare.obey(line.split(" "));
      }
    }
    server.stop();
  }

  private void opened(WebSocketChannel channel) {
    channel.getReceiveSetter().set(new Answer());
    channel.resumeReceives();
    sockets.computeIfAbsent(channel.getIoThread(), _ -> new ConcurrentLinkedQueue<>()).add(channel);
  }

  private void obey(String[] words) throws IOException, InterruptedException {
    switch (words[0]) {
      case "stats" ->
          System.out.printf(
              "stats %d %d %d 0%n",
              Memory.liveHeapBytes(),
              Memory.processBytes(),
              sockets.values().stream().mapToInt(Queue::size).sum());
      case "change" -> {
        long begun = System.nanoTime();
        send(item(LoadMark.text('C', ++changes)));
        System.out.println("change " + changes + " " + (System.nanoTime() - begun) / 1000);
      }
      case "probes" -> {
        for (int i = 0; i < Integer.parseInt(words[1]); i++) {
          send(request(LoadMark.text('P', ++probes)));
        }
        System.out.println("probes " + probes);
      }
      case "pace" -> {
        LoadMark.pace(
            Double.parseDouble(words[1]),
            Integer.parseInt(words[2]),
            () -> send(request(LoadMark.text('P', ++probes))));
        System.out.println("pace " + probes);
      }
      default -> throw new IllegalArgumentException(words[0]);
    }
  }

  private void send(byte[] message) {
    sockets.forEach((thread, channels) ->
        thread.execute(() -> {
          for (WebSocketChannel channel : channels) {
            WebSockets.sendBinary(ByteBuffer.wrap(message), channel, null);
          }
        }));
  }

  private static byte[] item(String id) {
    SequencedMap<String, Value> payload = new LinkedHashMap<>();
    payload.put("Id", new Value.Text(id));
    payload.put("UserId", new Value.Nil());
    payload.put("OrganizationId", new Value.Text("00000000-0000-4000-8000-0000000000f1"));
    payload.put("CollectionIds", new Value.Nil());
    payload.put("RevisionDate", new Value.Date(Instant.EPOCH));
    return message(0, payload, new Value.Nil());
  }

  static byte[] request(String id) {
    SequencedMap<String, Value> payload = new LinkedHashMap<>();
    payload.put("Id", new Value.Text(id));
    payload.put("UserId", new Value.Text("00000000-0000-4000-8000-0000000000f2"));
    return message(15, payload, new Value.Text("00000000-0000-4000-8000-0000000000f3"));
  }

  private static byte[] message(int type, SequencedMap<String, Value> payload, Value context) {
    SequencedMap<String, Value> argument = new LinkedHashMap<>();
    argument.put("Type", new Value.Whole(type));
    argument.put("Payload", new Value.Fields(payload));
    argument.put("ContextId", context);
    return Protocol.MESSAGE_PACK.encode(
        new ServerMessage.Invocation("ReceiveMessage", List.of(new Value.Fields(argument))));
  }

  /// Answers the handshake, and nothing else.
  private static final class Answer extends AbstractReceiveListener {
    @Override
    protected void onFullTextMessage(WebSocketChannel channel, BufferedTextMessage message) {
      WebSockets.sendText("{}\u001e", channel, null);
    }

    @Override
    protected void onFullBinaryMessage(WebSocketChannel channel, BufferedBinaryMessage message) {
      message.getData().free();
    }
  }
}
