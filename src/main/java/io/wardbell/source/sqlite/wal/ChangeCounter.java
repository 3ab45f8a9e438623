package io.wardbell.source.sqlite.wal;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// SQLite's count of commits, as read from the index of the log: that two readings differ by the
/// commits that were seen proves that none was missed. A recovery begins the count anew, so a
/// reading is used only while it is fresh and the index was not built anew since.
final class ChangeCounter {
  /// Whether the count confirms what was seen.
  enum Agreement {
    YES,
    NO,
    UNKNOWN
  }

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

  /// Whether the change counter moved by exactly the commits that can be seen: those of the tail
  /// and those of the new generation. A padding frame counted as a commit would make up for one
  /// that was missed; a commit not counted can only cost a comparison.
  Agreement agreesWith(IndexReader index, WalHeader header, int tailCommits)
      throws IOException, GapException, InterruptedException {
    if (!isUsable()) {
      return Agreement.UNKNOWN;
    }
    for (int i = 0; i < 20; i++) {
      WalIndexHeader now = index.read();
      if (now == null || !now.indexes(header)) {
        return Agreement.UNKNOWN;
      }
      int[] commits = {0};
      FrameScan count = new FrameScan(Objects.requireNonNull(files.log()), header);
      count.run(now.frames(), found -> commits[0] += count.mayBePadding(found) ? 0 : 1);
      if (count.frame() == now.frames()) {
        boolean agrees = is(now.changes() - commits[0] - tailCommits);
        return !agrees ? Agreement.NO : isUsable() ? Agreement.YES : Agreement.UNKNOWN;
      }
    }
    return Agreement.UNKNOWN;
  }
}
