package io.wardbell.config;

import java.util.List;

/// A database as the vault server's DATABASE_URL names it. No case shows its password when printed.
public sealed interface DatabaseUrl permits PostgresqlUrl, MysqlUrl, SqliteFile {
  /// Recognises the forms by the rules of the server: `mysql:`, `postgresql:` and `postgres:`, and
  /// everything else is SQLite.
  ///
  /// @throws IllegalArgumentException with what would be right; never quotes a password
  static DatabaseUrl parse(String text) {
    if (text.startsWith("postgresql:") || text.startsWith("postgres:")) {
      return PostgresqlUrlParser.parse(text);
    }
    if (text.startsWith("mysql:")) {
      return MysqlUrl.parse(text);
    }
    return SqliteFile.parse(text);
  }

  /// The same with another password; a database without passwords stays as it is.
  DatabaseUrl withPassword(Secret password);

  /// Whether there is somebody to log in to; a file has only its permissions.
  boolean hasLogin();

  /// What the user asked for and will not get, one line each, for the log; nothing that makes the
  /// connection less safe, which is refused instead.
  List<String> ignored();

  /// The database's name for people and for the folders under `connectors`.
  String product();
}
