package io.wardbell.source.sqlite.wal;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Everything that is followed, at one instant.
///
/// @param header of the database
/// @param journal what a database in rollback-journal mode was read at; null in WAL mode
/// @param schema the schema table
/// @param tables by name; the one thing in here that changes, as commits are applied
record Picture(
    DatabaseHeader header,
    @Nullable JournalMark journal,
    TableShadow schema,
    Map<String, TableShadow> tables) {

  Picture withSchema(TableShadow newSchema) {
    return new Picture(header, journal, newSchema, tables);
  }
}
