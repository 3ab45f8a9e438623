package io.wardbell.source.engine;

import io.debezium.spi.snapshot.Snapshotter;
import java.util.Map;

/// Takes a snapshot and then streams from the position that was in the offset store before, instead
/// of the one that Debezium reads while the snapshot begins: on MySQL that one is read after the
/// rows' view was opened, and changes between the two would be lost.
///
/// Public because Debezium finds it as a service.
public final class GapFreeSnapshotter implements Snapshotter {
  @Override
  public String name() {
    return "wardbell";
  }

  @Override
  public void configure(Map<String, ?> properties) {
    // Nothing to choose.
  }

  @Override
  public boolean shouldSnapshotData(boolean offsetExists, boolean snapshotInProgress) {
    return true;
  }

  @Override
  public boolean shouldSnapshotSchema(boolean offsetExists, boolean snapshotInProgress) {
    return true;
  }

  @Override
  public boolean shouldStream() {
    return true;
  }

  /// The schema history is in memory and empty at start: take it, and keep the offset.
  @Override
  public boolean shouldSnapshotOnSchemaError() {
    return true;
  }

  @Override
  public boolean shouldSnapshotOnDataError() {
    return false;
  }

  @Override
  public boolean shouldStreamEventsStartingFromSnapshot() {
    return false;
  }
}
