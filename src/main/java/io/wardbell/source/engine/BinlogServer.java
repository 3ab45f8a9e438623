package io.wardbell.source.engine;

/// The two servers with a binary log, where they differ.
enum BinlogServer {
  MARIADB("mariadb", "MariaDB", "io.debezium.connector.mariadb.MariaDbConnector", "BINLOG MONITOR"),
  MYSQL("mysql", "MySQL", "io.debezium.connector.mysql.MySqlConnector", "REPLICATION CLIENT");

  private final String folder;
  private final String label;
  private final String connector;
  private final String statusPrivilege;

  BinlogServer(String folder, String label, String connector, String statusPrivilege) {
    this.folder = folder;
    this.label = label;
    this.connector = connector;
    this.statusPrivilege = statusPrivilege;
  }

  /// @param version what `VERSION()` says
  static BinlogServer of(String version) {
    return version.contains("MariaDB") ? MARIADB : MYSQL;
  }

  /// Its folder under `connectors`.
  String folder() {
    return folder;
  }

  /// For people.
  String label() {
    return label;
  }

  /// Debezium's class.
  String connector() {
    return connector;
  }

  /// What lets a role ask where the log ends.
  String statusPrivilege() {
    return statusPrivilege;
  }

  /// Debezium's word for TLS, given that the server has it.
  String tlsMode(BinlogDatabase.Tls tls, boolean encrypted) {
    if (!encrypted) {
      return this == MARIADB ? "disable" : "disabled";
    }
    return switch (tls.mode()) {
      case DISABLED, PREFERRED, REQUIRED -> this == MARIADB ? "trust" : "required";
      case VERIFY_CA -> this == MARIADB ? "verify-ca" : "verify_ca";
      case VERIFY_IDENTITY -> this == MARIADB ? "verify-full" : "verify_identity";
    };
  }
}
