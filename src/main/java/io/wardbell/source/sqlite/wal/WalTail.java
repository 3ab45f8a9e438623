package io.wardbell.source.sqlite.wal;

import io.wardbell.source.sqlite.wal.FrameScan.End;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Follows the write-ahead log, commit by commit, through everything that may happen to it. Holds
/// no lock, so SQLite may begin the log anew at any time; where that might have hidden a commit, a
/// [GapException] says so.
final class WalTail {
  private static final long REFRESH_NANOS = 20_000_000;
  private static final long INDEX_PATIENCE_NANOS = 20_000_000;
  private static final long STUCK_NANOS = 2_000_000_000;
  private static final int UNINDEXED_COMMITS_MAX = 3;

  /// While the tail of an overwritten generation is read: a frame that is intact for as long as the
  /// tail is.
  @SuppressWarnings("ArrayRecordComponent") // read, never shared outside
  private record Anchor(int frame, byte[] header) {}

  private final DatabaseFiles files;
  private final Timing timing;
  private final IndexReader index;
  private final PageFrames newest = new PageFrames();
  private @Nullable FrameScan chain;
  private @Nullable NoLog noLog;
  private @Nullable Anchor anchor;
  private final ChangeCounter counter;
  private long refreshedNanos;
  private boolean unindexed;
  private long unindexedSinceNanos;
  private int unindexedCommits;
  private boolean waiting;
  private boolean stuck;
  private long stuckSinceNanos;
  private long trusted;

  WalTail(DatabaseFiles files, Timing timing) {
    this.files = files;
    this.timing = timing;
    index = new IndexReader(files);
    counter = new ChangeCounter(files, timing);
  }

  /// The log that is being followed; null while there is none.
  @Nullable FrameScan chain() {
    return chain;
  }

  /// What is known while there is no log; null while there is one.
  @Nullable NoLog noLog() {
    return chain == null ? noLog : null;
  }

  /// Whether the last poll could not tell what is committed, and the next one may.
  boolean isWaiting() {
    return waiting;
  }

  /// How many commits were taken on the index's word although their checksums do not add up.
  long trusted() {
    return trusted;
  }

  /// The newest committed frame of a page; 0 if the page is in the database file.
  int frameOf(int page) {
    return chain == null ? 0 : newest.get(page);
  }

  /// Begins at whatever is committed now.
  void start() throws IOException, GapException, InterruptedException {
    files.refresh();
    refreshedNanos = timing.now();
    chain = null;
    counter.forget();
    anchor = null;
    waiting = false;
    newest.clear();
    noLog = new NoLog(files.stamp(), timing.wallNanos(), null);
    WalHeader header = WalHeader.read(files.log());
    if (header != null) {
      enter(header);
      advance(_ -> {});
    }
  }

  /// Without a log: takes the database's present state for the one that everything up to here was
  /// read from.
  ///
  /// @param before the stamp from before the reading; must still be right
  void vouchForDatabase(DatabaseFiles.@Nullable Stamp before, long takenNanos)
      throws IOException, GapException {
    WalIndexHeader left = index.read();
    if (WalHeader.read(files.log()) != null || !Objects.equals(before, files.stamp())) {
      throw new GapException(Gap.CHANGED_WITHOUT_LOG);
    }
    noLog = new NoLog(before, takenNanos, left != null && left.frames() == 0 ? left : null);
  }

  private FrameScan enter(WalHeader header) {
    FrameScan entered = new FrameScan(Objects.requireNonNull(files.log()), header);
    chain = entered;
    newest.clear();
    return entered;
  }

  /// Looks once. Delivers every commit that is new.
  ///
  /// @return whether there was any
  boolean poll(CommitSink sink) throws IOException, GapException, InterruptedException {
    waiting = false;
    refresh(false);
    FrameScan at = chain;
    WalIndexHeader seen = index.read();
    if (at != null
        && seen != null
        && seen.indexes(at.header)
        && seen.frames() == at.frame()
        && counter.is(seen.changes())) {
      counter.confirm();
      return false;
    }
    WalHeader header = WalHeader.read(files.log());
    if (header == null) {
      refresh(true);
      header = WalHeader.read(files.log());
    }
    if (header == null) {
      withoutLog();
      return false;
    }
    if (at == null) {
      if (noLog == null || !noLog.isFollowedBy(header, files.stamp())) {
        throw new GapException(Gap.LOG_APPEARED);
      }
      counter.forget();
      enter(header);
    } else if (!at.reads(files.log())) {
      throw new GapException(Gap.LOG_VANISHED); // another file, with salts of its own
    } else if (!header.equals(at.header)) {
      return changed(at, header, sink);
    } else if (at.frame() > 0 && !at.isIntact(at.frame(), at.frameHeader())) {
      if (at.stillCurrent()) {
        throw new GapException(Gap.HISTORY_REWRITTEN);
      }
      waiting = true; // being begun anew right now
      return false;
    }
    return advance(sink);
  }

  private void refresh(boolean now) throws IOException, GapException {
    long time = timing.now();
    if (now || time - refreshedNanos >= REFRESH_NANOS) {
      refreshedNanos = time;
      if (files.refresh()) {
        throw new GapException(Gap.DATABASE_REPLACED);
      }
    }
  }

  /// A file event said that names changed: the next poll looks at them.
  void expectNewFiles() {
    refreshedNanos = timing.now() - REFRESH_NANOS;
  }

  private void withoutLog() throws IOException, GapException {
    if (chain == null) {
      return;
    }
    FileBytes log = files.log();
    if (log != null && log.size() >= WalHeader.BYTES && !isStuck()) {
      waiting = true; // a header that is being written
      return;
    }
    DatabaseFiles.Stamp stamp = files.stamp();
    long taken = timing.wallNanos();
    WalIndexHeader left = index.read();
    chain = null;
    newest.clear();
    boolean proven =
        left != null && left.frames() == 0 && counter.is(left.changes()) && counter.isUsable();
    if (!proven) {
      throw new GapException(Gap.LOG_VANISHED);
    }
    noLog = new NoLog(stamp, taken, left);
  }

  private boolean changed(FrameScan at, WalHeader header, CommitSink sink)
      throws IOException, GapException, InterruptedException {
    if (header.sameSalts(at.header.salt1, at.header.salt2)) {
      if (at.frame() > 0) {
        throw new GapException(Gap.HISTORY_REWRITTEN);
      }
      enter(header); // written again by another connection
      return advance(sink);
    }
    boolean delivered = finish(at, header, sink);
    return advance(sink) || delivered;
  }

  /// Reads the rest of a generation that another one has begun to overwrite, and proves that
  /// nothing lies between the two.
  private boolean finish(FrameScan old, WalHeader header, CommitSink sink)
      throws IOException, GapException, InterruptedException {
    int from = old.frame();
    byte[] fromHeader = old.frameHeader();
    List<FoundCommit> tail = new ArrayList<>();
    End end = old.run(Integer.MAX_VALUE, tail::add);
    // New frames overwrite from the first on: if ours is intact, all behind it are.
    int tailCommits = 0;
    for (FoundCommit found : tail) {
      tailCommits += old.mayBePadding(found) ? 0 : 1;
    }
    boolean intact = from > 0 && old.isIntact(from, fromHeader);
    boolean follows = header.follows(old.header);
    if (!intact) {
      tail.clear();
    }
    if (!follows) {
      throw new GapException(Gap.LOG_WRAPPED_TWICE);
    }
    boolean proven =
        switch (counter.agreesWith(index, header, intact ? tailCommits : 0)) {
          case YES -> true;
          case NO -> false;
          case UNKNOWN -> intact && end == End.FOREIGN;
        };
    if (!proven) {
      throw new GapException(intact ? Gap.LOG_END_UNPROVEN : Gap.LOG_WRAPPED_PAST_READER);
    }
    for (FoundCommit found : tail) {
      anchor = new Anchor(from, fromHeader);
      deliver(found, sink);
    }
    anchor = null;
    counter.add(tailCommits);
    enter(header);
    return !tail.isEmpty();
  }

  private boolean advance(CommitSink sink) throws IOException, GapException, InterruptedException {
    FrameScan at = Objects.requireNonNull(chain);
    DatabaseFiles.Stamp stamp = files.indexStamp();
    WalIndexHeader gate = index.read();
    int before = at.frame();
    if (gate == null || !gate.indexes(at.header)) {
      return advanceUnindexed(at, sink);
    }
    unindexed = false;
    if (gate.frames() < before) {
      throw new GapException(Gap.INDEX_BEHIND);
    }
    at.run(gate.frames(), found -> deliver(found, sink));
    if (at.frame() < gate.frames()) {
      trust(at, gate, sink);
    }
    if (at.frame() == gate.frames()) {
      stuck = false;
      counter.read(gate.changes(), stamp);
    } else {
      waiting = !isStuck();
    }
    return at.frame() > before;
  }

  private boolean isStuck() {
    if (!stuck) {
      stuck = true;
      stuckSinceNanos = timing.now();
    }
    return timing.now() - stuckSinceNanos > STUCK_NANOS;
  }

  /// There is no index of this log: it is being made, or nobody has the database open. Then the
  /// checksums tell what a recovery would find committed.
  private boolean advanceUnindexed(FrameScan at, CommitSink sink)
      throws IOException, GapException, InterruptedException {
    long now = timing.now();
    counter.forget();
    if (!unindexed) {
      unindexed = true;
      unindexedSinceNanos = now;
      unindexedCommits = 0;
    }
    if (now - unindexedSinceNanos < INDEX_PATIENCE_NANOS) {
      waiting = true;
      return false;
    }
    int before = at.frame();
    at.run(Integer.MAX_VALUE, found -> deliver(found, sink));
    boolean moved = at.frame() > before;
    if (moved
        && now - unindexedSinceNanos > STUCK_NANOS
        && ++unindexedCommits >= UNINDEXED_COMMITS_MAX) {
      throw new DatabaseFault(
          DatabaseFault.Kind.EXCLUSIVE,
          "the log is written without its -shm index: locking_mode=EXCLUSIVE is not supported");
    }
    return moved;
  }

  /// Whether the log has committed frames that nothing here can vouch for: there is no index, and
  /// the checksums stop before them.
  boolean isBroken() throws IOException {
    FrameScan at = chain;
    return at != null && unindexed && at.isBroken();
  }

  private void deliver(FoundCommit found, CommitSink sink)
      throws IOException, GapException, InterruptedException {
    for (int i = 0; i < found.pages().length; i++) {
      newest.put(found.pages()[i], found.first() + i);
    }
    sink.commit(new Commit(found.first(), found.last(), found.pages(), newest));
  }

  /// The index says that frames are committed whose checksums do not add up: SQLite before 3.50.2
  /// could commit such a transaction, and every other connection sees it.
  private void trust(FrameScan at, WalIndexHeader gate, CommitSink sink)
      throws IOException, GapException, InterruptedException {
    byte[] lastHeader = new byte[Frame.HEADER_BYTES];
    List<FoundCommit> commits = FoundCommit.between(at, gate.frames(), lastHeader);
    WalIndexHeader now = index.read();
    if (!at.stillCurrent() || now == null || !now.indexes(at.header)) {
      return;
    }
    trusted += commits.size();
    if (!commits.isEmpty()) {
      at.jumpTo(gate.frames(), lastHeader, gate.sum1(), gate.sum2());
    }
    for (FoundCommit found : commits) {
      deliver(found, sink);
    }
  }

  /// Vouches for pages that were read as of `lastFrame`, after they were read.
  ///
  /// @param fromDatabase pages that were taken from the database file: a checkpoint may have put a
  ///   later commit there
  void verify(int lastFrame, PageFrames fromDatabase) throws IOException, GapException {
    FrameScan at = chain;
    if (at == null) {
      return; // the stamp is compared
    }
    if (anchor != null) {
      if (fromDatabase.size() > 0) {
        throw new GapException(Gap.PAGE_OVERTAKEN);
      }
      if (!at.isIntact(anchor.frame(), anchor.header())) {
        throw new GapException(Gap.LOG_WRAPPED_PAST_READER);
      }
      return;
    }
    if (fromDatabase.size() > 0) {
      refresh(true);
      if (!at.reads(files.log())) {
        throw new GapException(Gap.LOG_VANISHED);
      }
      WalIndexHeader now = index.read();
      boolean indexed = now != null && now.indexes(at.header);
      int copied = indexed && now != null ? now.backfillAttempted() : Integer.MAX_VALUE;
      if (at.overtakes(lastFrame, copied, fromDatabase)) {
        throw new GapException(Gap.PAGE_OVERTAKEN);
      }
    }
    if (!at.stillCurrent()) {
      throw new GapException(Gap.LOG_WRAPPED_PAST_READER);
    }
  }
}
