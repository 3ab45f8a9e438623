package io.wardbell.vault;

import io.wardbell.change.Row;
import io.wardbell.change.UnreadableRowException;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Reads a row's columns as the vault's own types. Every method throws [UnreadableRowException] for
/// a value that the schema does not allow.
final class Fields {
  private Fields() {}

  static <K extends Kind> Id<K> id(Row row, String column) {
    @Nullable Id<K> id = optionalId(row, column);
    if (id == null) {
      throw new UnreadableRowException("column " + column + " is empty or missing");
    }
    return id;
  }

  static <K extends Kind> @Nullable Id<K> optionalId(Row row, String column) {
    @Nullable String text = row.text(column);
    return text == null || text.isBlank() ? null : Id.of(text);
  }

  static Instant date(Row row, String column) {
    @Nullable Instant date = row.date(column);
    if (date == null) {
      throw new UnreadableRowException("column " + column + " is empty or missing");
    }
    return date;
  }

  static @Nullable String text(Row row, String column) {
    @Nullable String text = row.text(column);
    return text == null || text.isBlank() ? null : text.strip();
  }
}
