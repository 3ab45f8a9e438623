package io.wardbell.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/// An SQLite database, as the server's client library (diesel) understands it: `sqlite://` and
/// `file:` are SQLite's own URIs, anything else is a path as it stands.
public record SqliteFile(Path path) implements DatabaseUrl {
  /// Another database's connection string, which may hold a password, so that it must not be shown
  /// as a path is.
  private static final Pattern NO_PATH =
      Pattern.compile(
          "(?s)(?:.*\\s)?(?:host|hostaddr|dbname|user|password)\\s*=.*|[^/]*:[^/]*@.*|.*:/.*");

  static SqliteFile parse(String text) {
    if (text.startsWith("sqlite://")) {
      return uri(text.substring("sqlite://".length()));
    }
    if (text.startsWith("file:")) {
      return uri(text.substring("file:".length()));
    }
    if (text.matches("[a-z][a-z0-9+.-]*://.*")) {
      throw new IllegalArgumentException(
          "the database must be postgresql://, mysql://, sqlite:// or a path");
    }
    return of(text);
  }

  /// A parameter after `?` or `#` is SQLite's affair: how to open, never what.
  private static SqliteFile uri(String text) {
    String path = text;
    if (path.startsWith("//")) {
      int slash = path.indexOf('/', 2);
      String authority = slash < 0 ? path.substring(2) : path.substring(2, slash);
      if (slash < 0 || !List.of("", "localhost").contains(authority)) {
        throw new IllegalArgumentException("an SQLite file is on this machine: sqlite:///path");
      }
      path = path.substring(slash);
    }
    return of(PercentCode.decode(path.split("[?#]", 2)[0], "path"));
  }

  private static SqliteFile of(String text) {
    if (text.matches("[\"'].*|.*[\"']")) {
      throw new IllegalArgumentException("take the quotes around it away");
    }
    if (NO_PATH.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "the database must be postgresql://, mysql://, sqlite:// or a path");
    }
    if (text.isEmpty() || text.equals(":memory:")) {
      throw new IllegalArgumentException(
          "name the database's file, as in sqlite://data/db.sqlite3");
    }
    try {
      return new SqliteFile(Path.of(text));
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("name the database's file", e);
    }
  }

  @Override
  public SqliteFile withPassword(Secret password) {
    return this;
  }

  @Override
  public boolean hasLogin() {
    return false;
  }

  @Override
  public List<String> ignored() {
    return List.of();
  }

  @Override
  public String product() {
    return "sqlite";
  }

  @Override
  public String toString() {
    return "sqlite://" + path;
  }
}
