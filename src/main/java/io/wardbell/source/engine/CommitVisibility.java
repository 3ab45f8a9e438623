package io.wardbell.source.engine;

import io.wardbell.change.SourceFault;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/// Holds a change back until other sessions can see it.
///
/// With synchronous replication a commit is in the log before the standby has confirmed it, and is
/// visible only then. A client that were told at once would fetch the old row and never hear again.
/// Used only where `synchronous_standby_names` is set; costs a query for a transaction.
final class CommitVisibility implements AutoCloseable {
  /// A standby that is away for longer stalls the server's writers; so does this.
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final PostgresConnections connections;
  private final LongSupplier nanoTime;
  private @Nullable Connection connection;
  private long visible = -1;

  CommitVisibility(PostgresConnections connections, LongSupplier nanoTime) {
    this.connections = connections;
    this.nanoTime = nanoTime;
  }

  /// Waits until the record's transaction is visible to others.
  void await(SourceRecord record) throws InterruptedException, GapException {
    if (!(record.value() instanceof Struct value)
        || value.schema().field("source") == null
        || !(value.getStruct("source").get("txId") instanceof Long transaction)
        || transaction == visible
        || "r".equals(value.get("op"))) {
      return;
    }
    long patience = nanoTime.getAsLong() + PATIENCE.toNanos();
    while (!sees(transaction)) {
      if (nanoTime.getAsLong() - patience > 0) {
        throw new GapException(
            "invisible",
            "a commit has waited for a synchronous standby for " + PATIENCE.toSeconds() + " s");
      }
      Thread.sleep(1);
    }
    visible = transaction;
  }

  private boolean sees(long transaction) throws GapException {
    try {
      if (connection == null) {
        connection = connections.open();
      }
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("SELECT txid_current_snapshot()::text")) {
        return row.next() && isVisible(transaction, row.getString(1));
      }
    } catch (SQLException | SourceFault e) {
      throw new GapException("invisible", "whether a commit is visible could not be asked");
    }
  }

  /// @param transaction its lower 32 bits, or all of them
  /// @param snapshot `xmin:xmax:xip,xip…` with 64 bits each
  static boolean isVisible(long transaction, String snapshot) {
    String[] parts = snapshot.split(":", -1);
    long next = Long.parseLong(parts[1]);
    long low = transaction & 0xffff_ffffL;
    long full = (next & ~0xffff_ffffL) | low;
    if (full - next > 0x7fff_ffffL) {
      full -= 0x1_0000_0000L;
    } else if (next - full > 0x7fff_ffffL) {
      full += 0x1_0000_0000L;
    }
    String running = Long.toString(full);
    return full < next && Arrays.stream(parts[2].split(",")).noneMatch(running::equals);
  }

  @Override
  public void close() {
    Connection open = connection;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        // The server drops it by itself.
      }
    }
  }
}
