package io.wardbell.source.sqlite.wal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A commit in the log whose pages were not looked at yet.
///
/// @param first its first frame
/// @param last its commit frame
/// @param pages the page of each frame
@SuppressWarnings("ArrayRecordComponent") // read, never shared outside
record FoundCommit(int first, int last, int[] pages) {
  /// The commits behind where the chain stands, without regard to checksums.
  ///
  /// @param lastFrame up to here, which must be the end of a commit
  /// @param lastHeader is filled with the header of that frame
  /// @return none unless all frames are there and belong
  static List<FoundCommit> between(FrameScan chain, int lastFrame, byte[] lastHeader)
      throws IOException {
    if (chain.log().size() < chain.header.positionOf(lastFrame + 1)) {
      return List.of();
    }
    List<FoundCommit> commits = new ArrayList<>();
    IntList pages = new IntList();
    int first = chain.frame() + 1;
    for (int f = first; f <= lastFrame; f++) {
      int got = chain.log().read(lastHeader, 0, lastHeader.length, chain.header.positionOf(f));
      Frame frame = Frame.at(lastHeader, 0);
      if (got < lastHeader.length || (!frame.belongsTo(chain.header) && !frame.hasNoSalt())) {
        return List.of();
      }
      pages.add(frame.page());
      if (frame.isCommit()) {
        commits.add(new FoundCommit(first, f, pages.take()));
        first = f + 1;
      }
    }
    return pages.size() > 0 ? List.of() : commits;
  }
}
