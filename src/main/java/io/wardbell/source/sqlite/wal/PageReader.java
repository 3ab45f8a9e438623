package io.wardbell.source.sqlite.wal;

import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads pages as of the last commit that the log's tail stands at: the newest committed frame of
/// the page, or else the database file. What was read is true only once [#verify] agrees.
final class PageReader {
  /// What a reading that takes long does meanwhile.
  interface Meanwhile {
    void run() throws IOException, GapException, InterruptedException;
  }

  private static final int BUDGET_BASE = 10_000;
  private static final int RACES_MAX = 10;
  private static final long MEANWHILE_NANOS = 1_000_000;

  private final DatabaseFiles files;
  private final WalTail tail;
  private final Timing timing;
  private final PageFrames fromDatabase = new PageFrames();
  private boolean fromLogFile;
  private long budget;
  private RowLimit rows = RowLimit.none();
  private int pageSize = 512;
  private int usableBytes = 512;
  private @Nullable Meanwhile racing;
  private long racedNanos;

  PageReader(DatabaseFiles files, WalTail tail, Timing timing) {
    this.files = files;
    this.tail = tail;
    this.timing = timing;
  }

  int pageSize() {
    return pageSize;
  }

  int usableBytes() {
    return usableBytes;
  }

  void shape(DatabaseHeader header) {
    pageSize = header.pageSize();
    usableBytes = header.usableBytes();
  }

  /// While this is set, commits go on during a reading: it is called every millisecond, and when a
  /// page is not where it was. To be reset by [#nothingMeanwhile].
  void meanwhile(Meanwhile action) {
    racing = action;
    racedNanos = timing.now();
  }

  void nothingMeanwhile() {
    racing = null;
  }

  /// Begins one reading, for which no more pages are read than a sound database can ask for, and no
  /// more rows are kept than `limit` lets.
  void begin(RowLimit limit) throws IOException {
    rows = limit;
    fromDatabase.clear();
    fromLogFile = false;
    FileBytes database = files.database();
    long pages = database == null ? 0 : database.size() / pageSize;
    FrameScan chain = tail.chain();
    long frames = chain == null ? 0 : chain.log().size() / chain.header.frameBytes();
    budget = 4 * (pages + frames) + BUDGET_BASE;
  }

  /// Rows of the pages that are read, and of those that they replace.
  void rows(int more) {
    rows.add(more);
  }

  /// One page, in an array of its own.
  byte[] read(int page)
      throws IOException, GapException, MalformedPageException, InterruptedException {
    if (racing != null && timing.now() - racedNanos > MEANWHILE_NANOS) {
      racedNanos = timing.now();
      racing.run();
    }
    if (page <= 0) {
      throw new MalformedPageException("there is no page " + page);
    }
    if (--budget < 0) {
      throw new MalformedPageException("pages refer to each other without end");
    }
    byte[] image = new byte[pageSize];
    for (int i = 0; i < RACES_MAX; i++) {
      int frame = tail.frameOf(page);
      if (frame == 0) {
        readDatabase(page, image);
        return image;
      }
      if (readFrame(page, frame, image)) {
        return image;
      }
      if (racing == null) {
        break;
      }
      racing.run(); // the log was begun anew: see what it holds now
    }
    throw new GapException(Gap.LOG_WRAPPED_PAST_READER);
  }

  private void readDatabase(int page, byte[] image)
      throws IOException, GapException, MalformedPageException {
    fromDatabase.put(page, 1);
    FileBytes database = files.database();
    if (database == null) {
      throw new GapException(Gap.DATABASE_REPLACED);
    }
    if (database.read(image, 0, pageSize, (page - 1L) * pageSize) < pageSize) {
      throw MalformedPageException.beyondEnd(page);
    }
  }

  private boolean readFrame(int page, int frame, byte[] image) throws IOException, GapException {
    FrameScan chain = Objects.requireNonNull(tail.chain());
    if (chain.header.pageSize != pageSize) {
      throw new GapException(Gap.PAGE_SIZE);
    }
    if (chain.fromWindow(frame, image)) {
      return true;
    }
    fromLogFile = true;
    return chain.readPage(frame, page, image) && (racing == null || chain.stillCurrent());
  }

  /// Whether all pages read since [#begin] were true as of `lastFrame`.
  void verify(int lastFrame) throws IOException, GapException {
    if (fromLogFile || fromDatabase.size() > 0) {
      tail.verify(lastFrame, fromDatabase);
    }
  }
}
