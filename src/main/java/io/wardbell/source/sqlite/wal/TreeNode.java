package io.wardbell.source.sqlite.wal;

import org.jspecify.annotations.Nullable;

/// One page of a table's tree as it was last seen.
final class TreeNode {
  static final int[] NO_CHILDREN = {};
  static final StoredRow[] NO_ROWS = {};

  final int page;
  final long pageHash;
  final int[] children;
  StoredRow[] rows = NO_ROWS;
  @Nullable TreeNode parent;

  /// Why the page made no sense; null if it did. Only while a first reading races with commits.
  @Nullable MalformedPageException bad;

  TreeNode(int page, long pageHash, int[] children) {
    this.page = page;
    this.pageHash = pageHash;
    this.children = children;
  }

  boolean hasOverflow() {
    for (StoredRow row : rows) {
      if (row.overflow.length > 0) {
        return true;
      }
    }
    return false;
  }

  /// Whether both hold the very same rows, because the page was found unchanged.
  @SuppressWarnings({"ArrayEquals", "ReferenceEquality"}) // identity is what is meant
  boolean sharesRowsWith(TreeNode other) {
    return rows == other.rows;
  }
}
