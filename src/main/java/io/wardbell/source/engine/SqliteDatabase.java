package io.wardbell.source.engine;

import io.wardbell.change.Capture;
import io.wardbell.change.ChangeSource;
import io.wardbell.change.SourceFault;
import io.wardbell.config.SqliteFile;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A SQLite database: its file, and nobody to ask.
///
/// @param file need not be there yet
/// @param networkFileSystem whether to read it where pages may be stale, too
public record SqliteDatabase(Path file, boolean networkFileSystem) implements SourceDatabase {
  /// What a URL or a path names.
  public static SqliteDatabase of(SqliteFile file, boolean networkFileSystem) {
    return new SqliteDatabase(file.path(), networkFileSystem);
  }

  @Override
  public ChangeSource source(Capture capture, Clock clock, Metrics metrics) {
    return new SqliteSource(this, capture, clock, metrics);
  }

  @Override
  public Examination examine(Capture capture, Clock clock) throws SourceFault {
    SqlitePreflight preflight = new SqlitePreflight(this, capture, clock);
    SqlitePlan plan = preflight.check();
    preflight.readAll();
    return new Examination(
        List.of(
            "%s is there, on a local file system, and can be read".formatted(file),
            "all of %d tables could be read to their last row".formatted(plan.tables().size())),
        plan.faults(),
        List.of());
  }

  @Override
  public String label() {
    return "SQLite " + file;
  }

  @Override
  public Duration dateStep() {
    return Duration.ofMillis(1);
  }
}
