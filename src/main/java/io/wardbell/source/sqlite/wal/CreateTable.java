package io.wardbell.source.sqlite.wal;

import io.wardbell.source.sqlite.wal.SqlTokens.Token;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a CREATE TABLE statement says about how rows are stored. SQLite keeps the statement's text
/// in its schema table, with later ALTERs worked in; it has been accepted by SQLite, so only as
/// much is understood as is needed here.
final class CreateTable {
  /// How a column gets its value.
  enum Generated {
    NO,
    /// Computed at each read: not in the record.
    VIRTUAL,
    STORED
  }

  /// @param fallback the literal that stands for the column in records from before it was added
  record Column(
      String name, String type, boolean notNull, @Nullable Object fallback, Generated generated) {}

  private static final Set<String> AFTER_TYPE =
      Set.of(
          "CONSTRAINT",
          "PRIMARY",
          "NOT",
          "NULL",
          "UNIQUE",
          "CHECK",
          "DEFAULT",
          "COLLATE",
          "REFERENCES",
          "GENERATED",
          "AS",
          "ON",
          "DEFERRABLE");
  private static final Set<String> TABLE_CONSTRAINT =
      Set.of("CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN");

  private final List<Column> columns = new ArrayList<>();
  private final List<String> primaryKey = new ArrayList<>();
  private final List<List<String>> uniqueKeys = new ArrayList<>();
  private boolean withoutRowid;
  private boolean descendingColumnKey;

  private CreateTable() {}

  static CreateTable parse(String sql) throws MalformedPageException {
    CreateTable table = new CreateTable();
    List<Token> tokens = SqlTokens.of(sql);
    int open = 0;
    while (open < tokens.size() && !tokens.get(open).isSign("(")) {
      open++;
    }
    int from = open + 1;
    int depth = 0;
    int at = open;
    for (; at < tokens.size(); at++) {
      Token token = tokens.get(at);
      if (token.isSign("(")) {
        depth++;
      } else if (token.isSign(")") && --depth == 0) {
        break;
      } else if (token.isSign(",") && depth == 1) {
        table.item(tokens.subList(from, at));
        from = at + 1;
      }
    }
    if (at >= tokens.size()) {
      throw new MalformedPageException("a table definition that is not understood");
    }
    table.item(tokens.subList(from, at));
    for (int i = at + 1; i + 1 < tokens.size(); i++) {
      table.withoutRowid |= tokens.get(i).is("WITHOUT") && tokens.get(i + 1).is("ROWID");
    }
    return table;
  }

  private void item(List<Token> tokens) {
    if (tokens.isEmpty()) {
      return;
    }
    if (TABLE_CONSTRAINT.contains(tokens.getFirst().upper())) {
      tableConstraint(tokens);
    } else {
      column(tokens);
    }
  }

  private void tableConstraint(List<Token> tokens) {
    for (int i = 0; i < tokens.size(); i++) {
      boolean primary = tokens.get(i).is("PRIMARY") && is(tokens, i + 1, "KEY");
      int open = primary ? i + 2 : i + 1;
      if ((primary || tokens.get(i).is("UNIQUE")) && isSign(tokens, open, "(")) {
        List<String> names = names(tokens, open);
        if (primary) {
          primaryKey.addAll(names);
        } else {
          uniqueKeys.add(names);
        }
      }
      if (isSign(tokens, i, "(")) {
        i = close(tokens, i);
      }
    }
  }

  /// The first word of each item between parentheses.
  private static List<String> names(List<Token> tokens, int open) {
    List<String> names = new ArrayList<>();
    boolean expected = true;
    int end = close(tokens, open);
    for (int i = open + 1; i < end; i++) {
      if (expected) {
        names.add(tokens.get(i).text());
        expected = false;
      } else if (tokens.get(i).isSign(",")) {
        expected = true;
      }
    }
    return names;
  }

  private static int close(List<Token> tokens, int open) {
    int depth = 0;
    for (int i = open; i < tokens.size(); i++) {
      if (tokens.get(i).isSign("(")) {
        depth++;
      } else if (tokens.get(i).isSign(")") && --depth == 0) {
        return i;
      }
    }
    return tokens.size();
  }

  private static boolean is(List<Token> tokens, int i, String keyword) {
    return i < tokens.size() && tokens.get(i).is(keyword);
  }

  private static boolean isSign(List<Token> tokens, int i, String sign) {
    return i < tokens.size() && tokens.get(i).isSign(sign);
  }

  private void column(List<Token> tokens) {
    String name = tokens.getFirst().text();
    StringBuilder type = new StringBuilder();
    int i = 1;
    for (; i < tokens.size() && !AFTER_TYPE.contains(tokens.get(i).upper()); i++) {
      if (tokens.get(i).isSign("(")) {
        i = close(tokens, i);
      } else {
        type.append(type.isEmpty() ? "" : " ").append(tokens.get(i).text());
      }
    }
    boolean notNull = false;
    Object fallback = null;
    Generated generated = Generated.NO;
    for (; i < tokens.size(); i++) {
      switch (tokens.get(i).upper()) {
        case "PRIMARY" -> {
          primaryKey.add(name);
          descendingColumnKey |= is(tokens, i + 2, "DESC");
        }
        case "UNIQUE" -> uniqueKeys.add(List.of(name));
        case "NOT" -> notNull |= is(tokens, i + 1, "NULL");
        case "SET" -> i++; // ON DELETE SET NULL, SET DEFAULT
        case "DEFAULT" -> fallback = literal(tokens, i + 1);
        case "AS" -> {
          int close = isSign(tokens, i + 1, "(") ? close(tokens, i + 1) : i;
          generated = is(tokens, close + 1, "STORED") ? Generated.STORED : Generated.VIRTUAL;
        }
        case "CHECK", "COLLATE", "REFERENCES", "CONSTRAINT" -> {
          // Nothing that is stored depends on them.
        }
        default -> {
          if (tokens.get(i).isSign("(")) {
            i = close(tokens, i);
          }
        }
      }
    }
    columns.add(new Column(name, type.toString(), notNull, fallback, generated));
  }

  private static @Nullable Object literal(List<Token> tokens, int from) {
    int i = from;
    while (isSign(tokens, i, "(")) {
      i++;
    }
    boolean negative = false;
    for (; isSign(tokens, i, "+") || isSign(tokens, i, "-"); i++) {
      negative ^= tokens.get(i).isSign("-");
    }
    if (i >= tokens.size()) {
      return null;
    }
    Token token = tokens.get(i);
    return switch (token.kind()) {
      case STRING, QUOTED -> token.text();
      case BLOB -> blob(token.text());
      case SIGN -> null;
      case WORD -> word(token, negative);
    };
  }

  private static byte @Nullable [] blob(String hex) {
    try {
      return HexFormat.of().parseHex(hex);
    } catch (IllegalArgumentException _) {
      return null; // SQLite would not have accepted it
    }
  }

  private static @Nullable Object word(Token token, boolean negative) {
    String text = token.text();
    switch (token.upper()) {
      case "TRUE" -> {
        return 1L;
      }
      case "FALSE" -> {
        return 0L;
      }
      default -> {
        // A number, or a word such as NULL and CURRENT_TIMESTAMP, which no old record can need.
      }
    }
    try {
      return Long.decode((negative ? "-" : "") + stripZeros(text));
    } catch (NumberFormatException _) {
      try {
        double number = Double.parseDouble(text);
        return negative ? -number : number;
      } catch (NumberFormatException _) {
        return null;
      }
    }
  }

  /// SQL knows no octal numbers.
  private static String stripZeros(String digits) {
    int i = 0;
    boolean hex = digits.startsWith("0x") || digits.startsWith("0X");
    while (!hex && i + 1 < digits.length() && digits.charAt(i) == '0') {
      i++;
    }
    return digits.substring(i);
  }

  List<Column> columns() {
    return columns;
  }

  List<String> primaryKey() {
    return primaryKey;
  }

  List<List<String>> uniqueKeys() {
    return uniqueKeys;
  }

  boolean isWithoutRowid() {
    return withoutRowid;
  }

  /// The column that is another name of the rowid; null if there is none.
  @Nullable String rowidColumn() {
    if (withoutRowid || primaryKey.size() != 1 || descendingColumnKey) {
      return null;
    }
    for (Column column : columns) {
      if (column.name().equalsIgnoreCase(primaryKey.getFirst())) {
        return column.type().equalsIgnoreCase("INTEGER") ? column.name() : null;
      }
    }
    return null;
  }
}
