package io.wardbell.source.sqlite.wal;

import java.io.IOException;
import java.security.SecureRandom;
import java.util.Arrays;

/// Reads the record of one cell, with its overflow pages: keeps the included columns and hashes the
/// rest.
final class RecordReader {
  static final long SEED = new SecureRandom().nextLong();
  private static final int HEADER_BYTES_MAX = 1 << 20;
  private static final int KEPT_BYTES_MAX = 64 << 20;

  private final PageReader pages;
  private final Packed packed = new Packed();
  private long[] serials = new long[32];
  private int[] offsets = new int[32];

  RecordReader(PageReader pages) {
    this.pages = pages;
  }

  /// Hashes the cell at the page's cursor. For a record that is all there it is the record's hash;
  /// else it covers the number of the first overflow page too. The rowid is compared beside it.
  static long cellHash(BTreePage page) {
    boolean whole = page.localBytes() == page.payloadBytes();
    return Bits.hash(SEED, page.image(), whole ? page.payload() : page.start(), page.end());
  }

  /// The row at the page's cursor.
  StoredRow read(BTreePage page, Projection projection, long cellHash)
      throws IOException, GapException, MalformedPageException, InterruptedException {
    byte[] record = page.image();
    int base = page.payload();
    int local = page.localBytes();
    if (local == page.payloadBytes()) {
      slice(record, base, local, local, projection);
      byte[] kept = keep(record, base, page.rowid(), projection);
      return new StoredRow(page.rowid(), cellHash, cellHash, kept, StoredRow.NO_OVERFLOW);
    }
    int chain = (page.payloadBytes() - local - 1) / (pages.usableBytes() - 4) + 1;
    int[] overflow = new int[Math.min(chain, 1024)];
    long headerBytes = Bits.varint(record, base);
    if (headerBytes > local) {
      if (headerBytes > HEADER_BYTES_MAX) {
        throw new MalformedPageException("a record header of %d bytes".formatted(headerBytes));
      }
      record = prefix(page, (int) Math.min(headerBytes, page.payloadBytes()));
      base = 0;
    }
    int needed =
        slice(record, base, (int) Math.max(local, headerBytes), page.payloadBytes(), projection);
    if (needed > Math.max(local, headerBytes)) {
      record = prefix(page, needed);
      base = 0;
    }
    byte[] kept = keep(record, base, page.rowid(), projection);
    long hash = Bits.hash(SEED, page.image(), page.payload(), page.payload() + local);
    int next = page.overflowPage();
    int rest = page.payloadBytes() - local;
    for (int i = 0; i < chain; i++) {
      if (i == overflow.length) {
        overflow = Arrays.copyOf(overflow, (int) Math.min(chain, 2L * i));
      }
      overflow[i] = next;
      byte[] image = pages.read(next);
      int bytes = Math.min(rest, pages.usableBytes() - 4);
      hash = Bits.hash(hash, image, 4, 4 + bytes);
      rest -= bytes;
      next = Bits.big32(image, 0);
    }
    return new StoredRow(page.rowid(), cellHash, hash, kept, overflow);
  }

  /// The first bytes of a record that goes on in overflow pages.
  private byte[] prefix(BTreePage page, int bytes)
      throws IOException, GapException, MalformedPageException, InterruptedException {
    if (bytes > KEPT_BYTES_MAX) {
      throw new MalformedPageException("included columns of %d bytes".formatted(bytes));
    }
    byte[] record = new byte[bytes];
    int done = Math.min(bytes, page.localBytes());
    System.arraycopy(page.image(), page.payload(), record, 0, done);
    int next = page.overflowPage();
    while (done < bytes) {
      byte[] image = pages.read(next);
      int more = Math.min(bytes - done, pages.usableBytes() - 4);
      System.arraycopy(image, 4, record, done, more);
      done += more;
      next = Bits.big32(image, 0);
    }
    return record;
  }

  /// Finds where the values are.
  ///
  /// @param there how many bytes of the record can be looked at
  /// @return how many bytes of the record are needed
  private int slice(byte[] b, int base, int there, int recordBytes, Projection projection)
      throws MalformedPageException {
    int slots = projection.slots().size();
    if (serials.length < slots) {
      serials = new long[slots];
      offsets = new int[slots];
    }
    Arrays.fill(serials, 0, slots, -1);
    if (recordBytes == 0) {
      return 0;
    }
    long headerBytes = Bits.varint(b, base);
    if (headerBytes < 1 || headerBytes > there || headerBytes > recordBytes) {
      throw new MalformedPageException("a record header of %d bytes".formatted(headerBytes));
    }
    int at = base + Bits.varintLength(b, base);
    int end = base + (int) headerBytes;
    long offset = headerBytes;
    long needed = headerBytes;
    for (int i = 0; at < end && i < projection.positions(); i++) {
      long serial = Bits.varint(b, at);
      at += Bits.varintLength(b, at);
      long bytes = Packed.length(serial);
      if (bytes < 0 || offset + bytes > recordBytes) {
        throw new MalformedPageException("a value that ends behind its record");
      }
      int slot = projection.slotAt(i);
      if (slot >= 0) {
        serials[slot] = serial;
        offsets[slot] = (int) offset;
        needed = offset + bytes;
      }
      offset += bytes;
    }
    return (int) needed;
  }

  private byte[] keep(byte[] record, int base, long rowid, Projection projection) {
    int i = 0;
    for (Projection.Slot slot : projection.slots()) {
      if (slot.position() == Projection.ROWID) {
        packed.integer(rowid);
      } else if (serials[i] < 0) {
        packed.packed(slot.fallback());
      } else {
        packed.stored(serials[i], record, base + offsets[i], slot.real());
      }
      i++;
    }
    return packed.take();
  }
}
