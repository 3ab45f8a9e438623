package io.wardbell.chaos;

import io.wardbell.StallingProxy;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.SetupSql;
import io.wardbell.demo.TestPostgres;
import io.wardbell.demo.ThrowawayPostgres;
import io.wardbell.demo.ThrowawayPostgres.Shutdown;
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

/// PostgreSQL with the role that `setup.sql` makes, and a network in between.
final class PostgresTarget implements Target {
  private static final String WALSENDERS =
      "SELECT pg_terminate_backend(pid) FROM pg_stat_replication";

  private final TestPostgres server;
  private final StallingProxy proxy;
  private final SavedRows saved = new SavedRows(this, false);

  PostgresTarget(TestPostgres.Version version) throws Exception {
    server = TestPostgres.start(version);
    proxy = new StallingProxy(server.port());
    try (Connection connection = connect()) {
      ServerSchema.postgresql().create(connection);
      SetupSql.install(connection);
    }
  }

  @Override
  public Connection connect() throws SQLException {
    return server.connect();
  }

  @Override
  public Map<String, String> environment(Path folder) {
    return Map.of(
        "WARDBELL_DATABASE_URL",
        "postgresql://%s:%s@127.0.0.1:%d/%s"
            .formatted(SetupSql.ROLE, SetupSql.PASSWORD, proxy.port(), ThrowawayPostgres.DATABASE));
  }

  @Override
  public List<Fault> faults() {
    List<Fault> faults = new ArrayList<>(Network.of(proxy, Duration.ofSeconds(25)));
    faults.add(Fault.restart("database: kill -9", _ -> server.kill(), _ -> server.startAgain()));
    faults.add(
        Fault.restart(
            "database: stopped and started",
            _ -> server.stop(Shutdown.FAST),
            _ -> server.startAgain()));
    faults.add(Fault.sudden("walsender terminated", 3, _ -> run(WALSENDERS)));
    faults.add(
        Fault.sudden(
            "all connections terminated",
            2,
            _ ->
                run(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '"
                        + SetupSql.ROLE
                        + "'")));
    faults.add(Fault.sudden("slot dropped", 2, _ -> dropSlots()));
    faults.add(Fault.sudden("slot has to wait for a transaction", 2, this::slotHasToWait));
    faults.add(Fault.sudden("rows restored (TRUNCATE)", 2, saved::restore));
    faults.add(
        new Fault(
            "table left the publication for a while",
            1,
            Duration.ofSeconds(75),
            stage -> {
              run("ALTER PUBLICATION wardbell DROP TABLE folders");
              stage.pause(500, 3_000);
              run("ALTER PUBLICATION wardbell ADD TABLE folders");
            }));
    return faults;
  }

  private void dropSlots() throws SQLException {
    run(WALSENDERS);
    for (int i = 0; i < 20; i++) { // Gone by itself, as a rule.
      try {
        run("SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots");
        return;
      } catch (SQLException active) {
        Pause.millis(20);
      }
    }
  }

  private void slotHasToWait(Fault.Stage stage) throws SQLException {
    try (Connection other = connect();
        Statement statement = other.createStatement()) {
      other.setAutoCommit(false);
      statement.execute("CREATE TEMPORARY TABLE busy (n int)");
      run(WALSENDERS);
      stage.pause(1_000, 5_000);
      other.rollback();
    }
  }

  @Override
  public long retained() {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)), 0)"
                    + " FROM pg_replication_slots")) {
      row.next();
      return row.getLong(1);
    } catch (SQLException e) {
      return 0; // It is away.
    }
  }

  @Override
  public void close() throws IOException {
    proxy.close();
    server.close();
  }
}
