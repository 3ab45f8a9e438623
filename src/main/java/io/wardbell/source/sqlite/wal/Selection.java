package io.wardbell.source.sqlite.wal;

/// Which tables and columns are read. The columns of a table's key are read in any case.
public interface Selection {
  /// No table.
  Selection NOTHING =
      new Selection() {
        @Override
        public boolean includesTable(String table) {
          return false;
        }

        @Override
        public boolean includesColumn(String table, String column) {
          return false;
        }
      };

  /// Whether to follow this table.
  boolean includesTable(String table);

  /// Whether to keep this column of a table that is followed.
  boolean includesColumn(String table, String column);
}
