package io.wardbell.source.engine;

import io.wardbell.change.Capture;
import io.wardbell.change.ChangeSink;
import io.wardbell.change.ChangeSource;
import io.wardbell.change.SourceFault;
import io.wardbell.change.SourceState;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/// Reads a MariaDB or MySQL database for as long as it is open: one engine after another, each with
/// a snapshot and the binary log from a place before it. See DESIGN.md beside this file, and
/// [Supervisor] for the threads.
final class BinlogSource implements ChangeSource {
  /// The server sends a sign of life after 0.8 s of silence.
  private static final Duration SILENCE_MAX = Duration.ofSeconds(8);

  /// Above what people give to their replicas by hand.
  private static final long SERVER_ID_MIN = 1L << 30;

  private static final long SERVER_ID_MAX = 1L << 32;

  /// The client that reads the log writes to java.util.logging what it also throws. Held, because
  /// the platform forgets a logger's level with the logger.
  private static final Logger CLIENT_LOG = Logger.getLogger("com.github.shyiko.mysql.binlog");

  private final BinlogDatabase database;
  private final Capture capture;
  private final Clock clock;
  private final BinlogConnections connections;
  private final BinlogPreflight preflight;
  private final BinlogLog binlog;
  private final LongSupplier serverIds;
  private final Supervisor<BinlogPlan> supervisor;

  BinlogSource(BinlogDatabase database, Capture capture, Clock clock, Metrics metrics) {
    this(database, capture, clock, metrics, randomServerIds());
  }

  /// @param serverIds an id for each engine, which no other replica of the server has
  BinlogSource(
      BinlogDatabase database,
      Capture capture,
      Clock clock,
      Metrics metrics,
      LongSupplier serverIds) {
    this.serverIds = serverIds;
    CLIENT_LOG.setLevel(Level.OFF);
    this.database = database;
    this.capture = capture;
    this.clock = clock;
    connections = new BinlogConnections(database);
    preflight = new BinlogPreflight(database, capture);
    binlog = new BinlogLog(connections);
    supervisor =
        new Supervisor<>(
            new Supervisor.Database<>() {
              @Override
              public BinlogPlan plan() throws SourceFault {
                return BinlogSource.this.plan();
              }

              @Override
              public Supervisor.Attempt attempt(
                  BinlogPlan plan, int number, ChangeSink sink, Runnable onStreaming)
                  throws SourceFault, InterruptedException {
                return BinlogSource.this.attempt(plan, number, sink, onStreaming);
              }
            },
            clock,
            metrics);
  }

  /// A new id each time: if another replica should have taken one, the next will do.
  private static LongSupplier randomServerIds() {
    SplittableRandom random = new SplittableRandom();
    return () -> random.nextLong(SERVER_ID_MIN, SERVER_ID_MAX);
  }

  @Override
  public void probe() throws SourceFault {
    var _ = plan();
  }

  private BinlogPlan plan() throws SourceFault {
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
  public void close() {
    supervisor.close();
  }

  private Supervisor.Attempt attempt(
      BinlogPlan plan, int number, ChangeSink sink, Runnable onStreaming)
      throws SourceFault, InterruptedException {
    BinlogPosition start = binlog.start(plan);
    LogClientWatch watch = new LogClientWatch(database);
    BinlogTranslation translation =
        new BinlogTranslation(start, binlog::end, watch, clock::nanoTime);
    String name = "engine-" + number;
    EngineRun engine =
        new EngineRun(
            name,
            BinlogSettings.of(
                database,
                plan,
                capture,
                start,
                connections.trusted(),
                new BinlogSettings.Engine(name, serverIds.getAsLong())),
            sink,
            translation,
            new EngineRun.Hooks(onStreaming, () -> {}));
    watch.watch(engine);
    return new BinlogAttempt(engine, translation, binlog, new LogCourse());
  }

  private record BinlogAttempt(
      EngineRun engine, BinlogTranslation translation, BinlogLog binlog, LogCourse course)
      implements Supervisor.Attempt {
    @Override
    public boolean isSilent() {
      return translation.silentNanos() > SILENCE_MAX.toNanos();
    }

    @Override
    public Duration quiet() {
      return translation.quiet();
    }

    @Override
    public @Nullable String astray() {
      @Nullable BinlogPosition read = translation.read();
      try {
        return read == null ? null : course.astray(read, binlog.end());
      } catch (GapException e) {
        return null; // The engine's own connection tells.
      }
    }

    @Override
    public void close() {
      // Debezium closes its connections, also one that does not answer.
    }
  }
}
