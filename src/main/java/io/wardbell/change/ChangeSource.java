package io.wardbell.change;

import org.jspecify.annotations.Nullable;

/// Reads one database for as long as it is open, whatever happens to the database meanwhile.
public interface ChangeSource extends AutoCloseable {
  /// Looks once whether the database can be read.
  ///
  /// @throws SourceFault if it cannot: all that is wrong in one message, a line a fault
  void probe() throws SourceFault;

  /// Begins to read. Returns at once; events come on the source's own threads.
  void start(ChangeSink sink);

  /// What the source is doing. Any thread.
  SourceState state();

  /// What the server keeps for this source, as of the last minute; null if nothing, or if it is not
  /// known yet. Any thread.
  default @Nullable HeldLog heldLog() {
    return null;
  }

  /// Ends the connection to the database, within about a second.
  @Override
  void close();
}
