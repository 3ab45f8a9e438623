package io.wardbell.source.sqlite.wal;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What is known of a database while it has no log: enough to tell, when a log appears, that
/// nothing was written in between.
///
/// @param stamp of the database when nothing was missing
/// @param stampTakenNanos when it was taken, since 1970
/// @param next the index that was left, which announces the salts of the next log
record NoLog(
    DatabaseFiles.@Nullable Stamp stamp, long stampTakenNanos, @Nullable WalIndexHeader next) {
  /// Before Linux 6.13 a file's time moves with the timer tick only: two writes within one look
  /// like one. So a stamp that is younger than this when taken proves nothing.
  static final long YOUNG_NANOS = 50_000_000;

  boolean isYoung() {
    if (stamp == null) {
      return false;
    }
    long age = stampTakenNanos - stamp.writtenNanos();
    return age >= 0 && age < YOUNG_NANOS;
  }

  boolean stampIs(DatabaseFiles.@Nullable Stamp now) {
    return Objects.equals(stamp, now);
  }

  /// Whether a log with this header, over a database with that stamp, is the next one.
  boolean isFollowedBy(WalHeader header, DatabaseFiles.@Nullable Stamp now) {
    return (next != null && next.indexes(header))
        || (stamp != null && stamp.equals(now) && !isYoung());
  }
}
