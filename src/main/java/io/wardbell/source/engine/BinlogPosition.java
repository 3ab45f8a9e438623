package io.wardbell.source.engine;

/// A place in a server's binary log.
///
/// @param file the log's file, as `binlog.000012`
/// @param offset where in it
/// @param gtids the transactions up to there, in the server's own form; empty if it keeps none
record BinlogPosition(String file, long offset, String gtids) {
  BinlogPosition {
    gtids = gtids.replaceAll("\\s", "");
  }

  /// Whether all up to `other` lies before this place or ends there.
  boolean reaches(BinlogPosition other) {
    // After 999999 files the number gets a digit more.
    int files =
        file.length() != other.file.length()
            ? Integer.compare(file.length(), other.file.length())
            : file.compareTo(other.file);
    return files > 0 || (files == 0 && offset >= other.offset);
  }
}
