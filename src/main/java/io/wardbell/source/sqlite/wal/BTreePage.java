package io.wardbell.source.sqlite.wal;

import org.jspecify.annotations.Nullable;

/// One page of a b-tree, and a cursor over its cells.
final class BTreePage {
  private static final int INDEX_INTERIOR = 2;
  private static final int TABLE_INTERIOR = 5;
  private static final int INDEX_LEAF = 10;
  private static final int TABLE_LEAF = 13;

  private final byte[] image;
  private final int usable;
  private final int kind;
  private final int cells;
  private final int pointers;
  private final int rightChild;

  // The cell that was read last.
  private int start;
  private int end;
  private long rowid;
  private int payload;
  private int payloadBytes;
  private int localBytes;
  private int overflowPage;

  private BTreePage(byte[] image, int usable, int head) {
    this.image = image;
    this.usable = usable;
    kind = Bits.u8(image, head);
    cells = Bits.u16(image, head + 3);
    rightChild = isInterior() ? Bits.big32(image, head + 8) : 0;
    pointers = head + (isInterior() ? 12 : 8);
  }

  /// @param index whether the tree is one of an index, as that of a table WITHOUT ROWID is
  static BTreePage parse(int page, byte[] image, int usable, boolean index)
      throws MalformedPageException {
    int head = page == 1 ? DatabaseHeader.BYTES : 0;
    BTreePage parsed = new BTreePage(image, usable, head);
    boolean known =
        index
            ? parsed.kind == INDEX_INTERIOR || parsed.kind == INDEX_LEAF
            : parsed.kind == TABLE_INTERIOR || parsed.kind == TABLE_LEAF;
    if (!known) {
      throw new MalformedPageException(
          "page %d is of type %d, which does not belong there".formatted(page, parsed.kind));
    }
    if (parsed.pointers + 2 * parsed.cells > usable) {
      throw new MalformedPageException("page %d has %d cells".formatted(page, parsed.cells));
    }
    return parsed;
  }

  boolean isInterior() {
    return kind == INDEX_INTERIOR || kind == TABLE_INTERIOR;
  }

  /// Whether its cells hold rows: all but the inner pages of a table.
  boolean hasRows() {
    return kind != TABLE_INTERIOR;
  }

  int cells() {
    return cells;
  }

  byte[] image() {
    return image;
  }

  /// The pages below, in order; none for a leaf.
  int @Nullable [] children() {
    if (!isInterior()) {
      return null;
    }
    int[] children = new int[cells + 1];
    for (int i = 0; i < cells; i++) {
      children[i] = Bits.big32(image, Bits.u16(image, pointers + 2 * i));
    }
    children[cells] = rightChild;
    return children;
  }

  /// Moves the cursor. May throw [IndexOutOfBoundsException].
  void cell(int i) throws MalformedPageException {
    int at = Bits.u16(image, pointers + 2 * i);
    if (kind == INDEX_INTERIOR) {
      at += 4;
    }
    start = at;
    long bytes = Bits.varint(image, at);
    at += Bits.varintLength(image, at);
    rowid = 0;
    if (kind == TABLE_LEAF) {
      rowid = Bits.varint(image, at);
      at += Bits.varintLength(image, at);
    }
    if (bytes < 0 || bytes > Integer.MAX_VALUE) {
      throw new MalformedPageException("a record of %d bytes".formatted(bytes));
    }
    payload = at;
    payloadBytes = (int) bytes;
    localBytes = localBytes(payloadBytes);
    boolean spills = localBytes < payloadBytes;
    end = at + localBytes + (spills ? 4 : 0);
    if (end > usable) {
      throw new MalformedPageException("a cell that ends behind its page");
    }
    overflowPage = spills ? Bits.big32(image, at + localBytes) : 0;
  }

  /// How much of a record is on the page itself (sqlite.org/fileformat2.html §1.6).
  private int localBytes(int bytes) {
    int most = kind == TABLE_LEAF ? usable - 35 : (usable - 12) * 64 / 255 - 23;
    if (bytes <= most) {
      return bytes;
    }
    int least = (usable - 12) * 32 / 255 - 23;
    int wanted = least + (bytes - least) % (usable - 4);
    return wanted <= most ? wanted : least;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  long rowid() {
    return rowid;
  }

  int payload() {
    return payload;
  }

  int payloadBytes() {
    return payloadBytes;
  }

  int localBytes() {
    return localBytes;
  }

  int overflowPage() {
    return overflowPage;
  }
}
