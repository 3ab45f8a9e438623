package io.wardbell.source.engine;

import io.wardbell.change.Capture;
import io.wardbell.change.ChangeSource;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import java.time.Duration;

/// A database that can be followed: what a URL names, before anything is connected.
public sealed interface SourceDatabase permits PostgresDatabase, BinlogDatabase, SqliteDatabase {
  /// What reads it, not started yet.
  ChangeSource source(Capture capture, Clock clock, Metrics metrics);

  /// The smallest difference between two dates in it that clients can tell apart, too: they know
  /// milliseconds, and Vaultwarden's `DATETIME` on MariaDB and MySQL has whole seconds.
  Duration dateStep();
}
