package io.wardbell.change;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Which tables and columns a source is to read. A source tolerates that a database lacks some:
/// older servers do.
///
/// @param tables in the order in which a snapshot should read them
public record Capture(SequencedMap<String, Table> tables) {
  /// @param key the columns that identify a row
  /// @param columns all columns to read, the key's among them
  /// @param later those of them that are done without where they cannot be read, because the oldest
  ///   servers lack them
  /// @param required whether every server since 1.17 has it
  public record Table(List<String> key, List<String> columns, Set<String> later, boolean required) {
    /// Defensive copies.
    public Table {
      key = List.copyOf(key);
      columns = List.copyOf(columns);
      later = Set.copyOf(later);
    }

    /// A table that has these columns since it is there.
    public Table(List<String> key, List<String> columns, boolean required) {
      this(key, columns, Set.of(), required);
    }

    /// The same with a column that came later.
    public Table andLater(String column) {
      return new Table(
          key,
          Stream.concat(columns.stream(), Stream.of(column)).toList(),
          Stream.concat(later.stream(), Stream.of(column)).collect(Collectors.toSet()),
          required);
    }
  }

  /// A defensive copy that keeps the order.
  public Capture {
    tables = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(tables));
  }
}
