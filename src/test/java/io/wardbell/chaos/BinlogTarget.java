package io.wardbell.chaos;

import io.wardbell.StallingProxy;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.TestBinlogServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// MariaDB or MySQL with the role that `setup.sql` makes, and a network in between.
final class BinlogTarget implements Target {
  private final TestBinlogServer server;
  private final StallingProxy proxy;
  private final SavedRows saved = new SavedRows(this, true);

  BinlogTarget(TestBinlogServer.Product product) throws Exception {
    server = TestBinlogServer.start(product);
    proxy = new StallingProxy(server.port());
    try (Connection connection = connect()) {
      ServerSchema.mysql().create(connection);
    }
    server.setUp();
  }

  @Override
  public Connection connect() throws SQLException {
    return server.connect();
  }

  @Override
  public Map<String, String> environment(Path folder) {
    return Map.of(
        "WARDBELL_DATABASE_URL",
        "mysql://%s:%s@127.0.0.1:%d/%s"
            .formatted(
                TestBinlogServer.ROLE,
                TestBinlogServer.PASSWORD.replace("@", "%40"),
                proxy.port(),
                TestBinlogServer.DATABASE));
  }

  @Override
  public List<Fault> faults() {
    List<Fault> faults = new ArrayList<>(Network.of(proxy, Duration.ofSeconds(30)));
    faults.add(Fault.restart("database: kill -9", _ -> server.kill(), _ -> server.startAgain()));
    faults.add(
        Fault.restart(
            "database: stopped and started", _ -> server.stop(), _ -> server.startAgain()));
    faults.add(
        Fault.harmless(
            "database: frozen for 0.5-3 s",
            2,
            stage -> {
              server.freeze(true);
              stage.pause(500, 3_000);
              server.freeze(false);
            }));
    faults.add(Fault.sudden("dump thread killed", 3, _ -> kill("command LIKE 'Binlog Dump%'")));
    faults.add(
        Fault.sudden(
            "all connections killed", 2, _ -> kill("user = '" + TestBinlogServer.ROLE + "'")));
    faults.add(
        Fault.sudden(
            "dump thread killed, log purged",
            2,
            _ -> {
              kill("command LIKE 'Binlog Dump%'");
              purge();
            }));
    faults.add(Fault.harmless("log purged", 1, _ -> purge()));
    faults.add(
        new Fault(
            "log begun anew (RESET MASTER)", 1, Duration.ofSeconds(75), _ -> run("RESET MASTER")));
    faults.add(new Fault("rows restored (TRUNCATE)", 2, Duration.ofSeconds(15), saved::restore));
    return faults;
  }

  private void purge() throws SQLException {
    run("FLUSH BINARY LOGS");
    String last = "";
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet logs = statement.executeQuery("SHOW BINARY LOGS")) {
      while (logs.next()) {
        last = logs.getString(1);
      }
    }
    run("PURGE BINARY LOGS TO '" + last + "'");
  }

  private void kill(String which) throws SQLException {
    List<Long> found = new ArrayList<>();
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      try (ResultSet processes =
          statement.executeQuery("SELECT id FROM information_schema.processlist WHERE " + which)) {
        while (processes.next()) {
          found.add(processes.getLong(1));
        }
      }
      for (long id : found) {
        try {
          statement.execute("KILL " + id);
        } catch (SQLException gone) {
          Thread.onSpinWait(); // It ended by itself.
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    proxy.close();
    server.close();
  }
}
