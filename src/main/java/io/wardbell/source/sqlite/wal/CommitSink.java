package io.wardbell.source.sqlite.wal;

import java.io.IOException;

/// Takes commits in their order. Called in the middle of a poll, on the polling thread.
interface CommitSink {
  /// @throws GapException if the commit cannot be read any more; nothing of it was used then
  void commit(Commit commit) throws IOException, GapException, InterruptedException;
}
