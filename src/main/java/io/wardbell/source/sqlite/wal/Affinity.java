package io.wardbell.source.sqlite.wal;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What SQLite makes of the values of a column, by its declared type (sqlite.org/datatype3.html
/// §3.1).
public enum Affinity {
  /// The declared type contains INT.
  INTEGER,
  /// CHAR, CLOB or TEXT.
  TEXT,
  /// BLOB, or no type at all.
  BLOB,
  /// REAL, FLOA or DOUB.
  REAL,
  /// Anything else.
  NUMERIC;

  static Affinity of(String declared) {
    String type = declared.toUpperCase(Locale.ROOT);
    if (type.contains("INT")) {
      return INTEGER;
    }
    if (type.contains("CHAR") || type.contains("CLOB") || type.contains("TEXT")) {
      return TEXT;
    }
    if (type.isEmpty() || type.contains("BLOB")) {
      return BLOB;
    }
    if (type.contains("REAL") || type.contains("FLOA") || type.contains("DOUB")) {
      return REAL;
    }
    return NUMERIC;
  }

  /// A literal as the column would store it.
  @Nullable Object apply(@Nullable Object literal) {
    return switch (this) {
      case TEXT -> literal instanceof Number ? literal.toString() : literal;
      case REAL -> number(literal) instanceof Number n ? (Object) n.doubleValue() : literal;
      case INTEGER, NUMERIC -> number(literal);
      case BLOB -> literal;
    };
  }

  private static @Nullable Object number(@Nullable Object literal) {
    if (literal instanceof Double d && d == Math.rint(d) && Math.abs(d) < 1L << 53) {
      return d.longValue();
    }
    if (!(literal instanceof String text)) {
      return literal;
    }
    try {
      return Long.valueOf(text.strip());
    } catch (NumberFormatException _) {
      try {
        return number(Double.valueOf(text.strip()));
      } catch (NumberFormatException _) {
        return literal; // stays a text, as in SQLite
      }
    }
  }
}
