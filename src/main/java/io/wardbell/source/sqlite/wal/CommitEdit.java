package io.wardbell.source.sqlite.wal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// What one commit makes of a picture. Reads everything first; the picture changes only in
/// [#apply], when what was read has been vouched for.
final class CommitEdit {
  private final Picture picture;
  private final PageReader pages;
  private final Selection selection;
  private final Commit commit;
  private final List<Runnable> steps = new ArrayList<>();

  CommitEdit(Picture picture, PageReader pages, Selection selection, Commit commit) {
    this.picture = picture;
    this.pages = pages;
    this.selection = selection;
    this.commit = commit;
  }

  void read(TableChanges changes)
      throws IOException, GapException, MalformedPageException, InterruptedException {
    TreeEdit schema = new TreeEdit(picture.schema(), pages, commit, false);
    boolean redefined = false;
    if (schema.touches()) {
      schema.walk();
      redefined = changesRows(schema);
      steps.add(() -> schema.apply(picture.schema()));
    }
    if (redefined) {
      readRedefined(Catalog.read(picture.schema().layout, schema.rowsAfter(), selection), changes);
      return;
    }
    for (TableShadow table : picture.tables().values()) {
      TreeEdit edit = new TreeEdit(table, pages, commit, false);
      if (edit.touches()) {
        edit.walk();
        changes.edited(table, edit);
        steps.add(() -> edit.apply(table));
      }
    }
  }

  /// Page 1 changes with nearly every commit; its rows seldom do, and are the same objects then.
  private static boolean changesRows(TreeEdit edit) {
    Set<StoredRow> before = new HashSet<>();
    edit.gone().forEach(node -> before.addAll(List.of(node.rows)));
    Set<StoredRow> after = new HashSet<>();
    edit.fresh().forEach(node -> after.addAll(List.of(node.rows)));
    return !before.equals(after);
  }

  private void readRedefined(Catalog catalog, TableChanges changes)
      throws IOException, GapException, MalformedPageException, InterruptedException {
    for (TableShadow table : picture.tables().values()) {
      String name = table.layout.name();
      if (!catalog.tables().containsKey(name)) {
        changes.dropped(table);
        steps.add(() -> picture.tables().remove(name));
      }
    }
    for (var entry : catalog.tables().entrySet()) {
      String name = entry.getKey();
      Catalog.Definition now = entry.getValue();
      TableShadow table = picture.tables().get(name);
      if (table != null && table.root == now.root() && table.sql.equals(now.sql())) {
        TreeEdit edit = new TreeEdit(table, pages, commit, false);
        if (edit.touches()) {
          edit.walk();
          changes.edited(table, edit);
          steps.add(() -> edit.apply(table));
        }
        continue;
      }
      TableLayout layout = TableLayout.of(name, now.sql(), selection, picture.header().encoding());
      if (table != null
          && table.root == now.root()
          && table.layout.projection.keepsTheSameAs(layout.projection)) {
        redefine(table, layout, now, changes);
        continue;
      }
      TableShadow fresh = new TableShadow(layout, now.sql(), now.root());
      TreeEdit whole = TreeEdit.whole(fresh, pages, false, null);
      whole.walk();
      whole.apply(fresh);
      changes.replaced(table, fresh, false);
      steps.add(() -> picture.tables().put(name, fresh));
    }
  }

  private void redefine(
      TableShadow table, TableLayout layout, Catalog.Definition now, TableChanges changes)
      throws IOException, GapException, MalformedPageException, InterruptedException {
    TreeEdit edit = new TreeEdit(table, pages, commit, false);
    if (edit.touches()) {
      edit.walk();
    }
    changes.redefined(table.layout, layout, edit);
    steps.add(() -> {
      edit.apply(table);
      picture.tables().put(layout.name(), table.redefined(layout, now.sql()));
    });
  }

  void apply() {
    steps.forEach(Runnable::run);
  }
}
