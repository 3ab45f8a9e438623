/// One Debezium engine after another: settings, records to changes, restart.
@Room(
    holds = "One Debezium engine after another: settings, records to changes, restart.",
    mayTouch = {"change", "config", "observe", "source.sqlite.wal"},
    libraries = {"io.debezium", "org.apache.kafka", "java.sql", "org.postgresql"},
    thread = "source")
@NullMarked
package io.wardbell.source.engine;

import io.wardbell.Room;
import org.jspecify.annotations.NullMarked;
