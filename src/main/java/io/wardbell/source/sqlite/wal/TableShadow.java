package io.wardbell.source.sqlite.wal;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// All rows of one table as they were last seen, page by page.
final class TableShadow {
  final TableLayout layout;
  final String sql;
  final int root;
  private final IntMap<TreeNode> nodes = new IntMap<>();
  private final IntMap<TreeNode> overflow = new IntMap<>();

  TableShadow(TableLayout layout, String sql, int root) {
    this.layout = layout;
    this.sql = sql;
    this.root = root;
  }

  /// The same rows under another definition.
  TableShadow redefined(TableLayout newLayout, String newSql) {
    TableShadow same = new TableShadow(newLayout, newSql, root);
    forEachNode(same::add);
    return same;
  }

  @Nullable TreeNode node(int page) {
    return nodes.get(page);
  }

  /// The page whose row goes on in this overflow page.
  @Nullable TreeNode ownerOf(int overflowPage) {
    return overflow.get(overflowPage);
  }

  void add(TreeNode node) {
    nodes.put(node.page, node);
    for (StoredRow row : node.rows) {
      for (int page : row.overflow) {
        if (page != 0) {
          overflow.put(page, node);
        }
      }
    }
  }

  void remove(TreeNode node) {
    if (nodes.get(node.page) == node) {
      nodes.remove(node.page);
    }
    for (StoredRow row : node.rows) {
      for (int page : row.overflow) {
        if (page != 0 && overflow.get(page) == node) {
          overflow.remove(page);
        }
      }
    }
  }

  List<TreeNode> nodes() {
    List<TreeNode> all = new ArrayList<>(nodes.size());
    forEachNode(all::add);
    return all;
  }

  int rows() {
    int[] rows = {0};
    forEachNode(node -> rows[0] += node.rows.length);
    return rows[0];
  }

  void forEachNode(java.util.function.Consumer<TreeNode> each) {
    nodes.forEach(each);
  }

  /// Whether the pages form one tree: each reached from the root, by one way. What a reading that
  /// raced with commits has put together must pass this.
  boolean isWhole() {
    int[] reached = {0};
    boolean[] sound = {true};
    forEachNode(node -> {
      if (node.page == root) {
        reached[0]++;
      }
      for (int page : node.children) {
        TreeNode child = nodes.get(page);
        reached[0]++;
        sound[0] &= child != null && child.parent == node;
      }
    });
    return sound[0] && reached[0] == nodes.size();
  }
}
