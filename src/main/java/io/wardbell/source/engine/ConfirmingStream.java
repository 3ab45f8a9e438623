package io.wardbell.source.engine;

import io.debezium.connector.postgresql.connection.Lsn;
import io.debezium.connector.postgresql.connection.ReplicationStream;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Tells the server that whatever came has been taken, so that it may drop its log: a position is
/// worth nothing to us after its connection ended.
///
/// Debezium tells it by another thread, and only after a change: but the reader holds the driver's
/// lock while it waits, so that this is given up as a rule; and while the last change is not
/// confirmed, the driver confirms nothing that came after it either. A vault that is quiet after a
/// change would hold the log of a whole busy cluster.
@SuppressWarnings("try") // Debezium's interface lets close() throw anything.
final class ConfirmingStream implements ReplicationStream {
  private static final Duration AT_LEAST_EVERY = Duration.ofSeconds(2);

  private final ReplicationStream stream;
  private @Nullable Lsn confirmed;
  private final LongSupplier nanoTime;
  private long confirmedAt;

  ConfirmingStream(ReplicationStream stream, LongSupplier nanoTime) {
    this.stream = stream;
    this.nanoTime = nanoTime;
    confirmedAt = nanoTime.getAsLong();
  }

  @Override
  public void read(ReplicationMessageProcessor processor)
      throws SQLException, InterruptedException {
    stream.read(processor);
    confirm();
  }

  @Override
  public boolean readPending(ReplicationMessageProcessor processor)
      throws SQLException, InterruptedException {
    boolean read = stream.readPending(processor);
    if (!read || nanoTime.getAsLong() - confirmedAt > AT_LEAST_EVERY.toNanos()) {
      confirm();
    }
    return read;
  }

  private void confirm() throws SQLException {
    @Nullable Lsn last = stream.lastReceivedLsn();
    if (last != null && !last.equals(confirmed)) {
      stream.flushLsn(last);
      confirmed = last;
    }
    confirmedAt = nanoTime.getAsLong();
  }

  /// Debezium's own, which comes late: see above.
  @Override
  public void flushLsn(Lsn ignored) {}

  @Override
  public Lsn lastReceivedLsn() {
    return stream.lastReceivedLsn();
  }

  @Override
  public Lsn startLsn() {
    return stream.startLsn();
  }

  @Override
  public void startKeepAlive(ExecutorService service) {
    stream.startKeepAlive(service);
  }

  @Override
  public void stopKeepAlive() {
    stream.stopKeepAlive();
  }

  @Override
  public void close() throws Exception {
    stream.close();
  }
}
