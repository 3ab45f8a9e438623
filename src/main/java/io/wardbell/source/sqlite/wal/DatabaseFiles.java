package io.wardbell.source.sqlite.wal;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// The files of one database as they are now: a file that was replaced is opened anew by
/// [#refresh], one that is gone is null.
interface DatabaseFiles extends AutoCloseable {
  /// Size and time of the last write.
  ///
  /// @param writtenNanos since 1970; as fine as the file system's clock is
  record Stamp(long sizeBytes, long writtenNanos) {}

  /// Looks at every name again.
  ///
  /// @return whether another database file stands in place of the one opened before
  boolean refresh() throws IOException;

  /// The database itself.
  @Nullable FileBytes database();

  /// The write-ahead log.
  @Nullable FileBytes log();

  /// The index of the write-ahead log, called `-shm`.
  @Nullable FileBytes index();

  /// The first bytes of the rollback journal, if there is one: eight, or fewer at its end.
  byte @Nullable [] journalHead() throws IOException;

  /// Of the database file; null if it is gone.
  @Nullable Stamp stamp() throws IOException;

  /// Of the index: it changes when the first connection of all cuts the index off to build it anew.
  /// Null if there is none, or another one than [#index] reads.
  @Nullable Stamp indexStamp() throws IOException;

  /// Of the directory: it changes when a journal is made or removed.
  @Nullable Stamp directoryStamp() throws IOException;

  @Override
  void close();
}
