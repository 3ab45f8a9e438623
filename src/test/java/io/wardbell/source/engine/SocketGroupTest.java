package io.wardbell.source.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/// When a server counts as silent.
class SocketGroupTest {
  private static final Duration SNAPSHOT = Duration.ofMinutes(3);
  private final AtomicLong nanoTime = new AtomicLong(42);

  private void pass(Duration time) {
    nanoTime.addAndGet(time.toNanos());
  }

  /// While rows are read nothing comes on the connection that will be read for changes.
  @Test
  void aLongSnapshotIsNoSilence() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        SocketGroup group =
            new SocketGroup("slot", database(server.getLocalPort()), 1_000, nanoTime::get);
        Socket socket = new WakingSocket(group)) {
      socket.connect(InetSocketAddress.createUnresolved("ignored.invalid", 1), 1_000);
      pass(SNAPSHOT);
      assertThat(group.streaming()).isFalse();

      socket.setSoTimeout(1); // The driver asks for the first time whether a change has come.
      assertThat(group.streaming()).isTrue();
      assertThat(group.silentNanos()).isZero();

      pass(Duration.ofSeconds(7));
      socket.setSoTimeout(1); // To ask is not to be answered.
      assertThat(group.silentNanos()).isEqualTo(Duration.ofSeconds(7).toNanos());
    }
  }

  private static PostgresDatabase database(int port) {
    return new PostgresDatabase(
        "127.0.0.1",
        port,
        Optional.empty(),
        "vault",
        "wardbell",
        Optional.empty(),
        "p",
        4_096,
        Map.of());
  }
}
