package io.wardbell.source.sqlite.wal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Cuts SQL into tokens; comments and blanks fall away. Never fails: what is not closed ends with
/// the text.
final class SqlTokens {
  /// @param text without its quotes
  /// @param kind what it is
  record Token(String text, Kind kind) {
    boolean is(String keyword) {
      return kind == Kind.WORD && text.equalsIgnoreCase(keyword);
    }

    boolean isSign(String sign) {
      return kind == Kind.SIGN && text.equals(sign);
    }

    String upper() {
      return kind == Kind.WORD ? text.toUpperCase(Locale.ROOT) : "";
    }
  }

  enum Kind {
    /// A keyword, a bare name, or a number.
    WORD,
    /// A name in double quotes, backquotes or brackets.
    QUOTED,
    /// 'text'
    STRING,
    /// x'00ff'
    BLOB,
    /// One character of any other sort.
    SIGN
  }

  private final String sql;
  private int at;
  private final List<Token> tokens = new ArrayList<>();

  private SqlTokens(String sql) {
    this.sql = sql;
  }

  static List<Token> of(String sql) {
    SqlTokens cutter = new SqlTokens(sql);
    while (cutter.at < sql.length()) {
      cutter.next();
    }
    return cutter.tokens;
  }

  private void next() {
    char c = sql.charAt(at);
    if (Character.isWhitespace(c)) {
      at++;
    } else if (sql.startsWith("--", at)) {
      at = endOf("\n", at);
    } else if (sql.startsWith("/*", at)) {
      at = endOf("*/", at + 2);
    } else if ((c == 'x' || c == 'X') && at + 1 < sql.length() && sql.charAt(at + 1) == '\'') {
      at++;
      quoted('\'', Kind.BLOB);
    } else if (c == '\'') {
      quoted('\'', Kind.STRING);
    } else if (c == '"' || c == '`') {
      quoted(c, Kind.QUOTED);
    } else if (c == '[') {
      quoted(']', Kind.QUOTED);
    } else if (isWord(c) || isPointed(c)) {
      word();
    } else {
      tokens.add(new Token(String.valueOf(c), Kind.SIGN));
      at++;
    }
  }

  private boolean isPointed(char c) {
    return c == '.' && at + 1 < sql.length() && isDigit(sql.charAt(at + 1));
  }

  private int endOf(String mark, int from) {
    int end = sql.indexOf(mark, from);
    return end < 0 ? sql.length() : end + mark.length();
  }

  private void quoted(char close, Kind kind) {
    StringBuilder text = new StringBuilder();
    for (at++; at < sql.length(); at++) {
      char c = sql.charAt(at);
      if (c == close) {
        if (close == ']' || at + 1 >= sql.length() || sql.charAt(at + 1) != close) {
          at++;
          break;
        }
        at++;
      }
      text.append(c);
    }
    tokens.add(new Token(text.toString(), kind));
  }

  private void word() {
    int from = at;
    boolean number = isDigit(sql.charAt(at)) || sql.charAt(at) == '.';
    while (at < sql.length()) {
      char c = sql.charAt(at);
      boolean exponentSign =
          number
              && (c == '+' || c == '-')
              && Character.toLowerCase(sql.charAt(at - 1)) == 'e'
              && !sql.startsWith("0x", from);
      if (!isWord(c) && !(number && c == '.') && !exponentSign) {
        break;
      }
      at++;
    }
    tokens.add(new Token(sql.substring(from, at), Kind.WORD));
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isWord(char c) {
    return c == '_' || c == '$' || c > 0x7f || Character.isLetterOrDigit(c);
  }
}
