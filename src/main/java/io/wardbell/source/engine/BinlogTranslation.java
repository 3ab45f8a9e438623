package io.wardbell.source.engine;

import io.wardbell.change.RowChange;
import io.wardbell.change.SourceEvent;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/// One engine's records from a binary log: a snapshot, then the log from a place before it.
///
/// The snapshot's rows are newer than the log's first changes, so that these run through old states
/// once more. They are handed on as part of the snapshot, in which the last one counts, until the
/// log has been read up to where it ended after the snapshot: there the rows are those of that very
/// place, and every change that follows is a true one. See DESIGN.md beside this file.
final class BinlogTranslation implements EngineRun.Translation {
  /// Asks the server where its log ends.
  interface LogEnd {
    BinlogPosition read() throws GapException, InterruptedException;
  }

  private sealed interface Phase {
    /// Rows are being read.
    record Snapshot() implements Phase {}

    /// The log is being read up to where it ended after the snapshot.
    record Replay(BinlogPosition end) implements Phase {}

    /// Changes are news.
    record Live() implements Phase {}
  }

  /// A sign of life that comes after such a silence was not waiting to be read: the server sends
  /// one each 0.8 s while its log has nothing else.
  private static final Duration AWAITED_MIN = Duration.ofMillis(400);

  private static final Duration AWAITED_MAX = Duration.ofSeconds(2);

  private static final String HEARTBEATS = "__debezium-heartbeat";

  private final BinlogPosition start;
  private final LogEnd logEnd;
  private final Runnable onLogRead;
  private final LongSupplier nanoTime;
  private final Reader reader = new Reader();
  private final TransactionRows transaction = new TransactionRows();
  private Phase phase = new Phase.Snapshot();
  private volatile BinlogPosition read;
  private volatile long lastRecord;
  private volatile long lastRow;
  private volatile long nothingNewUpTo;
  private volatile boolean streaming;

  /// @param start where the log is read from
  /// @param onLogRead called for each record of the log
  BinlogTranslation(
      BinlogPosition start, LogEnd logEnd, Runnable onLogRead, LongSupplier nanoTime) {
    this.start = start;
    read = start;
    this.logEnd = logEnd;
    this.onLogRead = onLogRead;
    this.nanoTime = nanoTime;
    lastRecord = nanoTime.getAsLong();
    lastRow = lastRecord;
    nothingNewUpTo = lastRecord;
  }

  /// For how long, up to the last proof of it, the log had no rows. Any thread.
  Duration quiet() {
    return Duration.ofNanos(Math.max(0, nothingNewUpTo - lastRow));
  }

  /// How long nothing has come, not even a sign of life; 0 while rows are being read. Any thread.
  long silentNanos() {
    return streaming ? nanoTime.getAsLong() - lastRecord : 0;
  }

  /// Up to where the log has been read, at least; null while rows are being read. Any thread.
  @Nullable BinlogPosition read() {
    return streaming ? read : null;
  }

  @Override
  public void take(SourceRecord record, EngineRun.Handover out)
      throws InterruptedException, GapException {
    noteQuiet(record);
    try {
      translate(record, out);
    } finally {
      lastRecord = nanoTime.getAsLong();
    }
  }

  private void noteQuiet(SourceRecord record) {
    long now = nanoTime.getAsLong();
    long silence = now - lastRecord;
    if (!record.topic().startsWith(HEARTBEATS)) {
      lastRow = now;
    } else if (streaming && silence >= AWAITED_MIN.toNanos() && silence <= AWAITED_MAX.toNanos()) {
      nothingNewUpTo = now;
    }
  }

  @Override
  public String explain(String said) {
    if (said.contains("internal schema size")) {
      return "a connection writes rows without all columns to the binary log, because it is older"
          + " than binlog_row_image=FULL, or sets another: restart the vault server";
    }
    return said.contains("could not find next log") ? "the binary log was reset" : said;
  }

  private void translate(SourceRecord record, EngineRun.Handover out)
      throws InterruptedException, GapException {
    if (!(record.value() instanceof Struct value)) {
      return;
    }
    if (!(phase instanceof Phase.Snapshot)) {
      onLogRead.run();
      @Nullable BinlogPosition place = place(record, value);
      if (place != null) {
        read = place;
        if (phase instanceof Phase.Replay(var end) && place.reaches(end)) {
          live(out);
        }
      }
    }
    if (record.topic().startsWith(HEARTBEATS)) {
      if (phase instanceof Phase.Snapshot && !record.sourceOffset().containsKey("snapshot")) {
        snapshotDone(out);
      }
    } else if (has(value, "ddl")) {
      if (!(phase instanceof Phase.Snapshot)) {
        throw new GapException("schema", "a table was changed");
      }
    } else if (has(value, "op")) {
      row(record, value, out);
    } else if (has(value, "status")) {
      flush(out); // A transaction began or ended.
    }
  }

  /// The first sign of life after the snapshot.
  private void snapshotDone(EngineRun.Handover out) throws InterruptedException, GapException {
    streaming = true;
    BinlogPosition end = logEnd.read();
    phase = new Phase.Replay(end);
    if (start.reaches(end)) {
      live(out);
    }
  }

  private void live(EngineRun.Handover out) throws InterruptedException, GapException {
    flush(out);
    phase = new Phase.Live();
    out.event(new SourceEvent.SnapshotDone());
  }

  /// The place before which all of the log has been handed on before this record.
  private static @Nullable BinlogPosition place(SourceRecord record, Struct value) {
    if (has(value, "source")) {
      Struct source = value.getStruct("source");
      return source.get("file") instanceof String file && source.get("pos") instanceof Long offset
          ? new BinlogPosition(file, offset, "")
          : null;
    }
    @Nullable Map<String, ?> offset = record.sourceOffset();
    return offset != null
            && offset.get("file") instanceof String file
            && offset.get("pos") instanceof Long place
        ? new BinlogPosition(file, place, "")
        : null;
  }

  private void row(SourceRecord record, Struct value, EngineRun.Handover out)
      throws InterruptedException, GapException {
    @Nullable SourceEvent event = reader.read(record);
    switch (event) {
      case null -> {
        // Nothing that matters.
      }
      case SourceEvent.Rows(var changes, var at) when !"r".equals(value.get("op")) -> {
        for (RowChange change : changes) {
          transaction.add(change, record.key(), at);
        }
        if (transaction.isFull()) {
          flush(out);
        }
      }
      case SourceEvent other -> out.event(other);
    }
  }

  private void flush(EngineRun.Handover out) throws InterruptedException, GapException {
    SourceEvent.@Nullable Rows rows = transaction.drain();
    if (rows != null) {
      out.event(rows);
    }
  }

  private static boolean has(Struct value, String field) {
    return value.schema().field(field) != null;
  }
}
