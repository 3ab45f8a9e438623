package io.wardbell.source.engine;

import org.jspecify.annotations.Nullable;

/// Whether the log that is being read is still the one that the server writes. After RESET MASTER,
/// MariaDB goes on sending signs of life from the log that was, and nothing else. Used by one
/// thread, about once a minute.
final class LogCourse {
  private @Nullable BinlogPosition lastRead;
  private @Nullable BinlogPosition lastEnd;

  /// @param read up to where the log has been read
  /// @param end where it ended, asked after `read` was
  /// @return what is wrong; null if nothing is
  @Nullable String astray(BinlogPosition read, BinlogPosition end) {
    BinlogPosition readBefore = lastRead;
    BinlogPosition endBefore = lastEnd;
    lastRead = read;
    lastEnd = end;
    if (!end.reaches(read)) {
      return "the binary log was begun anew";
    }
    if (readBefore != null
        && endBefore != null
        && readBefore.reaches(read)
        && !read.reaches(endBefore)) {
      return "the binary log grows, and nothing of it arrives";
    }
    return null;
  }
}
