package io.wardbell.source.engine;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The server's own settings, as far as the log depends on them.
final class BinlogSettingsCheck {
  private static final Pattern RELEASE = Pattern.compile("(?:5\\.5\\.5-)?(\\d+)\\.(\\d+).*");

  private BinlogSettingsCheck() {}

  static Map<String, String> read(Connection connection) throws SQLException {
    Map<String, String> settings = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                """
                SHOW GLOBAL VARIABLES WHERE Variable_name IN
                  ('version', 'log_bin', 'binlog_format', 'binlog_row_image', 'log_bin_compress',
                   'gtid_mode', 'read_only', 'server_id',
                   'binlog_expire_logs_seconds', 'expire_logs_days',
                   'rpl_semi_sync_source_enabled', 'rpl_semi_sync_source_timeout',
                   'rpl_semi_sync_master_enabled', 'rpl_semi_sync_master_timeout')
                """)) {
      while (rows.next()) {
        settings.put(rows.getString(1).toLowerCase(Locale.ROOT), rows.getString(2));
      }
    }
    return settings;
  }

  /// All that is wrong, one line each.
  static List<String> faults(BinlogServer server, Map<String, String> settings) {
    List<String> faults = new ArrayList<>();
    String version = settings.getOrDefault("version", "");
    if (isOlder(server, version)) {
      faults.add(
          "the server is %s %s, Wardbell needs %s or later [WB-MY-01]"
              .formatted(server.label(), version, server == BinlogServer.MARIADB ? "10.6" : "8.0"));
    }
    if (!"ON".equals(settings.get("log_bin"))) {
      faults.add(binlogOff(server));
    } else {
      checkFormat(server, settings, faults);
    }
    if ("0".equals(settings.get("server_id"))) {
      faults.add(
          "server_id is 0, which lets nobody read the log: add the line server_id=1 below [mysqld]"
              + " in my.cnf and restart the server [WB-MY-04]");
    }
    if ("ON".equals(settings.get("read_only")) || "1".equals(settings.get("read_only"))) {
      faults.add(
          "this server is read-only: point WARDBELL_DATABASE_URL at the one that the vault server"
              + " writes to [WB-MY-05]");
    }
    return faults;
  }

  private static boolean isOlder(BinlogServer server, String version) {
    Matcher release = RELEASE.matcher(version);
    if (!release.matches()) {
      return false; // Told by what does not work, if anything.
    }
    int major = Integer.parseInt(release.group(1));
    int minor = Integer.parseInt(release.group(2));
    return switch (server) {
      case MARIADB -> major < 10 || (major == 10 && minor < 6);
      case MYSQL -> major < 8;
    };
  }

  private static String binlogOff(BinlogServer server) {
    return switch (server) {
      case MARIADB ->
          "the binary log is off: below [mysqld] in my.cnf add the lines log_bin=binlog,"
              + " binlog_format=ROW and binlog_expire_logs_seconds=86400 (one day is plenty), and"
              + " restart the server [WB-MY-02]";
      case MYSQL ->
          "the binary log is off: take skip_log_bin, disable_log_bin or log_bin=0 out of my.cnf and"
              + " restart the server [WB-MY-02]";
    };
  }

  private static void checkFormat(
      BinlogServer server, Map<String, String> settings, List<String> faults) {
    String format = settings.getOrDefault("binlog_format", "ROW"); // Gone once there is no other.
    if (!format.equals("ROW")) {
      faults.add(
          ("binlog_format is %s, it has to be ROW: below [mysqld] in my.cnf add the line"
                  + " binlog_format=ROW, restart the server, and then the vault server [WB-MY-03]")
              .formatted(format));
    }
    String image = settings.getOrDefault("binlog_row_image", "FULL");
    if (!image.equals("FULL")) {
      faults.add(
          ("binlog_row_image is %s, it has to be FULL: below [mysqld] in my.cnf add the line"
                  + " binlog_row_image=FULL, restart the server, and then the vault server [WB-MY-06]")
              .formatted(image));
    }
    if (server == BinlogServer.MARIADB && "ON".equals(settings.get("log_bin_compress"))) {
      faults.add(
          "log_bin_compress is ON, which Debezium cannot read: run SET GLOBAL log_bin_compress ="
              + " OFF; and take it out of my.cnf [WB-MY-07]");
    }
  }
}
