package io.wardbell.source.engine;

import io.wardbell.change.Capture;
import io.wardbell.change.ChangeSink;
import io.wardbell.change.ChangeSource;
import io.wardbell.change.HeldLog;
import io.wardbell.change.SourceEvent;
import io.wardbell.change.SourceFault;
import io.wardbell.change.SourceState;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads a PostgreSQL database for as long as it is open: one engine after another, each with a
/// temporary slot, a snapshot and the stream that follows it. See DESIGN.md beside this file, and
/// [Supervisor] for the threads.
final class PostgresSource implements ChangeSource {
  /// How long the reader waits for data in one go: shorter waits cost idle CPU.
  private static final long READ_WAIT_MILLIS = 5_000;

  /// The server answers each of our status updates, sent every 2 s: three that stay unanswered, on
  /// top of a reader's wait, mean that nobody is there.
  private static final Duration SILENCE_MAX = Duration.ofMillis(READ_WAIT_MILLIS + 3 * 2_000);

  /// What the names of Wardbell's slots begin with, whichever process made them.
  static final String SLOTS = "wardbell_";

  private static final Logger log = LoggerFactory.getLogger(PostgresSource.class);

  private final PostgresDatabase database;
  private final PostgresPreflight preflight;
  private final PostgresConnections connections;
  private final Clock clock;

  private final PostgresSlots slots;

  private final Supervisor<PostgresPlan> supervisor;

  PostgresSource(PostgresDatabase database, Capture capture, Clock clock, Metrics metrics) {
    this(database, capture, clock, metrics, Supervisor.CHECK_EVERY);
  }

  /// @param checkEvery how often the database is looked over while an engine runs
  PostgresSource(
      PostgresDatabase database,
      Capture capture,
      Clock clock,
      Metrics metrics,
      Duration checkEvery) {
    this.database = database;
    this.clock = clock;
    connections = new PostgresConnections(database);
    slots =
        new PostgresSlots(
            connections, slotPrefix(), database.walMegabytesMax() << 20, clock::nanoTime);
    preflight = new PostgresPreflight(capture, database.publication(), slots.prefix());
    supervisor =
        new Supervisor<>(
            new Supervisor.Database<>() {
              @Override
              public PostgresPlan plan() throws SourceFault {
                return PostgresSource.this.plan();
              }

              @Override
              public Supervisor.Attempt attempt(
                  PostgresPlan plan, int number, ChangeSink sink, Runnable onStreaming)
                  throws SourceFault, InterruptedException {
                return PostgresSource.this.attempt(plan, number, sink, onStreaming);
              }

              @Override
              public @Nullable HeldLog held() throws SourceFault {
                return slots.held();
              }
            },
            clock,
            metrics,
            checkEvery);
  }

  /// Tells this process's slots from those of others on the same database.
  private static String slotPrefix() {
    return SLOTS + UUID.randomUUID().toString().replace("-", "").substring(0, 12) + "_";
  }

  @Override
  public void probe() throws SourceFault {
    var _ = plan();
    connections.tryReplication();
  }

  private PostgresPlan plan() throws SourceFault {
    try (Connection connection = connections.open()) {
      return preflight.check(connection);
    } catch (SQLException e) {
      throw connections.explain(e);
    }
  }

  @Override
  public void start(ChangeSink sink) {
    supervisor.start(sink);
  }

  @Override
  public SourceState state() {
    return supervisor.state();
  }

  @Override
  public @Nullable HeldLog heldLog() {
    return supervisor.held();
  }

  @Override
  public void close() {
    supervisor.close();
  }

  private Supervisor.Attempt attempt(
      PostgresPlan plan, int number, ChangeSink sink, Runnable onStreaming)
      throws SourceFault, InterruptedException {
    connections.tryReplication();
    slots.clear();
    String slot = slots.prefix() + number;
    SocketGroup sockets = new SocketGroup(slot, database, READ_WAIT_MILLIS, clock::nanoTime);
    CommitVisibility visibility = new CommitVisibility(connections, clock::nanoTime);
    EngineRun engine =
        new EngineRun(
            "engine-" + number,
            PostgresSettings.of(database, plan, slot, sockets),
            sink,
            new PostgresTranslation(new Reader(), plan.synchronous() ? visibility : null),
            new EngineRun.Hooks(onStreaming, sockets::closing));
    SlotWait slotWait = new SlotWait(slots, sockets, clock::nanoTime);
    return new PostgresAttempt(engine, sockets, visibility, slots, slotWait);
  }

  /// @param visibility null if whatever is in the log is visible
  private record PostgresTranslation(Reader reader, @Nullable CommitVisibility visibility)
      implements EngineRun.Translation {
    @Override
    public void take(SourceRecord record, EngineRun.Handover out)
        throws InterruptedException, GapException {
      @Nullable SourceEvent event = reader.read(record);
      if (event == null) {
        return;
      }
      if (visibility != null) {
        visibility.await(record);
      }
      out.event(event);
    }
  }

  private record PostgresAttempt(
      EngineRun engine,
      SocketGroup sockets,
      CommitVisibility visibility,
      PostgresSlots slots,
      SlotWait slotWait)
      implements Supervisor.Attempt {
    @Override
    public boolean isSilent() {
      return slotWait.isSilent()
          || (sockets.streaming() && sockets.silentNanos() > SILENCE_MAX.toNanos());
    }

    /// A name that was given to another server breaks no connection to the old one.
    @Override
    public @Nullable String astray() {
      try {
        return sockets.streaming() && slots.areElsewhere()
            ? "the address leads to another server than the one that was read"
            : null;
      } catch (SourceFault e) {
        return null; // The engine's own connection tells.
      }
    }

    @Override
    public @Nullable String waitsFor() {
      return slotWait.waitsFor();
    }

    @Override
    public @Nullable String isInTheWayOf() {
      try {
        return sockets.slotWaitNanos() > 0 ? null : slots.waiting(sockets.name());
      } catch (SourceFault e) {
        return null; // The engine's own connection tells.
      }
    }

    @Override
    public void close() {
      sockets.close();
      visibility.close();
      if (sockets.slotWaitNanos() > 0) {
        sockets.slotMade(); // Once is enough.
        try {
          var _ = slots.terminate();
        } catch (SourceFault e) {
          log.debug("A slot may be left: {}", e.getMessage()); // The next engine looks after it.
        }
      }
    }
  }
}
