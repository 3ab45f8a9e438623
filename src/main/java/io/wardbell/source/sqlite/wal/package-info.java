/// The SQLite database file and its write-ahead log, read from outside: committed frames, b-tree
/// pages, records, and the rows they add up to.
///
/// Invariant: nothing here writes, locks, or calls SQLite; every file is opened for reading only.
/// Any bytes give rows or a named fault, in bounded time and memory.
@Room(
    holds = "The SQLite file and write-ahead-log format, and nothing else.",
    thread = "one reader")
@NullMarked
package io.wardbell.source.sqlite.wal;

import io.wardbell.Room;
import org.jspecify.annotations.NullMarked;
