package io.wardbell.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One row with every column that its table has in the attached database, as the server writes it.
/// Setting a column that an older release does not have does nothing.
final class Row {
  private final String table;
  private final Map<String, @Nullable Object> values;

  /// All columns null.
  Row(String table, List<String> columns) {
    this.table = table;
    this.values = new LinkedHashMap<>();
    columns.forEach(c -> values.put(c, null));
  }

  String table() {
    return table;
  }

  Row set(String column, @Nullable Object value) {
    if (values.containsKey(column)) {
      values.put(column, value);
    }
    return this;
  }

  @Nullable Object get(String column) {
    return values.get(column);
  }

  /// The text of a column that must not be null.
  String text(String column) {
    return String.valueOf(Objects.requireNonNull(values.get(column), table + "." + column));
  }

  /// The number in a column that must not be null.
  int number(String column) {
    return Integer.parseInt(text(column));
  }

  List<String> columns() {
    return List.copyOf(values.keySet());
  }

  List<@Nullable Object> values() {
    return new ArrayList<>(values.values());
  }
}
