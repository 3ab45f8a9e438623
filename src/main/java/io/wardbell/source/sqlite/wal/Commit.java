package io.wardbell.source.sqlite.wal;

/// One committed transaction of the log. Valid only while it is being delivered.
///
/// @param first its first frame
/// @param last its commit frame
/// @param framePages the page of each frame
/// @param newest the newest frame of every page, this commit's included
@SuppressWarnings("ArrayRecordComponent") // read, never shared outside
record Commit(int first, int last, int[] framePages, PageFrames newest) implements ChangedPages {
  @Override
  public boolean has(int page) {
    return newest.get(page) >= first;
  }

  @Override
  public int[] pages() {
    return framePages;
  }
}
