package io.wardbell.source.sqlite.wal;

import io.wardbell.source.sqlite.wal.RowEvent.Operation;
import io.wardbell.source.sqlite.wal.Transaction.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A SQLite database that others write, followed from outside: all rows first, then each commit.
///
/// One thread uses it, and that thread is not to be interrupted while it reads: an interrupt closes
/// the files. Nothing is written and nothing is locked. Wherever a commit may have been missed, all
/// rows are read again and compared with those known, and what differs is given out as one
/// [Kind#COMPARISON].
public final class LiveDatabase implements AutoCloseable {
  private static final long RESTAMP_NANOS = 60_000_000;

  private final DatabaseFiles files;
  private final Timing timing;
  private final Statistics statistics = new Statistics();
  private final WalTail tail;
  private final PageReader pages;
  private final PictureTaker taker;
  private final Selection selection;
  private final JournalWatch journal;
  private @Nullable Picture picture;
  private long number;

  LiveDatabase(DatabaseFiles files, Selection selection, Timing timing) {
    this.files = files;
    this.timing = timing;
    this.selection = selection;
    tail = new WalTail(files, timing);
    pages = new PageReader(files, tail, timing);
    taker =
        new PictureTaker(
            files, tail, pages, selection, new PictureTaker.Reading(timing, statistics));
    journal = new JournalWatch(files, timing);
  }

  /// Opens nothing yet.
  public static LiveDatabase of(Path database, Selection selection, Timing timing) {
    return new LiveDatabase(new DiskFiles(database), selection, timing);
  }

  /// Whether there is a database to read: a file that is not empty.
  public boolean isPresent() throws IOException {
    files.refresh();
    FileBytes database = files.database();
    return database != null && database.size() > 0;
  }

  /// What was read so far.
  public Statistics statistics() {
    return statistics;
  }

  /// Reads how the tables that are followed are declared now, and none of their rows.
  ///
  /// @throws DatabaseFault if the database cannot be followed
  public List<TableLayout> declared() throws IOException, InterruptedException {
    PictureTaker schemaOnly =
        new PictureTaker(
            files, tail, pages, Selection.NOTHING, new PictureTaker.Reading(timing, statistics));
    Picture taken = schemaOnly.take(null);
    Catalog catalog =
        Catalog.read(taken.schema().layout, PictureTaker.rows(taken.schema()), selection);
    List<TableLayout> layouts = new ArrayList<>();
    for (Map.Entry<String, Catalog.Definition> table : catalog.tables().entrySet()) {
      try {
        layouts.add(
            TableLayout.of(
                table.getKey(), table.getValue().sql(), selection, taken.header().encoding()));
      } catch (MalformedPageException e) {
        throw new DatabaseFault(
            DatabaseFault.Kind.MALFORMED,
            "the declaration of table %s cannot be read".formatted(table.getKey()),
            e);
      }
    }
    return layouts;
  }

  /// Reads all rows. What was known before is forgotten.
  ///
  /// @throws DatabaseFault if the database cannot be followed
  public Transaction snapshot() throws IOException, InterruptedException {
    Picture taken = taker.take(null);
    picture = taken;
    journal.start(taken.journal());
    return transaction(
        Kind.SNAPSHOT, null, layouts(taken.tables().values()), List.of(), rows(taken));
  }

  private static List<TableLayout> layouts(Iterable<TableShadow> tables) {
    List<TableLayout> layouts = new ArrayList<>();
    tables.forEach(table -> layouts.add(table.layout));
    return layouts;
  }

  /// All rows, made into events one page at a time.
  private static Iterable<RowEvent> rows(Picture picture) {
    List<TableShadow> tables = List.copyOf(picture.tables().values());
    return () ->
        new Iterator<>() {
          private int table = -1;
          private Iterator<RowEvent> current = List.<RowEvent>of().iterator();

          @Override
          public boolean hasNext() {
            while (!current.hasNext() && table + 1 < tables.size()) {
              TableShadow next = tables.get(++table);
              current =
                  next.nodes().stream()
                      .flatMap(node -> Arrays.stream(node.rows))
                      .map(row -> new RowEvent(next.layout, Operation.READ, null, row))
                      .iterator();
            }
            return current.hasNext();
          }

          @Override
          public RowEvent next() {
            if (!hasNext()) {
              throw new java.util.NoSuchElementException();
            }
            return current.next();
          }
        };
  }

  private Transaction transaction(
      Kind kind,
      @Nullable Gap gap,
      List<TableLayout> defined,
      List<TableLayout> dropped,
      Iterable<RowEvent> rows) {
    FrameScan chain = tail.chain();
    Position position =
        chain == null
            ? new Position(0, 0, 0)
            : new Position(chain.header.salt1, chain.header.salt2, chain.frame());
    return new Transaction(kind, ++number, position, gap, defined, dropped, rows);
  }

  /// Names in the directory changed: the next poll looks at them without delay.
  public void expectNewFiles() {
    tail.expectNewFiles();
  }

  /// Looks once for new commits and gives them out. Costs one read of 136 bytes if there are none.
  ///
  /// @return whether there were any, so that it is worth looking again at once
  /// @throws DatabaseFault if the database cannot be followed any more
  public boolean poll(TransactionListener listener) throws IOException, InterruptedException {
    Picture now = Objects.requireNonNull(picture, "no snapshot was taken");
    try {
      if (now.journal() != null) {
        return journal.isDue() && compare(null, listener);
      }
      boolean moved = tail.poll(commit -> apply(commit, listener));
      statistics.trusted(tail.trusted());
      NoLog noLog = tail.noLog();
      if (noLog != null) {
        checkWithoutLog(noLog);
      }
      return moved;
    } catch (GapException e) {
      statistics.gap(e.gap());
      compare(e.gap(), listener);
      return true;
    }
  }

  private void checkWithoutLog(NoLog noLog) throws IOException, GapException {
    DatabaseFiles.Stamp stamp = files.stamp();
    if (stamp == null) {
      throw new DatabaseFault(DatabaseFault.Kind.MISSING, "the database file is gone");
    }
    if (!noLog.stampIs(stamp)) {
      throw new GapException(Gap.CHANGED_WITHOUT_LOG);
    }
    if (noLog.isYoung() && timing.wallNanos() - noLog.stampTakenNanos() > RESTAMP_NANOS) {
      throw new GapException(Gap.STAMP_TOO_YOUNG);
    }
  }

  /// Reads everything again and gives out what differs.
  private boolean compare(@Nullable Gap gap, TransactionListener listener)
      throws IOException, InterruptedException {
    Picture before = Objects.requireNonNull(picture);
    Picture after = taker.take(before);
    if (after.journal() != null && before.journal() != null) {
      journal.compared(after.journal(), taker.readingNanos());
    } else {
      journal.start(after.journal());
    }
    TableChanges changes = new TableChanges();
    boolean sameShape = before.header().equalsInShape(after.header());
    for (TableShadow table : after.tables().values()) {
      changes.replaced(before.tables().get(table.layout.name()), table, !sameShape);
    }
    for (TableShadow table : before.tables().values()) {
      if (!after.tables().containsKey(table.layout.name())) {
        changes.dropped(table);
      }
    }
    picture = after;
    return give(Kind.COMPARISON, gap, changes, listener);
  }

  private boolean give(
      Kind kind, @Nullable Gap gap, TableChanges changes, TransactionListener listener)
      throws InterruptedException {
    if (changes.isEmpty()) {
      return false;
    }
    changes.rows().forEach(_ -> statistics.row());
    listener.transaction(
        transaction(kind, gap, changes.defined(), changes.dropped(), changes.rows()));
    return true;
  }

  private void apply(Commit commit, TransactionListener listener)
      throws GapException, IOException, InterruptedException {
    Picture now = Objects.requireNonNull(picture);
    FrameScan chain = Objects.requireNonNull(tail.chain());
    if (chain.header.pageSize != pages.pageSize()) {
      throw new GapException(Gap.PAGE_SIZE);
    }
    TableChanges changes = new TableChanges();
    CommitEdit edit = new CommitEdit(now, pages, selection, commit);
    pages.begin(RowLimit.compared());
    try {
      edit.read(changes);
    } catch (MalformedPageException _) {
      throw new GapException(Gap.MALFORMED_PAGE);
    }
    pages.verify(commit.last());
    edit.apply();
    statistics.commit();
    give(Kind.COMMIT, null, changes, listener);
  }

  /// The tables that are followed now.
  public List<TableLayout> tables() {
    Picture now = picture;
    return now == null ? List.of() : layouts(now.tables().values());
  }

  /// How many rows are known.
  public long knownRows() {
    Picture now = picture;
    Map<String, TableShadow> tables = now == null ? Map.of() : now.tables();
    return tables.values().stream().mapToLong(TableShadow::rows).sum();
  }

  @Override
  public void close() {
    picture = null; // The next one is read while this one may still be referred to.
    files.close();
  }
}
