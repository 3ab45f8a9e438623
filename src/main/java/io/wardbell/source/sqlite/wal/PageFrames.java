package io.wardbell.source.sqlite.wal;

import java.util.Arrays;

/// Page numbers to the newest frame that holds the page, and nothing but two arrays; frame 0 is
/// none.
final class PageFrames {
  private int[] pages = new int[64];
  private int[] frames = new int[64];
  private int size;

  int get(int page) {
    for (int i = slot(page); pages[i] != 0; i = (i + 1) & (pages.length - 1)) {
      if (pages[i] == page) {
        return frames[i];
      }
    }
    return 0;
  }

  private int slot(int page) {
    int h = page * 0x9E3779B9;
    return (h ^ (h >>> 15)) & (pages.length - 1);
  }

  void put(int page, int frame) {
    if (size * 2 >= pages.length) {
      int[] oldPages = pages;
      int[] oldFrames = frames;
      pages = new int[oldPages.length * 2];
      frames = new int[pages.length];
      size = 0;
      for (int i = 0; i < oldPages.length; i++) {
        if (oldPages[i] != 0) {
          put(oldPages[i], oldFrames[i]);
        }
      }
    }
    int i = slot(page);
    while (pages[i] != 0 && pages[i] != page) {
      i = (i + 1) & (pages.length - 1);
    }
    if (pages[i] == 0) {
      pages[i] = page;
      size++;
    }
    frames[i] = frame;
  }

  int size() {
    return size;
  }

  void clear() {
    if (pages.length > 1 << 16) {
      pages = new int[64];
      frames = new int[64];
    } else {
      Arrays.fill(pages, 0);
    }
    size = 0;
  }

  /// All page numbers, in no order.
  int[] pages() {
    int[] all = new int[size];
    int n = 0;
    for (int page : pages) {
      if (page != 0) {
        all[n++] = page;
      }
    }
    return all;
  }
}
