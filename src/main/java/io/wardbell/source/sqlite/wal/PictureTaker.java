package io.wardbell.source.sqlite.wal;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Reads everything that is followed, consistently and without a lock.
///
/// In WAL mode pages are read while commits go on. A page is the newest committed frame or, without
/// one, the database file's; every page that a commit touches meanwhile is looked at again, until a
/// look *after* the last reading brings nothing new. A page without a frame cannot have been
/// overwritten in the database by a commit that was not seen: SQLite publishes a commit before it
/// copies its pages there. In rollback-journal mode a reading counts if no journal was in use and
/// the change counter and the file's stamp stood still.
final class PictureTaker {
  private static final int ATTEMPTS_MIN = 20;
  private static final int SAME_FAULT_MAX = 5;
  private static final int ROUNDS_MAX = 100;
  private static final long PATIENCE_NANOS = 30_000_000_000L;

  private final DatabaseFiles files;
  private final WalTail tail;
  private final PageReader pages;
  private final Selection selection;
  private final Timing timing;
  private final Statistics statistics;
  private long readingNanos;

  /// How long the last reading of a database with a rollback journal took, without the waiting.
  long readingNanos() {
    return readingNanos;
  }

  PictureTaker(
      DatabaseFiles files, WalTail tail, PageReader pages, Selection selection, Reading reading) {
    this.files = files;
    this.tail = tail;
    this.pages = pages;
    this.selection = selection;
    timing = reading.timing();
    statistics = reading.statistics();
  }

  /// @param timing the clocks
  /// @param statistics counts retries
  record Reading(Timing timing, Statistics statistics) {}

  /// @param previous an earlier picture, whose rows are taken over where pages are equal
  /// @throws DatabaseFault if no reading succeeds
  Picture take(@Nullable Picture previous) throws IOException, InterruptedException {
    long begun = timing.now();
    String lastFault = "";
    int sameFault = 0;
    for (int attempt = 1; ; attempt++) {
      Gap gap = null;
      MalformedPageException malformed = null;
      DatabaseFiles.Stamp stamp = files.stamp();
      try {
        return attempt(previous);
      } catch (GapException e) {
        gap = e.gap();
      } catch (MalformedPageException e) {
        malformed = e;
      } finally {
        pages.nothingMeanwhile();
      }
      statistics.retry();
      String fault = Objects.toString(malformed == null ? gap : malformed.getMessage()) + stamp;
      sameFault = malformed != null && fault.equals(lastFault) ? sameFault + 1 : 0;
      lastFault = fault;
      boolean patient = attempt < ATTEMPTS_MIN || timing.now() - begun < PATIENCE_NANOS;
      if (sameFault >= SAME_FAULT_MAX || !patient) {
        throw fault(gap, malformed);
      }
      TimeUnit.MILLISECONDS.sleep(Math.min(50, attempt));
    }
  }

  private static DatabaseFault fault(@Nullable Gap gap, @Nullable MalformedPageException e) {
    if (e == null) {
      return new DatabaseFault(
          DatabaseFault.Kind.TOO_BUSY, "no consistent reading was possible: " + gap);
    }
    return e.isBeyondEnd()
        ? new DatabaseFault(
            DatabaseFault.Kind.TRUNCATED, "the database file is truncated: " + e.getMessage())
        : new DatabaseFault(
            DatabaseFault.Kind.MALFORMED, "the database is malformed: " + e.getMessage());
  }

  private Picture attempt(@Nullable Picture previous)
      throws IOException, GapException, MalformedPageException, InterruptedException {
    DatabaseFiles.Stamp stamp = files.stamp();
    long taken = timing.wallNanos();
    tail.start();
    FileBytes database = files.database();
    byte[] head = new byte[DatabaseHeader.BYTES];
    int got = database == null ? 0 : database.read(head, 0, head.length, 0);
    if (database == null || got == 0) {
      throw new DatabaseFault(DatabaseFault.Kind.MISSING, "there is no database file");
    }
    if (got < head.length) {
      throw new DatabaseFault(
          DatabaseFault.Kind.NOT_A_DATABASE, "the file is too short for a SQLite database");
    }
    DatabaseHeader header = DatabaseHeader.parse(head);
    if (tail.chain() == null && !header.writeAheadLog()) {
      return withJournal(previous);
    }
    Picture picture = withLog(header, previous);
    if (tail.chain() == null) {
      tail.vouchForDatabase(stamp, taken);
    }
    return picture;
  }

  private Picture withLog(DatabaseHeader ofFile, @Nullable Picture previous)
      throws IOException, GapException, MalformedPageException, InterruptedException {
    PageFrames dirty = new PageFrames();
    CommitSink collect =
        commit -> {
          for (int page : commit.pages()) {
            dirty.put(page, 1);
          }
        };
    settle(collect);
    pages.shape(ofFile);
    pages.begin(limit(previous));
    DatabaseHeader header = ofFile;
    if (tail.frameOf(1) > 0) {
      // The first page of the log may say otherwise than the file's; frames have its size.
      FrameScan chain = Objects.requireNonNull(tail.chain());
      byte[] first = new byte[chain.header.pageSize];
      if (!chain.readPage(tail.frameOf(1), 1, first)) {
        throw new GapException(Gap.LOG_WRAPPED_PAST_READER);
      }
      header = DatabaseHeader.parse(first);
    }
    pages.shape(header);
    pages.meanwhile(() -> tail.poll(collect));
    Picture picture = readAll(header, null, true, previous);
    for (int round = 0; ; round++) {
      settle(collect);
      if (dirty.size() == 0) {
        break;
      }
      if (round == ROUNDS_MAX) {
        throw new GapException(Gap.NOT_STABLE);
      }
      ChangedPages changed = ChangedPages.of(dirty);
      dirty.clear();
      pages.begin(RowLimit.compared());
      picture = readAgain(picture, changed);
    }
    if (tail.isBroken()) {
      throw new GapException(Gap.CHAIN_BROKEN);
    }
    check(picture);
    return picture;
  }

  private static RowLimit limit(@Nullable Picture previous) {
    return previous == null ? RowLimit.none() : RowLimit.compared();
  }

  /// Polls until it is known what is committed.
  private void settle(CommitSink collect) throws IOException, GapException, InterruptedException {
    tail.expectNewFiles(); // an index that was replaced says nothing about later commits
    tail.poll(collect);
    while (tail.isWaiting()) {
      TimeUnit.MILLISECONDS.sleep(1);
      tail.poll(collect);
    }
  }

  private Picture withJournal(@Nullable Picture previous)
      throws IOException, GapException, MalformedPageException, InterruptedException {
    JournalMark mark = awaitJournal();
    long begun = timing.now();
    byte[] head = new byte[DatabaseHeader.BYTES];
    FileBytes database = Objects.requireNonNull(files.database());
    if (database.read(head, 0, head.length, 0) < head.length) {
      throw new GapException(Gap.CHANGED_WITHOUT_LOG);
    }
    DatabaseHeader header = DatabaseHeader.parse(head);
    pages.shape(header);
    pages.begin(limit(previous));
    MalformedPageException malformed = null;
    Picture picture = null;
    try {
      picture = readAll(header, mark, false, previous);
    } catch (MalformedPageException e) {
      malformed = e;
    }
    JournalMark after = JournalMark.read(files, timing);
    if (after == null || !mark.sameContents(after)) {
      throw new GapException(Gap.CHANGED_WITHOUT_LOG);
    }
    if (picture == null) {
      throw Objects.requireNonNull(malformed);
    }
    readingNanos = timing.now() - begun;
    return picture;
  }

  private JournalMark awaitJournal() throws IOException, GapException, InterruptedException {
    long begun = timing.now();
    JournalMark mark = JournalMark.read(files, timing);
    while (mark == null) {
      FileBytes log = files.log();
      if (log != null && log.size() > 0) {
        throw new GapException(Gap.JOURNAL_MODE_CHANGED);
      }
      if (timing.now() - begun > PATIENCE_NANOS) {
        throw new DatabaseFault(
            DatabaseFault.Kind.TOO_BUSY,
            "a rollback journal stays in use: a crashed server's is rolled back when it starts");
      }
      TimeUnit.MICROSECONDS.sleep(500);
      files.refresh();
      mark = JournalMark.read(files, timing);
    }
    return mark;
  }

  private Picture readAll(
      DatabaseHeader header,
      @Nullable JournalMark mark,
      boolean tolerant,
      @Nullable Picture previous)
      throws IOException, GapException, MalformedPageException, InterruptedException {
    TableShadow schema = Catalog.emptySchema(header.encoding());
    boolean comparable = previous != null && previous.header().equalsInShape(header);
    read(schema, tolerant, comparable && previous != null ? previous.schema() : null);
    Map<String, TableShadow> tables = new LinkedHashMap<>();
    Catalog catalog = Catalog.read(schema.layout, rows(schema), selection);
    for (var entry : catalog.tables().entrySet()) {
      TableShadow before =
          comparable && previous != null ? previous.tables().get(entry.getKey()) : null;
      tables.put(entry.getKey(), readTable(header, entry, tolerant, before));
    }
    return new Picture(header, mark, schema, tables);
  }

  private TableShadow readTable(
      DatabaseHeader header,
      Map.Entry<String, Catalog.Definition> entry,
      boolean tolerant,
      @Nullable TableShadow before)
      throws IOException, GapException, MalformedPageException, InterruptedException {
    Catalog.Definition definition = entry.getValue();
    TableLayout layout =
        TableLayout.of(entry.getKey(), definition.sql(), selection, header.encoding());
    TableShadow table = new TableShadow(layout, definition.sql(), definition.root());
    read(table, tolerant, before);
    return table;
  }

  private void read(TableShadow table, boolean tolerant, @Nullable TableShadow before)
      throws IOException, GapException, MalformedPageException, InterruptedException {
    TreeEdit whole = TreeEdit.whole(table, pages, tolerant, before);
    whole.walk();
    whole.apply(table);
  }

  private Picture readAgain(Picture picture, ChangedPages changed)
      throws IOException, GapException, MalformedPageException, InterruptedException {
    edit(picture.schema(), changed);
    Catalog catalog = Catalog.read(picture.schema().layout, rows(picture.schema()), selection);
    Map<String, TableShadow> tables = new LinkedHashMap<>();
    for (var entry : catalog.tables().entrySet()) {
      TableShadow table = picture.tables().get(entry.getKey());
      Catalog.Definition now = entry.getValue();
      if (table == null || table.root != now.root() || !table.sql.equals(now.sql())) {
        table = readTable(picture.header(), entry, true, null);
      } else {
        edit(table, changed);
      }
      tables.put(entry.getKey(), table);
    }
    return new Picture(picture.header(), null, picture.schema(), tables);
  }

  private void edit(TableShadow table, ChangedPages changed)
      throws IOException, GapException, MalformedPageException, InterruptedException {
    TreeEdit edit = new TreeEdit(table, pages, changed, true);
    if (edit.touches()) {
      edit.walk();
      edit.apply(table);
    }
  }

  static List<StoredRow> rows(TableShadow table) {
    List<StoredRow> rows = new ArrayList<>();
    table.forEachNode(node -> rows.addAll(List.of(node.rows)));
    return rows;
  }

  private static void check(Picture picture) throws MalformedPageException {
    List<TableShadow> all = new ArrayList<>(picture.tables().values());
    all.add(picture.schema());
    for (TableShadow table : all) {
      List<MalformedPageException> bad = new ArrayList<>();
      table.forEachNode(node -> {
        if (node.bad != null) {
          bad.add(node.bad);
        }
      });
      if (!bad.isEmpty()) {
        throw bad.getFirst();
      }
      if (!table.isWhole()) {
        throw new MalformedPageException(
            "the pages of %s do not form a tree".formatted(table.layout.name()));
      }
    }
  }
}
