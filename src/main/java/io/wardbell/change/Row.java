package io.wardbell.change;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The values of one row, in Java's own types: `String`, `Long`, `Boolean`, [Instant] or null.
///
/// Sources differ in what they call a truth value (PostgreSQL `boolean`, MySQL `TINYINT(1)`, SQLite
/// an integer); the readers here accept each. Has no `toString` that shows values: a row may hold a
/// security stamp, and rows get logged.
public final class Row {
  private final Columns columns;
  private final @Nullable Object[] values;

  /// @param values one for each column, not copied
  public Row(Columns columns, @Nullable Object[] values) {
    this.columns = columns;
    this.values = values;
  }

  /// Whether the source delivers this column at all. Older servers lack some.
  public boolean has(String column) {
    return columns.indexOf(column) >= 0;
  }

  private @Nullable Object value(String column) {
    int index = columns.indexOf(column);
    return index < 0 ? null : values[index];
  }

  /// A text; null if it is NULL or the column is missing.
  public @Nullable String text(String column) {
    Object value = value(column);
    return value == null ? null : value.toString();
  }

  /// A number; `fallback` if it is NULL or the column is missing.
  ///
  /// @throws UnreadableRowException if it is no number
  public long number(String column, long fallback) {
    return switch (value(column)) {
      case null -> fallback;
      case Long number -> number;
      case Boolean flag -> flag ? 1 : 0;
      case Object other -> throw unreadable(column, "a number", other);
    };
  }

  /// A truth value; `fallback` if it is NULL or the column is missing.
  ///
  /// @throws UnreadableRowException if it is none
  public boolean flag(String column, boolean fallback) {
    return switch (value(column)) {
      case null -> fallback;
      case Boolean flag -> flag;
      case Long number -> number != 0;
      case Object other -> throw unreadable(column, "a truth value", other);
    };
  }

  /// A date; null if it is NULL or the column is missing.
  ///
  /// @throws UnreadableRowException if it is none
  public @Nullable Instant date(String column) {
    return switch (value(column)) {
      case null -> null;
      case Instant date -> date;
      case Object other -> throw unreadable(column, "a date", other);
    };
  }

  private static UnreadableRowException unreadable(String column, String wanted, Object got) {
    return new UnreadableRowException(
        "column %s should hold %s, but came as %s"
            .formatted(column, wanted, got.getClass().getSimpleName()));
  }
}
