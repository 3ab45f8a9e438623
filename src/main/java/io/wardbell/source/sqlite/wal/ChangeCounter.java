package io.wardbell.source.sqlite.wal;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// SQLite's count of commits, as read from the index of the log: that two readings differ by the
/// commits that were seen proves that none was missed. A recovery begins the count anew, so a
/// reading is used only while it is fresh and the index was not built anew since.
final class ChangeCounter {
  private static final long FRESH_NANOS = 1_000_000_000;

  private final DatabaseFiles files;
  private final Timing timing;
  private boolean known;
  private int changes;
  private long readNanos;
  private DatabaseFiles.@Nullable Stamp stamp;

  ChangeCounter(DatabaseFiles files, Timing timing) {
    this.files = files;
    this.timing = timing;
  }

  void forget() {
    known = false;
  }

  /// It was read when everything up to it had been seen.
  ///
  /// @param before the index's stamp from before the reading
  void read(int now, DatabaseFiles.@Nullable Stamp before) {
    stamp = before;
    known = true;
    changes = now;
    readNanos = timing.now();
  }

  /// It was read again and has not moved.
  void confirm() {
    readNanos = timing.now();
  }

  void add(int commits) {
    changes += commits;
  }

  boolean is(int value) {
    return known && changes == value;
  }

  /// Whether an equation with it proves anything.
  boolean isUsable() throws IOException {
    return known
        && timing.now() - readNanos <= FRESH_NANOS
        && stamp != null
        && stamp.equals(files.indexStamp());
  }
}
