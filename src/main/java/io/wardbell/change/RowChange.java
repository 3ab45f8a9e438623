package io.wardbell.change;

/// What happened to one row.
///
/// There is no insert and no update: the log's word for it depends on the server (`REPLACE INTO` is
/// a delete and an insert), so whether a key is new is for the model to say. Likewise a write that
/// leaves all captured columns as they were is delivered as an [Upserted] like any other; the
/// model, which alone knows the row before on every database, calls it touched.
public sealed interface RowChange {
  /// The table's name, without schema or database.
  String table();

  /// The row, of which only the key can be relied on if it is gone.
  default Row row() {
    return switch (this) {
      case Upserted(_, var after) -> after;
      case Replaced(_, var after) -> after;
      case Deleted(_, var key) -> key;
    };
  }

  /// The row exists and now has these values.
  record Upserted(String table, Row after) implements RowChange {
    @Override
    public String toString() {
      return "upserted a row of " + table;
    }
  }

  /// The row was deleted and inserted anew under its key, in one transaction (`REPLACE INTO`, where
  /// other tables refer to the row). An update, but for one thing: rows of other tables that go
  /// with it by `ON DELETE CASCADE` are gone. Only sources say this whose log lacks cascades.
  record Replaced(String table, Row after) implements RowChange {
    @Override
    public String toString() {
      return "replaced a row of " + table;
    }
  }

  /// The row is gone. Only the key's columns can be relied on: PostgreSQL invents values for
  /// others.
  record Deleted(String table, Row key) implements RowChange {
    @Override
    public String toString() {
      return "deleted a row of " + table;
    }
  }
}
