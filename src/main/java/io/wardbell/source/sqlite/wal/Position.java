package io.wardbell.source.sqlite.wal;

/// Where in the write-ahead log a transaction ended.
///
/// @param salt1 names the generation of the log, together with the other half; 0 without a log
/// @param salt2 the other half
/// @param frame the commit's last frame; 0 if the database file has it all
public record Position(int salt1, int salt2, int frame) {}
