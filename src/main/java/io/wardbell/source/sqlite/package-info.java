/// A Debezium source connector for SQLite databases, which reads the write-ahead log.
///
/// Knows nothing of Wardbell: others could run it in their Debezium.
@Room(
    holds = "A Debezium connector for SQLite: snapshot and streaming.",
    mayTouch = {"source.sqlite.wal"},
    libraries = {"io.debezium", "org.apache.kafka"},
    thread = "Debezium's change event source")
@NullMarked
package io.wardbell.source.sqlite;

import io.wardbell.Room;
import org.jspecify.annotations.NullMarked;
