package io.wardbell.source.sqlite.wal;

/// Why a database cannot be followed at all. One line, for people; never a value from a row.
public final class DatabaseFault extends RuntimeException {
  /// What is the matter, in one word.
  public enum Kind {
    /// There is no such file now.
    MISSING,
    /// The file cannot be read by this user.
    NO_PERMISSION,
    /// Some other file, or an encrypted database.
    NOT_A_DATABASE,
    /// Made for a newer SQLite than the format this reader knows.
    UNSUPPORTED_FORMAT,
    /// Shorter than its own pages say.
    TRUNCATED,
    /// Pages that contradict each other.
    MALFORMED,
    /// journal_mode MEMORY or OFF: a torn page could not be told from a good one.
    NO_JOURNAL,
    /// locking_mode EXCLUSIVE: the log has no index that tells what is committed.
    EXCLUSIVE,
    /// A network or shared file system, on which a reader may see stale pages.
    FOREIGN_FILE_SYSTEM,
    /// So many writes that no consistent reading was possible within the limit, or more rows
    /// written at once than are compared in memory.
    TOO_BUSY
  }

  private final Kind kind;

  /// @param message one line
  public DatabaseFault(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  DatabaseFault(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /// What is the matter.
  public Kind kind() {
    return kind;
  }
}
