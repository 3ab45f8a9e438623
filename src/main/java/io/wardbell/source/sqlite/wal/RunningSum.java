package io.wardbell.source.sqlite.wal;

/// The checksum that runs through a write-ahead log, and through its index's header
/// (sqlite.org/fileformat2.html, "Checksum Algorithm").
final class RunningSum {
  int first;
  int second;

  void set(int newFirst, int newSecond) {
    first = newFirst;
    second = newSecond;
  }

  /// Adds bytes; their number is a multiple of eight.
  void add(byte[] b, int from, int to, boolean bigEndian) {
    int s0 = first;
    int s1 = second;
    for (int at = from; at < to; at += 8) {
      s0 += Bits.word(b, at, bigEndian) + s1;
      s1 += Bits.word(b, at + 4, bigEndian) + s0;
    }
    first = s0;
    second = s1;
  }
}
