package io.wardbell.source.sqlite.wal;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/// A table as it is followed: its included columns in the order of their declaration, and which of
/// them are its key. Immutable; a schema change makes another one.
public final class TableLayout {
  /// @param declaredType as in the CREATE TABLE statement, without lengths; may be empty
  /// @param notNull whether it is declared so
  public record Column(String name, String declaredType, boolean notNull) {
    /// What SQLite makes of the column's values.
    public Affinity affinity() {
      return Affinity.of(declaredType);
    }
  }

  private final String name;
  private final List<Column> columns;
  private final List<String> key;
  final Projection projection;
  final boolean withoutRowid;

  private TableLayout(
      String name,
      List<Column> columns,
      List<String> key,
      Projection projection,
      boolean withoutRowid) {
    this.name = name;
    this.columns = List.copyOf(columns);
    this.key = List.copyOf(key);
    this.projection = projection;
    this.withoutRowid = withoutRowid;
  }

  static TableLayout of(String name, String sql, Selection selection, Charset encoding)
      throws MalformedPageException {
    CreateTable table = CreateTable.parse(sql);
    List<String> key = key(table);
    List<Column> included = new ArrayList<>();
    for (CreateTable.Column c : table.columns()) {
      boolean readable = c.generated() != CreateTable.Generated.VIRTUAL;
      boolean unseen = included.stream().noneMatch(i -> i.name().equals(c.name()));
      boolean wanted = key.contains(c.name()) || selection.includesColumn(name, c.name());
      if (readable && unseen && wanted) {
        included.add(new Column(c.name(), c.type(), c.notNull()));
      }
    }
    List<String> names = included.stream().map(Column::name).toList();
    Projection projection = Projection.of(table, names, key, encoding);
    return new TableLayout(name, included, key, projection, table.isWithoutRowid());
  }

  /// The primary key; or the only unique key; or, of several, the first whose columns cannot be
  /// NULL; or none.
  private static List<String> key(CreateTable table) {
    List<String> primary = declared(table, table.primaryKey(), false);
    if (!primary.isEmpty()) {
      return primary;
    }
    boolean several = table.uniqueKeys().size() > 1;
    for (List<String> unique : table.uniqueKeys()) {
      List<String> names = declared(table, unique, several);
      if (!names.isEmpty()) {
        return names;
      }
    }
    return List.of();
  }

  private static List<String> declared(CreateTable table, List<String> names, boolean onlyNotNull) {
    List<String> found = new ArrayList<>();
    for (String name : names) {
      for (CreateTable.Column c : table.columns()) {
        if (c.name().equalsIgnoreCase(name)) {
          if (c.generated() == CreateTable.Generated.VIRTUAL || (onlyNotNull && !c.notNull())) {
            return List.of();
          }
          if (!found.contains(c.name())) {
            found.add(c.name());
          }
        }
      }
    }
    return found;
  }

  /// The table's name.
  public String name() {
    return name;
  }

  /// The included columns, in the order of a row's values.
  public List<Column> columns() {
    return columns;
  }

  /// The names of the key's columns, in the key's order; empty if the table has no key.
  public List<String> key() {
    return key;
  }

  boolean describesTheSameAs(TableLayout other) {
    return columns.equals(other.columns)
        && key.equals(other.key)
        && projection.keepsTheSameAs(other.projection);
  }

  @Override
  public String toString() {
    return name + columns + " key " + Objects.toString(key);
  }
}
