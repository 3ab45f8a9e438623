package io.wardbell.change;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// Which tables and columns a source is to read. A source tolerates that a database lacks some:
/// older servers do.
///
/// @param tables in the order in which a snapshot should read them
public record Capture(SequencedMap<String, Table> tables) {
  /// @param key the columns that identify a row
  /// @param columns all columns to read, the key's among them
  /// @param required whether every server since 1.17 has it
  public record Table(List<String> key, List<String> columns, boolean required) {
    /// Defensive copies.
    public Table {
      key = List.copyOf(key);
      columns = List.copyOf(columns);
    }
  }

  /// A defensive copy that keeps the order.
  public Capture {
    tables = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tables));
  }
}
