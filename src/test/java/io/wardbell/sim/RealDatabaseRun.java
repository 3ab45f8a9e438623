package io.wardbell.sim;

import io.wardbell.source.engine.SourceDatabase;
import java.sql.Connection;
import java.sql.SQLException;

/// The simulation on a real database.
public final class RealDatabaseRun {
  private RealDatabaseRun() {}

  /// Plays one seed on a database with the server's tables, where others may have been played.
  ///
  /// @param connection the server's
  /// @return what was done
  /// @throws AssertionError with the story if a client does not converge
  public static String play(long seed, int rounds, Connection connection, SourceDatabase database)
      throws SQLException {
    World.Tally tally = new World.Tally();
    try (RealTwin twin = new RealTwin(connection, database)) {
      new World(seed, tally, twin).play(rounds);
      return "seed %d: %d statements, %d commits read, %d messages, %d copies compared"
          .formatted(seed, tally.statements, twin.commits, tally.messages, tally.checks);
    }
  }
}
