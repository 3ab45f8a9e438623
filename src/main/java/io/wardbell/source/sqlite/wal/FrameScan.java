package io.wardbell.source.sqlite.wal;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Walks the checksum chain of one generation of a write-ahead log, from one commit to the next.
///
/// Stands at a commit at all times: frames behind it that no commit follows are not remembered,
/// because their writer may still change them in place. The bytes last read stay in a window, so
/// that the pages of a commit just found need no second reading.
final class FrameScan {
  /// Why a walk stopped.
  enum End {
    /// At the frame it was told to stop at.
    LIMIT,
    /// At the end of the file: there may have been more before a truncation.
    END_OF_FILE,
    /// At a frame of this generation whose checksums were never made.
    NO_SALT,
    /// At a frame that does not continue the chain: what an earlier use of the file left behind.
    FOREIGN
  }

  /// Hears of each commit, when the scan stands at it.
  interface Visitor {
    void commit(FoundCommit found) throws IOException, GapException, InterruptedException;
  }

  private static final int CHUNK_BYTES_MIN = 32 << 10;
  private static final int CHUNK_BYTES_MAX = 1 << 20;

  private final FileBytes log;
  final WalHeader header;
  private final RunningSum committed = new RunningSum();
  private final byte[] lastHeader = new byte[Frame.HEADER_BYTES];
  private int frame;
  private byte[] window = new byte[0];
  private int windowFirst;
  private int windowFrames;

  FrameScan(FileBytes log, WalHeader header) {
    this.log = log;
    this.header = header;
    committed.set(header.sum1, header.sum2);
  }

  /// The last frame of the last commit that was reached; 0 before the first.
  int frame() {
    return frame;
  }

  /// The header of that frame, as it was read.
  byte[] frameHeader() {
    return lastHeader.clone();
  }

  @SuppressWarnings("ReferenceEquality") // the very file that was opened
  boolean reads(@Nullable FileBytes file) {
    return log == file;
  }

  FileBytes log() {
    return log;
  }

  /// Goes to a commit that is known from elsewhere.
  void jumpTo(int newFrame, byte[] newHeader, int sum1, int sum2) {
    frame = newFrame;
    System.arraycopy(newHeader, 0, lastHeader, 0, lastHeader.length);
    committed.set(sum1, sum2);
  }

  /// Walks on, to frame `limit` at most.
  End run(int limit, Visitor visitor) throws IOException, GapException, InterruptedException {
    int size = header.frameBytes();
    int chunk = Math.max(1, CHUNK_BYTES_MIN / size);
    RunningSum sum = new RunningSum();
    sum.set(committed.first, committed.second);
    IntList pages = new IntList();
    int next = frame + 1;
    while (next <= limit) {
      int wanted = Math.min(chunk, limit - next + 1);
      int got = fill(next, wanted, size);
      for (int i = 0; i < got; i++, next++) {
        int at = i * size;
        Frame head = Frame.at(window, at);
        if (!head.belongsTo(header)) {
          return head.hasNoSalt() ? End.NO_SALT : End.FOREIGN;
        }
        sum.add(window, at, at + 8, header.bigEndianSums);
        sum.add(window, at + Frame.HEADER_BYTES, at + size, header.bigEndianSums);
        if (sum.first != Bits.big32(window, at + 16) || sum.second != Bits.big32(window, at + 20)) {
          return End.FOREIGN;
        }
        pages.add(head.page());
        if (head.isCommit()) {
          int first = frame + 1;
          frame = next;
          committed.set(sum.first, sum.second);
          System.arraycopy(window, at, lastHeader, 0, lastHeader.length);
          visitor.commit(new FoundCommit(first, next, pages.take()));
        }
      }
      if (got < wanted) {
        return End.END_OF_FILE;
      }
      chunk = Math.clamp(2L * chunk, 1, Math.max(1, CHUNK_BYTES_MAX / size));
    }
    return End.LIMIT;
  }

  private int fill(int first, int frames, int size) throws IOException {
    if (window.length < frames * size) {
      window = new byte[frames * size];
    }
    windowFrames = 0;
    int got = log.read(window, 0, frames * size, header.positionOf(first)) / size;
    windowFirst = first;
    windowFrames = got;
    return got;
  }

  /// Copies a frame's page out of the window.
  ///
  /// @return false if it is not there any more
  boolean fromWindow(int wantedFrame, byte[] page) {
    int i = wantedFrame - windowFirst;
    if (i < 0 || i >= windowFrames || wantedFrame > frame) {
      return false;
    }
    int at = i * header.frameBytes() + Frame.HEADER_BYTES;
    System.arraycopy(window, at, page, 0, header.pageSize);
    return true;
  }

  /// Reads the page of a committed frame from the file, past the window.
  ///
  /// @return false if the frame is gone or holds another page
  boolean readPage(int someFrame, int page, byte[] into) throws IOException {
    byte[] head = new byte[Frame.HEADER_BYTES];
    long position = header.positionOf(someFrame);
    return log.read(head, 0, head.length, position) == head.length
        && Frame.at(head, 0).page() == page
        && log.read(into, 0, into.length, position + head.length) == into.length;
  }

  /// Whether a commit may be no commit, but its predecessor's last frame written again to fill a
  /// sector (synchronous=FULL on a device without powersafe overwrite). SQLite's change counter
  /// does not count such a frame.
  boolean mayBePadding(FoundCommit commit) throws IOException {
    if (commit.first() != commit.last() || commit.first() < 2) {
      return false;
    }
    int page = commit.pages()[0];
    byte[] before = new byte[header.pageSize];
    byte[] now = new byte[header.pageSize];
    return readPage(commit.first() - 1, page, before)
        && readPage(commit.first(), page, now)
        && Arrays.equals(before, now);
  }

  /// Whether a frame after one and up to another holds any of these pages.
  boolean overtakes(int lastFrame, int copied, PageFrames pages) throws IOException {
    byte[] head = new byte[Frame.HEADER_BYTES];
    for (int f = lastFrame + 1; f <= copied; f++) {
      if (log.read(head, 0, head.length, header.positionOf(f)) < head.length) {
        return false;
      }
      Frame at = Frame.at(head, 0);
      if (!at.belongsTo(header) && !at.hasNoSalt()) {
        return false;
      }
      if (pages.get(at.page()) != 0) {
        return true;
      }
    }
    return false;
  }

  /// Whether the log still has this generation's header, byte for byte.
  boolean stillCurrent() throws IOException {
    byte[] now = new byte[WalHeader.BYTES];
    return log.read(now, 0, now.length, 0) == now.length && header.equals(WalHeader.parse(now));
  }

  /// Whether a frame's header is still what it was.
  boolean isIntact(int someFrame, byte[] itsHeader) throws IOException {
    byte[] now = new byte[Frame.HEADER_BYTES];
    return log.read(now, 0, now.length, header.positionOf(someFrame)) == now.length
        && Arrays.equals(now, itsHeader);
  }

  /// Whether committed frames lie behind the last one that the checksums reach. SQLite before
  /// 3.50.2 wrote such logs (a savepoint rolled back after a spill); a recovery loses them.
  boolean isBroken() throws IOException {
    byte[] head = new byte[Frame.HEADER_BYTES];
    boolean unsalted = false;
    for (int f = frame + 1;
        log.read(head, 0, head.length, header.positionOf(f)) == head.length;
        f++) {
      Frame at = Frame.at(head, 0);
      if (!at.belongsTo(header) && !at.hasNoSalt()) {
        return false;
      }
      unsalted |= at.hasNoSalt();
      if (unsalted && at.isCommit()) {
        return true;
      }
    }
    return false;
  }
}
