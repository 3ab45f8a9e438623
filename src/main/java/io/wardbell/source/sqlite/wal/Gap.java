package io.wardbell.source.sqlite.wal;

/// Why rows had to be compared instead of followed commit by commit.
public enum Gap {
  /// Another file stands in the database's place.
  DATABASE_REPLACED,
  /// The log was taken away, and nothing proves that all of it had been read.
  LOG_VANISHED,
  /// A log appeared over a database that may have changed meanwhile.
  LOG_APPEARED,
  /// The log was begun anew more than once since it was last read.
  LOG_WRAPPED_TWICE,
  /// The log was begun anew and has overwritten frames that were not read yet.
  LOG_WRAPPED_PAST_READER,
  /// The end of the log before this one cannot be told.
  LOG_END_UNPROVEN,
  /// A frame that was read as committed holds something else now.
  HISTORY_REWRITTEN,
  /// The index names fewer committed frames than were read.
  INDEX_BEHIND,
  /// Without an index: committed frames that the checksums do not reach.
  CHAIN_BROKEN,
  /// A page of the database file was overwritten by a later commit.
  PAGE_OVERTAKEN,
  /// The page size changed.
  PAGE_SIZE,
  /// A page did not make sense where it was found.
  MALFORMED_PAGE,
  /// The database changed without a log.
  CHANGED_WITHOUT_LOG,
  /// The database went from a rollback journal to a log, or back.
  JOURNAL_MODE_CHANGED,
  /// More commits than a reading could keep up with.
  NOT_STABLE,
  /// A time stamp too young to prove that nothing was written after it.
  STAMP_TOO_YOUNG
}
