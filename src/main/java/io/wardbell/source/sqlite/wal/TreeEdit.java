package io.wardbell.source.sqlite.wal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What some changed pages make of one table's tree. Reads from the root down, because only the way
/// from the root says whose page a page is; visits no more than the changed pages and the ways to
/// them. Changes nothing until [#apply].
final class TreeEdit {
  private static final int DEPTH_MAX = 40;
  private static final int IMAGES_MAX = 256;

  private final TableShadow table;
  private final PageReader pages;
  private final RecordReader records;
  private final ChangedPages changed;

  /// While a first reading races with commits: pages that make no sense are marked, and looked at
  /// again.
  private final boolean tolerant;

  /// Of which rows can be taken over; null for none.
  private final @Nullable TableShadow previous;

  private final Map<TreeNode, List<TreeNode>> touched = new HashMap<>();
  private final Map<TreeNode, Boolean> reread = new HashMap<>();
  private final PageFrames visited = new PageFrames();
  private final List<TreeNode> gone = new ArrayList<>();
  private final List<TreeNode> fresh = new ArrayList<>();
  private final List<BTreePage> images = new ArrayList<>();
  private final Map<Long, StoredRow> reusable = new HashMap<>();

  TreeEdit(TableShadow table, PageReader pages, ChangedPages changed, boolean tolerant) {
    this(table, pages, changed, tolerant, null);
  }

  private TreeEdit(
      TableShadow table,
      PageReader pages,
      ChangedPages changed,
      boolean tolerant,
      @Nullable TableShadow previous) {
    this.table = table;
    this.pages = pages;
    records = new RecordReader(pages);
    this.changed = changed;
    this.tolerant = tolerant;
    this.previous = previous;
  }

  /// Reads a whole tree.
  ///
  /// @param previous an earlier reading of the same table; null if there is none
  static TreeEdit whole(
      TableShadow empty, PageReader pages, boolean tolerant, @Nullable TableShadow previous) {
    boolean comparable =
        previous != null && previous.layout.projection.keepsTheSameAs(empty.layout.projection);
    return new TreeEdit(empty, pages, ChangedPages.NONE, tolerant, comparable ? previous : null);
  }

  /// Whether the changed pages concern this table at all.
  boolean touches() {
    for (int page : changed.pages()) {
      TreeNode node = table.node(page);
      if (node != null) {
        touch(node);
      }
      TreeNode owner = table.ownerOf(page);
      if (owner != null) {
        reread.put(owner, Boolean.TRUE);
        touch(owner);
      }
    }
    return !touched.isEmpty();
  }

  private void touch(TreeNode node) {
    TreeNode below = null;
    TreeNode at = node;
    while (at != null) {
      List<TreeNode> known = touched.get(at);
      List<TreeNode> children = known == null ? new ArrayList<>(1) : known;
      if (below != null) {
        children.add(below);
      }
      if (known != null) {
        return;
      }
      pages.rows(at.rows.length);
      touched.put(at, children);
      below = at;
      at = at.parent;
    }
  }

  /// Finds the tree's new shape, then the rows of its new pages.
  void walk() throws IOException, GapException, MalformedPageException, InterruptedException {
    visit(table.root, null, 0);
    for (int i = 0; i < gone.size(); i++) {
      for (int child : gone.get(i).children) {
        drop(child);
      }
    }
    for (TreeNode node : gone) {
      for (StoredRow row : node.rows) {
        reusable.put(row.cellHash, row);
      }
    }
    for (int i = 0; i < fresh.size(); i++) {
      if (fresh.get(i).bad == null && fresh.get(i).rows.length == 0) {
        readRows(fresh.get(i), i < images.size() ? images.get(i) : null);
      }
    }
    images.clear();
  }

  private void visit(int page, @Nullable TreeNode parent, int depth)
      throws IOException, GapException, MalformedPageException, InterruptedException {
    if (depth > DEPTH_MAX) {
      throw new MalformedPageException("the tree of %s is too deep".formatted(name()));
    }
    if (page > 0 && visited.get(page) != 0) {
      MalformedPageException twice =
          new MalformedPageException("page %d is in %s twice".formatted(page, name()));
      if (!tolerant || parent == null) {
        throw twice;
      }
      parent.bad = twice;
      return;
    }
    if (page > 0) {
      visited.put(page, 1);
    }
    TreeNode old = table.node(page);
    if (old != null && !changed.has(page)) {
      List<TreeNode> children = touched.get(old);
      if (children == null || !reread.containsKey(old)) {
        old.parent = parent;
        for (TreeNode child : children == null ? List.<TreeNode>of() : children) {
          visit(child.page, old, depth + 1);
        }
        return;
      }
    }
    if (old != null) {
      gone.add(old);
    }
    TreeNode node = parse(page);
    node.parent = parent;
    for (int child : node.children) {
      visit(child, node, depth + 1);
    }
  }

  private String name() {
    return table.layout.name();
  }

  private TreeNode parse(int page)
      throws IOException, GapException, MalformedPageException, InterruptedException {
    TreeNode node;
    BTreePage image = null;
    try {
      byte[] bytes = pages.read(page);
      long hash = Bits.hash(RecordReader.SEED, bytes, 0, bytes.length);
      image = BTreePage.parse(page, bytes, pages.usableBytes(), table.layout.withoutRowid);
      int[] children = image.children();
      node = new TreeNode(page, hash, children == null ? TreeNode.NO_CHILDREN : children);
      TreeNode before = previous == null ? null : previous.node(page);
      if (before != null && before.pageHash == hash && !before.hasOverflow()) {
        node.rows = before.rows;
      } else if (image.hasRows()) {
        pages.rows(image.cells());
      }
    } catch (MalformedPageException e) {
      node = bad(page, e);
    } catch (IndexOutOfBoundsException _) {
      node = bad(page, new MalformedPageException("page %d points outside".formatted(page)));
    }
    fresh.add(node);
    if (image != null && images.size() == fresh.size() - 1 && images.size() < IMAGES_MAX) {
      images.add(image);
    }
    return node;
  }

  private TreeNode bad(int page, MalformedPageException why) throws MalformedPageException {
    if (!tolerant) {
      throw why;
    }
    TreeNode node = new TreeNode(page, 0, TreeNode.NO_CHILDREN);
    node.bad = why;
    return node;
  }

  private void drop(int page) {
    if (page <= 0 || visited.get(page) != 0) {
      return;
    }
    TreeNode node = table.node(page);
    if (node != null) {
      pages.rows(node.rows.length);
      visited.put(page, 1);
      gone.add(node); // its children follow, as the list grows
    }
  }

  private void readRows(TreeNode node, @Nullable BTreePage kept)
      throws IOException, GapException, MalformedPageException, InterruptedException {
    try {
      BTreePage image = kept;
      if (image == null) {
        byte[] bytes = pages.read(node.page);
        if (Bits.hash(RecordReader.SEED, bytes, 0, bytes.length) != node.pageHash) {
          throw new MalformedPageException("page %d changed meanwhile".formatted(node.page));
        }
        image = BTreePage.parse(node.page, bytes, pages.usableBytes(), table.layout.withoutRowid);
      }
      if (image.hasRows()) {
        node.rows = rows(image, reusableFor(node));
      }
    } catch (MalformedPageException e) {
      rowsBad(node, e);
    } catch (IndexOutOfBoundsException _) {
      rowsBad(node, new MalformedPageException("page %d has a bad record".formatted(node.page)));
    }
  }

  private void rowsBad(TreeNode node, MalformedPageException why) throws MalformedPageException {
    if (!tolerant) {
      throw why;
    }
    node.bad = why;
  }

  private Map<Long, StoredRow> reusableFor(TreeNode node) {
    TreeNode before = previous == null ? null : previous.node(node.page);
    if (before == null) {
      return reusable;
    }
    Map<Long, StoredRow> rows = new HashMap<>();
    for (StoredRow row : before.rows) {
      if (row.overflow.length == 0) {
        rows.put(row.cellHash, row);
      }
    }
    return rows;
  }

  private StoredRow[] rows(BTreePage page, Map<Long, StoredRow> known)
      throws IOException, GapException, MalformedPageException, InterruptedException {
    StoredRow[] rows = new StoredRow[page.cells()];
    for (int i = 0; i < rows.length; i++) {
      page.cell(i);
      long hash = RecordReader.cellHash(page);
      StoredRow row = known.get(hash);
      if (row == null || row.rowid != page.rowid() || overflowChanged(row)) {
        row = records.read(page, table.layout.projection, hash);
      }
      rows[i] = row;
    }
    return rows;
  }

  private boolean overflowChanged(StoredRow row) {
    for (int page : row.overflow) {
      if (changed.has(page)) {
        return true;
      }
    }
    return false;
  }

  /// The pages that the table no longer has, or has in another version.
  List<TreeNode> gone() {
    return gone;
  }

  /// The pages that are new, or new versions.
  List<TreeNode> fresh() {
    return fresh;
  }

  /// All rows as they are after the edit, applied or not.
  List<StoredRow> rowsAfter() {
    Map<TreeNode, Boolean> left = new HashMap<>();
    gone.forEach(node -> left.put(node, Boolean.TRUE));
    List<StoredRow> rows = new ArrayList<>();
    table.forEachNode(node -> {
      if (!left.containsKey(node)) {
        rows.addAll(List.of(node.rows));
      }
    });
    fresh.forEach(node -> rows.addAll(List.of(node.rows)));
    return rows;
  }

  /// Makes the table what was read.
  void apply(TableShadow target) {
    gone.forEach(target::remove);
    fresh.forEach(target::add);
  }
}
