package io.wardbell.source.engine;

import io.wardbell.change.Capture;
import io.wardbell.change.SourceFault;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What `wardbell doctor` says of a MariaDB or MySQL database: what [BinlogPreflight] found, and
/// how long the log is kept.
final class BinlogExamination {
  private BinlogExamination() {}

  static Examination of(BinlogDatabase database, Capture capture) throws SourceFault {
    BinlogConnections connections = new BinlogConnections(database);
    try (Connection connection = connections.open()) {
      BinlogPlan plan = new BinlogPreflight(database, capture).check(connection);
      List<String> good = new ArrayList<>();
      good.add(
          "%s answers: %s %s"
              .formatted(
                  database.where(),
                  plan.server().label(),
                  connection.getMetaData().getDatabaseProductVersion()));
      good.add("the binary log is on, with whole rows (binlog_format ROW, binlog_row_image FULL)");
      good.add("user %s may read it".formatted(database.user()));
      good.add("%d tables are there, with their grants".formatted(plan.tables().size()));
      List<String> advice = new ArrayList<>();
      if (neverPurged(connection)) {
        advice.add(
            "the binary log is never purged and will fill the disk: run SET GLOBAL"
                + " binlog_expire_logs_seconds = 86400; and put it into my.cnf [WB-MY-30]");
      }
      return new Examination(good, plan.faults(), advice);
    } catch (SQLException e) {
      throw connections.explain(e);
    }
  }

  private static boolean neverPurged(Connection connection) throws SQLException {
    Map<String, String> settings = BinlogSettingsCheck.read(connection);
    List<String> kept =
        Stream.of("binlog_expire_logs_seconds", "expire_logs_days")
            .filter(settings::containsKey)
            .map(settings::get)
            .toList();
    return !kept.isEmpty() && kept.stream().allMatch(time -> Double.parseDouble(time) == 0);
  }
}
