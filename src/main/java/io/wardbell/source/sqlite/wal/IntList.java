package io.wardbell.source.sqlite.wal;

import java.util.Arrays;

/// Numbers in order, without an object for each.
final class IntList {
  private static final int[] NONE = {};
  private int[] items = new int[16];
  private int size;

  void add(int item) {
    if (size == items.length) {
      items = Arrays.copyOf(items, size * 2);
    }
    items[size++] = item;
  }

  int size() {
    return size;
  }

  /// All of them; the list is empty then.
  int[] take() {
    int[] all = size == 0 ? NONE : Arrays.copyOf(items, size);
    size = 0;
    if (items.length > 1 << 16) {
      items = new int[16];
    }
    return all;
  }
}
