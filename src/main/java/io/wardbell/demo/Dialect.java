package io.wardbell.demo;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Where the server's statements differ from one database to the next.
enum Dialect {
  /// Saves with INSERT … ON CONFLICT DO UPDATE.
  POSTGRESQL,

  /// MariaDB and MySQL. Saves with REPLACE, and users with INSERT … ON DUPLICATE KEY UPDATE (the
  /// server did so for all until 1.34).
  MYSQL,

  /// Saves with REPLACE, and users with INSERT … ON CONFLICT DO UPDATE; dates are text.
  SQLITE;

  private static final Pattern RESERVED = Pattern.compile("\\b(groups|key)\\b");

  /// The dialect of a connection's server.
  static Dialect of(Connection connection) throws SQLException {
    return switch (connection.getMetaData().getDatabaseProductName()) {
      case "PostgreSQL" -> POSTGRESQL;
      case "SQLite" -> SQLITE;
      default -> MYSQL;
    };
  }

  /// A statement with the names quoted that the database reserves; keywords are in capitals.
  String quoted(String sql) {
    return switch (this) {
      case POSTGRESQL, SQLITE -> sql;
      case MYSQL -> RESERVED.matcher(sql).replaceAll("`$1`");
    };
  }

  /// Writes the whole row, new or not.
  String save(String table, List<String> columns, List<String> key) {
    return switch (this) {
      case POSTGRESQL -> upsert(table, columns, key);
      case SQLITE -> table.equals("users") ? upsert(table, columns, key) : replace(table, columns);
      case MYSQL ->
          table.equals("users")
              ? insert(table, columns)
                  + " ON DUPLICATE KEY UPDATE "
                  + columns.stream()
                      .map(c -> c + " = VALUES(" + c + ")")
                      .collect(Collectors.joining(", "))
              : replace(table, columns);
    };
  }

  /// Writes a relation's row unless it is there.
  String relate(String table, List<String> columns) {
    return switch (this) {
      case POSTGRESQL -> insert(table, columns) + " ON CONFLICT DO NOTHING";
      case MYSQL, SQLITE -> replace(table, columns);
    };
  }

  private String upsert(String table, List<String> columns, List<String> key) {
    return insert(table, columns)
        + " ON CONFLICT ("
        + String.join(", ", key)
        + ") DO UPDATE SET "
        + columns.stream().map(c -> c + " = EXCLUDED." + c).collect(Collectors.joining(", "));
  }

  private String replace(String table, List<String> columns) {
    return "REPLACE" + insert(table, columns).substring("INSERT".length());
  }

  /// What the server does where [#save] is refused because other rows refer to this one: the key's
  /// columns come last.
  String update(String table, List<String> columns, List<String> key) {
    return "UPDATE %s SET %s WHERE %s"
        .formatted(
            table,
            columns.stream().map(c -> c + " = ?").collect(Collectors.joining(", ")),
            key.stream().map(c -> c + " = ?").collect(Collectors.joining(" AND ")));
  }

  /// A plain insert.
  String insert(String table, List<String> columns) {
    return "INSERT INTO %s (%s) VALUES (%s)"
        .formatted(
            table,
            String.join(", ", columns),
            columns.stream().map(_ -> "?").collect(Collectors.joining(", ")));
  }

  /// True where a save is preceded by a delete of rows that clash on the table's other unique key,
  /// because the conflict clause of [#save] names the primary key alone.
  boolean deletesClashingRowsFirst() {
    return switch (this) {
      case POSTGRESQL -> true;
      case MYSQL, SQLITE -> false;
    };
  }

  /// A value as a statement's parameter. On SQLite the server writes dates as text in UTC, with as
  /// many digits of a second as needed, in threes.
  @Nullable Object parameter(@Nullable Object value) {
    return this == SQLITE && value instanceof LocalDateTime date ? text(date) : value;
  }

  private static String text(LocalDateTime date) {
    String text = date.toString().replace('T', ' ');
    return text.length() == "2026-11-24 10:00".length() ? text + ":00" : text;
  }

  /// Whether the driver gives dates as such.
  boolean readsDates() {
    return switch (this) {
      case POSTGRESQL, MYSQL -> true;
      case SQLITE -> false;
    };
  }
}
