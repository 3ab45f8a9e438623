package io.wardbell.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wardbell.demo.ThrowawayPostgres.Shutdown;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class ThrowawayPostgresIT {
  @ParameterizedTest
  @MethodSource("io.wardbell.demo.TestPostgres$Version#selected")
  void keepsDataThroughStopsAndKillsAndLeavesNothingBehind(TestPostgres.Version version)
      throws Exception {
    Path folder;
    try (ThrowawayPostgres server = ThrowawayPostgres.start(version.binariesJar())) {
      folder = server.socketFolder().getParent();
      sql(server, "CREATE TABLE t (id int PRIMARY KEY)", "INSERT INTO t VALUES (1)");
      assertThat(ask(server, "SHOW wal_level")).isEqualTo("logical");
      assertThat(ask(server, "SHOW server_version")).startsWith(version.major() + ".");

      server.restart(Shutdown.FAST);
      sql(server, "INSERT INTO t VALUES (2)");
      server.restart(Shutdown.IMMEDIATE);
      sql(server, "INSERT INTO t VALUES (3)");
      server.kill();
      server.startAgain();

      assertThat(ask(server, "SELECT count(*) FROM t")).isEqualTo("3");
      assertOnlyLoopbackAnswers(server.port());
    }
    assertThat(Files.exists(folder)).isFalse();
  }

  private static void assertOnlyLoopbackAnswers(int port) throws Exception {
    List<InetAddress> others =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(a -> !a.isLoopbackAddress() && !a.isLinkLocalAddress())
            .toList();
    for (InetAddress other : others) {
      try (Socket socket = new Socket()) {
        assertThatThrownBy(() -> socket.connect(new InetSocketAddress(other, port), 2_000))
            .isInstanceOf(ConnectException.class);
      }
    }
  }

  private static void sql(ThrowawayPostgres server, String... statements) throws SQLException {
    try (Connection c = server.connect();
        Statement s = c.createStatement()) {
      for (String statement : statements) {
        s.execute(statement);
      }
    }
  }

  private static String ask(ThrowawayPostgres server, String query) throws SQLException {
    try (Connection c = server.connect();
        Statement s = c.createStatement();
        ResultSet r = s.executeQuery(query)) {
      r.next();
      return r.getString(1);
    }
  }
}
