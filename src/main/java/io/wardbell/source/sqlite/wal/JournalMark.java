package io.wardbell.source.sqlite.wal;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The state of a database in rollback-journal mode: equal marks are the same contents.
///
/// @param changeCounter from the database's header
/// @param stamp of the database file
/// @param directory of its directory
/// @param journalThere whether a journal file lies there, in use or not
/// @param takenNanos when the mark was taken, since 1970
record JournalMark(
    int changeCounter,
    DatabaseFiles.@Nullable Stamp stamp,
    DatabaseFiles.@Nullable Stamp directory,
    boolean journalThere,
    long takenNanos) {

  /// @return null if the database is being written, has no header, or is in WAL mode now
  static @Nullable JournalMark read(DatabaseFiles files, Timing timing) throws IOException {
    FileBytes database = files.database();
    byte[] head = new byte[DatabaseHeader.BYTES];
    byte[] journal = files.journalHead();
    if (database == null
        || isHot(journal)
        || database.read(head, 0, head.length, 0) < head.length) {
      return null;
    }
    DatabaseHeader header = DatabaseHeader.parse(head);
    return header.writeAheadLog()
        ? null
        : new JournalMark(
            header.changeCounter(),
            files.stamp(),
            files.directoryStamp(),
            journal != null,
            timing.wallNanos());
  }

  /// Until a journal's header is written, the database has not been touched; from then on until the
  /// journal is deleted, cut off or its header zeroed, the database may be between two states.
  static boolean isHot(byte @Nullable [] journalHead) {
    if (journalHead == null) {
      return false;
    }
    for (int i = 0; i < Math.min(4, journalHead.length); i++) {
      if (journalHead[i] != 0) {
        return true;
      }
    }
    return false;
  }

  boolean sameContents(JournalMark other) {
    return changeCounter == other.changeCounter && java.util.Objects.equals(stamp, other.stamp);
  }

  /// Whether a commit happened from `before` to this without any journal: making or removing one
  /// would have changed the directory.
  boolean committedWithoutJournal(JournalMark before) {
    return changeCounter != before.changeCounter
        && !journalThere
        && !before.journalThere
        && directory != null
        && before.takenNanos - directory.writtenNanos() > NoLog.YOUNG_NANOS
        && directory.equals(before.directory);
  }
}
