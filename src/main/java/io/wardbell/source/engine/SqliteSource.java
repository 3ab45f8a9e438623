package io.wardbell.source.engine;

import io.wardbell.change.Capture;
import io.wardbell.change.ChangeSink;
import io.wardbell.change.ChangeSource;
import io.wardbell.change.SourceEvent;
import io.wardbell.change.SourceFault;
import io.wardbell.change.SourceState;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import io.wardbell.source.sqlite.wal.DatabaseFault;
import java.time.Duration;
import java.util.function.Consumer;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/// Reads a SQLite database for as long as it is open: one engine after another, each with a
/// snapshot and the commits that follow it. What the connector heals by itself (a log that began
/// anew, a server that was restarted, a file that was replaced) ends no engine. See DESIGN.md
/// beside this file, and [Supervisor] for the threads.
final class SqliteSource implements ChangeSource {
  /// How long a fault counts that shows only when the server writes. Then another engine tries, and
  /// its snapshot tells what was missed.
  private static final Duration WRITERS_FAULT = Duration.ofSeconds(60);

  /// @param sinceNanos when an engine ended with it
  private record Refused(DatabaseFault fault, long sinceNanos) {}

  private final SqliteDatabase database;
  private final Capture capture;
  private final Clock clock;
  private final SqlitePreflight preflight;
  private final Supervisor<SqlitePlan> supervisor;
  private volatile @Nullable Refused refused;

  SqliteSource(SqliteDatabase database, Capture capture, Clock clock, Metrics metrics) {
    this.database = database;
    this.capture = capture;
    this.clock = clock;
    preflight = new SqlitePreflight(database, capture, clock);
    supervisor =
        new Supervisor<>(
            new Supervisor.Database<>() {
              @Override
              public SqlitePlan plan() throws SourceFault {
                return SqliteSource.this.plan();
              }

              @Override
              public Supervisor.Attempt attempt(
                  SqlitePlan plan, int number, ChangeSink sink, Runnable onStreaming) {
                return SqliteSource.this.attempt(number, sink, onStreaming);
              }
            },
            clock,
            metrics);
  }

  @Override
  public void probe() throws SourceFault {
    var _ = preflight.check();
    preflight.readAll();
  }

  private SqlitePlan plan() throws SourceFault {
    @Nullable Refused now = refused;
    if (now != null && clock.nanoTime() - now.sinceNanos() < WRITERS_FAULT.toNanos()) {
      throw SqliteFaults.of(database.file(), now.fault());
    }
    return preflight.check();
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

  private Supervisor.Attempt attempt(int number, ChangeSink sink, Runnable onStreaming) {
    String name = "engine-" + number;
    EngineRun engine =
        new EngineRun(
            name,
            SqliteSettings.of(database, capture, name),
            sink,
            new SqliteTranslation(new Reader()),
            new EngineRun.Hooks(onStreaming, () -> {}));
    return new SqliteAttempt(engine, this::ended);
  }

  private void ended(Throwable failure) {
    if (failure instanceof DatabaseFault fault
        && (fault.kind() == DatabaseFault.Kind.NO_JOURNAL
            || fault.kind() == DatabaseFault.Kind.EXCLUSIVE)) {
      refused = new Refused(fault, clock.nanoTime());
    }
  }

  /// A commit is read when it is visible to others, and its rows are told one by one.
  private record SqliteTranslation(Reader reader) implements EngineRun.Translation {
    @Override
    public void take(SourceRecord record, EngineRun.Handover out)
        throws InterruptedException, GapException {
      @Nullable SourceEvent event = reader.read(record);
      if (event != null) {
        out.event(event);
      }
    }
  }

  private record SqliteAttempt(EngineRun engine, Consumer<Throwable> onFailure)
      implements Supervisor.Attempt {
    @Override
    public boolean isSilent() {
      return false; // There is nobody who could fall silent.
    }

    @Override
    public @Nullable String astray() {
      return null; // The connector looks at the files' names and identities itself.
    }

    @Override
    public void close() {
      @Nullable Throwable failure = engine.failure();
      if (failure != null) {
        onFailure.accept(failure);
      }
    }
  }
}
