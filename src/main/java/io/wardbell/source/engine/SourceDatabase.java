package io.wardbell.source.engine;

import io.wardbell.change.Capture;
import io.wardbell.change.ChangeSource;
import io.wardbell.change.SourceFault;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import java.time.Duration;

/// A database that can be followed: what a URL names, before anything is connected.
public sealed interface SourceDatabase permits PostgresDatabase, BinlogDatabase, SqliteDatabase {
  /// What reads it, not started yet.
  ChangeSource source(Capture capture, Clock clock, Metrics metrics);

  /// Looks it over once, as an engine's start does, for somebody who asks what is well, too.
  ///
  /// @throws SourceFault if it cannot be followed: all that is wrong in one message, a line a fault
  Examination examine(Capture capture, Clock clock) throws SourceFault;

  /// What and where it is, for people: no user, no password.
  String label();

  /// The smallest difference between two dates in it that clients can tell apart, too: they know
  /// milliseconds, and Vaultwarden's `DATETIME` on MariaDB and MySQL has whole seconds.
  Duration dateStep();
}
