package io.wardbell.source.sqlite.wal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Gathers what happened to tables and rows until it can be given out.
final class TableChanges {
  private final List<RowEvent> rows = new ArrayList<>();
  private final List<TableLayout> defined = new ArrayList<>();
  private final List<TableLayout> dropped = new ArrayList<>();

  /// Of whole tables; those of pages are counted as they are read.
  private final RowLimit limit = RowLimit.compared();

  /// Pages of a table changed under the same definition.
  void edited(TableShadow table, TreeEdit edit) {
    rows.addAll(RowDiff.of(table.layout, rowsOf(edit.gone()), rowsOf(edit.fresh()), false));
  }

  /// Pages of a table changed, and its definition, but not what is kept of a row.
  void redefined(TableLayout before, TableLayout after, TreeEdit edit) {
    define(before, after);
    rows.addAll(
        RowDiff.of(
            after,
            RowDiff.converted(rowsOf(edit.gone()), before, after),
            rowsOf(edit.fresh()),
            true));
  }

  /// The table was read as a whole.
  ///
  /// @param before null if there was none
  /// @param shapeChanged whether record hashes cannot be compared
  void replaced(@Nullable TableShadow before, TableShadow after, boolean shapeChanged) {
    if (before == null) {
      defined.add(after.layout);
      limit.add(after.rows());
      rows.addAll(RowDiff.of(after.layout, List.of(), PictureTaker.rows(after), false));
      return;
    }
    define(before.layout, after.layout);
    List<StoredRow> old = new ArrayList<>();
    List<StoredRow> now = new ArrayList<>();
    before.forEachNode(node -> {
      TreeNode same = after.node(node.page);
      if (same == null || !same.sharesRowsWith(node)) {
        limit.add(node.rows.length);
        old.addAll(List.of(node.rows));
      }
    });
    after.forEachNode(node -> {
      TreeNode same = before.node(node.page);
      if (same == null || !same.sharesRowsWith(node)) {
        limit.add(node.rows.length);
        now.addAll(List.of(node.rows));
      }
    });
    rows.addAll(
        RowDiff.of(
            after.layout,
            RowDiff.converted(old, before.layout, after.layout),
            now,
            shapeChanged || !before.sql.equals(after.sql)));
  }

  private void define(TableLayout before, TableLayout after) {
    if (!before.describesTheSameAs(after)) {
      defined.add(after);
    }
  }

  void dropped(TableShadow table) {
    dropped.add(table.layout);
    limit.add(table.rows());
    rows.addAll(RowDiff.of(table.layout, PictureTaker.rows(table), List.of(), false));
  }

  private static List<StoredRow> rowsOf(List<TreeNode> nodes) {
    List<StoredRow> rows = new ArrayList<>();
    nodes.forEach(node -> rows.addAll(List.of(node.rows)));
    return rows;
  }

  boolean isEmpty() {
    return rows.isEmpty() && defined.isEmpty() && dropped.isEmpty();
  }

  List<RowEvent> rows() {
    return rows;
  }

  List<TableLayout> defined() {
    return defined;
  }

  List<TableLayout> dropped() {
    return dropped;
  }
}
