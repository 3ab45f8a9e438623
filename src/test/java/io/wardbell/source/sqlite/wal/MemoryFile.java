package io.wardbell.source.sqlite.wal;

import java.util.Arrays;

/// A file in memory.
final class MemoryFile implements FileBytes {
  private byte[] bytes = {};
  private final Runnable beforeRead;

  MemoryFile(Runnable beforeRead) {
    this.beforeRead = beforeRead;
  }

  @Override
  public int read(byte[] into, int offset, int length, long position) {
    beforeRead.run();
    int there = Math.clamp(bytes.length - position, 0, length);
    System.arraycopy(bytes, (int) Math.min(position, bytes.length), into, offset, there);
    return there;
  }

  @Override
  public long size() {
    beforeRead.run();
    return bytes.length;
  }

  void write(byte[] content, int position) {
    bytes = Arrays.copyOf(bytes, Math.max(bytes.length, position + content.length));
    System.arraycopy(content, 0, bytes, position, content.length);
  }

  void truncate(int size) {
    bytes = Arrays.copyOf(bytes, size);
  }

  byte[] bytes() {
    return bytes;
  }
}
