package io.wardbell.source.sqlite.wal;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.NullUnmarked;

/// Makes write-ahead logs, sound ones and others.
@NullUnmarked
final class WalBytes {
  static final int PAGE = 512;
  static final int FRAME = 24 + PAGE;
  private final boolean bigEndianSums;
  private final RunningSum sum = new RunningSum();
  private byte[] bytes;
  private int frames;

  WalBytes(boolean bigEndianSums) {
    this.bigEndianSums = bigEndianSums;
    ByteBuffer header = ByteBuffer.allocate(32);
    header.putInt(bigEndianSums ? 0x377f0683 : 0x377f0682).putInt(3_007_000).putInt(PAGE);
    header.putInt(1).putInt(0x11111111).putInt(0x22222222);
    sum.add(header.array(), 0, 24, bigEndianSums);
    header.putInt(sum.first).putInt(sum.second);
    bytes = header.array();
  }

  /// Three commits: of pages 2 and 3, of page 2, of pages 4 and 2.
  static WalBytes threeCommits(boolean bigEndianSums) {
    return new WalBytes(bigEndianSums).frame(2, 0).frame(3, 4).frame(2, 4).frame(4, 0).frame(2, 4);
  }

  WalBytes frame(int page, int databasePages) {
    ByteBuffer frame = ByteBuffer.allocate(FRAME);
    frame.putInt(page).putInt(databasePages).putInt(0x11111111).putInt(0x22222222);
    byte[] content = new byte[PAGE];
    Arrays.fill(content, (byte) (16 * page + frames));
    frame.put(24, content);
    return add(frame.array());
  }

  /// The last frame once more.
  WalBytes padding() {
    ByteBuffer frame = ByteBuffer.allocate(FRAME);
    frame.put(bytes, bytes.length - FRAME, FRAME);
    return add(frame.array());
  }

  private WalBytes add(byte[] frame) {
    sum.add(frame, 0, 8, bigEndianSums);
    sum.add(frame, 24, FRAME, bigEndianSums);
    ByteBuffer.wrap(frame).putInt(16, sum.first).putInt(20, sum.second);
    bytes = Arrays.copyOf(bytes, bytes.length + FRAME);
    System.arraycopy(frame, 0, bytes, bytes.length - FRAME, FRAME);
    frames++;
    return this;
  }

  /// Where a field of the third frame is.
  static int third(int offset) {
    return 32 + 2 * FRAME + offset;
  }

  byte[] with(int position, int... values) {
    byte[] copy = bytes.clone();
    for (int i = 0; i < values.length; i++) {
      copy[position + i] = (byte) values[i];
    }
    return copy;
  }

  byte[] cut(int size) {
    return Arrays.copyOf(bytes, size);
  }

  byte[] bytes() {
    return bytes.clone();
  }
}
