package io.wardbell.source.sqlite.wal;

import java.io.IOException;

/// A file that is read at positions. Every read of a live database goes through here, so that a
/// test can stand between any two of them.
interface FileBytes {
  /// Reads at most `length` bytes.
  ///
  /// @return how many there were; less than asked for only at the end of the file
  int read(byte[] into, int offset, int length, long position) throws IOException;

  /// The size of the file in bytes.
  long size() throws IOException;
}
