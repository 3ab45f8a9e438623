package io.wardbell.demo;

import java.util.List;
import java.util.stream.Collectors;

/// Where the server's statements differ from one database to the next.
enum Dialect {
  /// Saves with INSERT … ON CONFLICT DO UPDATE.
  POSTGRESQL;

  /// Writes the whole row, new or not.
  String save(String table, List<String> columns, List<String> key) {
    return switch (this) {
      case POSTGRESQL ->
          insert(table, columns)
              + " ON CONFLICT ("
              + String.join(", ", key)
              + ") DO UPDATE SET "
              + columns.stream().map(c -> c + " = EXCLUDED." + c).collect(Collectors.joining(", "));
    };
  }

  /// Writes a relation's row unless it is there.
  String relate(String table, List<String> columns) {
    return switch (this) {
      case POSTGRESQL -> insert(table, columns) + " ON CONFLICT DO NOTHING";
    };
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
    };
  }
}
