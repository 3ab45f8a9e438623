package io.wardbell.source.sqlite.wal;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Reads the header of the log's index while others write it.
final class IndexReader {
  private static final int TRIES = 5;
  private final DatabaseFiles files;
  private final byte[] bytes = new byte[WalIndexHeader.BYTES];

  IndexReader(DatabaseFiles files) {
    this.files = files;
  }

  /// @return null if there is no index, or none that is whole
  @Nullable WalIndexHeader read() throws IOException {
    FileBytes index = files.index();
    if (index == null) {
      return null;
    }
    for (int i = 0; i < TRIES; i++) {
      if (index.read(bytes, 0, bytes.length, 0) < bytes.length) {
        return null;
      }
      WalIndexHeader header = WalIndexHeader.parse(bytes);
      if (header != null) {
        return header;
      }
      Thread.onSpinWait();
    }
    return null;
  }
}
