package io.wardbell.change;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The columns of a table as a source delivers them, found by name and never by position: their
/// order differs between servers and between versions of the vault server. Immutable; one instance
/// serves all rows of the same shape.
public final class Columns {
  private final Map<String, Integer> indexes;

  /// @param names in the order of the values of each [Row]
  public Columns(List<String> names) {
    Map<String, Integer> byName = HashMap.newHashMap(names.size());
    for (int i = 0; i < names.size(); i++) {
      byName.put(names.get(i), i);
    }
    indexes = Map.copyOf(byName);
  }

  /// Where the column's value is; -1 if there is no such column.
  int indexOf(String name) {
    return indexes.getOrDefault(name, -1);
  }
}
