package io.wardbell.source.sqlite.wal;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Tells when a database in rollback-journal mode is worth reading again. There every commit costs
/// a reading of all that is followed, so at most half of the time is spent on it.
final class JournalWatch {
  private static final int WITHOUT_JOURNAL_MAX = 3;

  private final DatabaseFiles files;
  private final Timing timing;
  private @Nullable JournalMark read;
  private @Nullable JournalMark seen;
  private long restUntilNanos;
  private int withoutJournal;

  JournalWatch(DatabaseFiles files, Timing timing) {
    this.files = files;
    this.timing = timing;
  }

  void start(@Nullable JournalMark mark) {
    read = mark;
    seen = mark;
    withoutJournal = 0;
    restUntilNanos = timing.now();
  }

  void compared(JournalMark mark, long tookNanos) {
    read = mark;
    restUntilNanos = timing.now() + tookNanos;
  }

  boolean isDue() throws IOException, GapException {
    if (files.refresh()) {
      throw new GapException(Gap.DATABASE_REPLACED);
    }
    FileBytes database = files.database();
    if (database == null) {
      throw new DatabaseFault(DatabaseFault.Kind.MISSING, "the database file is gone");
    }
    byte[] head = new byte[DatabaseHeader.BYTES];
    if (database.read(head, 0, head.length, 0) == head.length && Bits.u8(head, 19) == 2) {
      throw new GapException(Gap.JOURNAL_MODE_CHANGED);
    }
    JournalMark now = JournalMark.read(files, timing);
    if (now == null) {
      return false; // being written; its end will be seen
    }
    JournalMark last = seen;
    if (last != null
        && now.committedWithoutJournal(last)
        && ++withoutJournal >= WITHOUT_JOURNAL_MAX) {
      throw new DatabaseFault(
          DatabaseFault.Kind.NO_JOURNAL,
          "the database is written without a journal: journal_mode MEMORY and OFF are not"
              + " supported");
    }
    if (last == null || now.changeCounter() != last.changeCounter()) {
      seen = now;
    }
    JournalMark known = read;
    return (known == null || !known.sameContents(now)) && timing.now() >= restUntilNanos;
  }
}
