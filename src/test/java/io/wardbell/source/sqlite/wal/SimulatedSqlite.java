package io.wardbell.source.sqlite.wal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/// The write-ahead-log protocol as SQLite follows it, without SQLite: what a commit, a spill, a
/// checkpoint, a restart of the log, a close, a crash and a recovery do to the three files, in
/// steps as small as one write. One step at a time is taken whenever the reader reads.
///
/// The database has the schema page and some tables of one page with one row, `(1, version)`; a
/// state is the versions of all tables.
@NullUnmarked
final class SimulatedSqlite implements DatabaseFiles {
  static final int PAGE = 512;
  static final int TABLES = 4;

  private final Random random;
  private final Deque<Runnable> steps = new ArrayDeque<>();
  final MemoryFile database = new MemoryFile(this::step);
  @Nullable MemoryFile log;
  @Nullable MemoryFile index;
  private @Nullable MemoryFile seenLog;
  private @Nullable MemoryFile seenIndex;
  private boolean stepping;
  boolean frozen;
  long clock = 1_000_000_000_000L;
  private long written = clock;

  // The index, as its writers know it.
  private int changes;
  private int frames;
  private int pagesInDatabase = TABLES + 1;
  private final RunningSum frameSum = new RunningSum();
  private int salt1 = 77;
  private int salt2 = 88;
  private int backfilled;
  private int attempted;
  private boolean indexValid;
  private long indexBuilt;

  private final int[] checkpoints = {0, 5};
  private final int[] versions = new int[TABLES];
  private int nextVersion = 1;
  final List<String> history = new ArrayList<>();
  int spills;
  int resets;
  int closes;
  int crashes;
  int again;

  SimulatedSqlite(Random random) {
    this.random = random;
    database.write(SimulatedPages.schema(), 0);
    for (int table = 0; table < TABLES; table++) {
      database.write(SimulatedPages.table(0), (table + 1) * PAGE);
    }
    history.add(Arrays.toString(versions));
    open();
  }

  /// One step of whatever is going on, or the beginning of something.
  void step() {
    if (stepping || frozen || random.nextInt(3) > 0) {
      return;
    }
    stepping = true;
    try {
      clock += random.nextInt(400_000);
      if (steps.isEmpty()) {
        begin();
      }
      Runnable step = steps.poll();
      if (step != null) {
        step.run();
      }
    } finally {
      stepping = false;
    }
  }

  /// Finishes what is going on, and nothing else.
  void settle() {
    while (!steps.isEmpty()) {
      steps.poll().run();
    }
  }

  private void begin() {
    int connection = random.nextInt(2);
    switch (random.nextInt(14)) {
      case 0, 1, 2, 3, 4, 5, 6 -> write(connection, true);
      case 7 -> write(connection, false);
      case 8, 9, 10 -> checkpoint(connection, frames);
      case 11 -> {
        checkpoint(connection, frames);
        steps.add(() -> restartIfCopied());
        steps.add(() -> log.truncate(frames == 0 ? 0 : log.bytes().length));
      }
      case 12 -> {
        if (random.nextInt(3) == 0) {
          close(connection);
        }
      }
      default -> {
        if (random.nextInt(4) == 0) {
          write(connection, random.nextBoolean());
          int left = random.nextInt(steps.size());
          while (steps.size() > left) {
            steps.removeLast();
          }
          crashes++;
          // Everybody is gone, and somebody comes back.
          steps.add(() -> {
            indexValid = false;
            indexBuilt++;
            publishIndex();
          });
          steps.add(this::recover);
        }
      }
    }
  }

  private void open() {
    log = new MemoryFile(this::step);
    index = new MemoryFile(this::step);
    indexBuilt++;
    frames = 0;
    backfilled = 0;
    attempted = 0;
    changes = 0;
    salt1 = random.nextInt();
    salt2 = random.nextInt();
    indexValid = true;
    publishIndex();
  }

  private void close(int connection) {
    checkpoint(connection, frames);
    steps.add(() -> {
      log = null;
      closes++;
    });
    steps.add(() -> index = null);
    steps.add(this::open);
  }

  private void restartIfCopied() {
    if (frames > 0 && backfilled == frames) {
      salt1++;
      salt2 = random.nextInt();
      frames = 0;
      backfilled = 0;
      attempted = 0;
      resets++;
      publishIndex();
    }
  }

  /// A transaction: its frames, perhaps spilled and rolled back, else published.
  private void write(int connection, boolean commits) {
    List<Integer> tables = new ArrayList<>();
    for (int n = 1 + random.nextInt(3); n > 0; n--) {
      tables.add(random.nextInt(TABLES));
    }
    int[] after = versions.clone();
    List<byte[]> images = new ArrayList<>();
    for (int table : tables) {
      after[table] = nextVersion++;
      images.add(SimulatedPages.table(after[table]));
    }
    boolean again = commits && random.nextInt(10) == 0; // a padding commit frame
    int[] first = new int[1];
    steps.add(() -> {
      restartIfCopied();
      first[0] = frames;
      if (first[0] == 0) {
        writeHeader(connection);
      }
      sum(first[0]);
    });
    for (int i = 0; i < images.size(); i++) {
      boolean last = commits && i == images.size() - 1;
      int table = tables.get(i);
      byte[] image = images.get(i);
      int at = i;
      steps.add(() -> writeFrame(first[0] + at, table + 2, image, last));
    }
    if (again) {
      int table = tables.getLast();
      steps.add(() -> writeFrame(first[0] + images.size(), table + 2, images.getLast(), true));
    }
    if (commits) {
      steps.add(() -> {
        frames = first[0] + images.size() + (again ? 1 : 0);
        frameSum.set(running.first, running.second);
        changes++;
        System.arraycopy(after, 0, versions, 0, TABLES);
        history.add(Arrays.toString(versions));
        publishIndex();
      });
    } else {
      spills++;
    }
  }

  private final RunningSum running = new RunningSum();

  private void sum(int frame) {
    if (frame == 0) {
      running.set(Bits.big32(log.bytes(), 24), Bits.big32(log.bytes(), 28));
    } else {
      running.set(frameSum.first, frameSum.second);
    }
  }

  private void writeHeader(int connection) {
    if (checkpoints[connection] == 0 && random.nextBoolean()) {
      salt1 = random.nextInt(); // as a connection does that never made a checkpoint
      salt2 = random.nextInt();
    }
    ByteBuffer header = ByteBuffer.allocate(32);
    header.putInt(0x377f0682).putInt(3_007_000).putInt(PAGE).putInt(checkpoints[connection]);
    header.putInt(salt1).putInt(salt2);
    RunningSum sum = new RunningSum();
    sum.add(header.array(), 0, 24, false);
    header.putInt(sum.first).putInt(sum.second);
    if (log.bytes().length >= 24 && Bits.big32(log.bytes(), 16) == salt1) {
      again++;
    }
    log.write(header.array(), 0);
  }

  private void writeFrame(int before, int page, byte[] image, boolean commit) {
    ByteBuffer frame = ByteBuffer.allocate(24 + PAGE);
    frame.putInt(page).putInt(commit ? pagesInDatabase : 0).putInt(salt1).putInt(salt2);
    frame.put(24, image);
    running.add(frame.array(), 0, 8, false);
    running.add(frame.array(), 24, 24 + PAGE, false);
    frame.putInt(16, running.first).putInt(20, running.second);
    log.write(frame.array(), 32 + before * (24 + PAGE));
  }

  private void checkpoint(int connection, int upTo) {
    steps.add(() -> {
      if (log == null || upTo > frames || backfilled >= upTo) {
        return;
      }
      checkpoints[connection]++;
      attempted = upTo;
      publishIndex();
      TreeMap<Integer, Integer> newest = new TreeMap<>();
      for (int f = backfilled; f < upTo; f++) {
        newest.put(Bits.big32(log.bytes(), 32 + f * (24 + PAGE)), f);
      }
      Deque<Runnable> rest = new ArrayDeque<>(steps);
      steps.clear();
      newest.forEach((page, f) ->
          steps.add(() -> {
            int at = 32 + f * (24 + PAGE) + 24;
            database.write(Arrays.copyOfRange(log.bytes(), at, at + PAGE), (page - 1) * PAGE);
            written = clock;
          }));
      steps.add(() -> {
        backfilled = upTo;
        publishIndex();
      });
      steps.addAll(rest);
    });
  }

  private void publishIndex() {
    ByteBuffer b = ByteBuffer.allocate(136).order(ByteOrder.nativeOrder());
    b.putInt(0, 3_007_000).putInt(8, changes).put(12, (byte) (indexValid ? 1 : 0));
    b.putShort(14, (short) PAGE).putInt(16, frames).putInt(20, pagesInDatabase);
    b.putInt(24, frameSum.first).putInt(28, frameSum.second);
    b.order(ByteOrder.BIG_ENDIAN).putInt(32, salt1).putInt(36, salt2);
    b.order(ByteOrder.nativeOrder());
    RunningSum sum = new RunningSum();
    sum.add(b.array(), 0, 40, ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN);
    b.putInt(40, sum.first).putInt(44, sum.second);
    b.put(48, b.array(), 0, 48).putInt(96, backfilled).putInt(128, attempted);
    if (index != null) {
      index.write(b.array(), 0);
    }
  }

  /// Reads the chain as SQLite does after a crash.
  private void recover() {
    WalHeader header = WalHeader.parse(Arrays.copyOf(log.bytes(), 32));
    frames = 0;
    backfilled = 0;
    attempted = 0;
    changes = 0;
    if (header != null) {
      salt1 = header.salt1;
      salt2 = header.salt2;
      RunningSum sum = new RunningSum();
      sum.set(header.sum1, header.sum2);
      byte[] b = log.bytes();
      for (int at = 32, f = 1; at + 24 + PAGE <= b.length; at += 24 + PAGE, f++) {
        Frame frame = Frame.at(b, at);
        sum.add(b, at, at + 8, false);
        sum.add(b, at + 24, at + 24 + PAGE, false);
        if (!frame.belongsTo(header)
            || sum.first != Bits.big32(b, at + 16)
            || sum.second != Bits.big32(b, at + 20)) {
          break;
        }
        if (frame.isCommit()) {
          frames = f;
          frameSum.set(sum.first, sum.second);
        }
      }
    }
    String now = recovered();
    if (!now.equals(history.getLast())) {
      history.add(now); // written whole, but not published before the crash
    }
    indexValid = true;
    publishIndex();
  }

  private String recovered() {
    for (int table = 0; table < TABLES; table++) {
      byte[] image = Arrays.copyOfRange(database.bytes(), (table + 1) * PAGE, (table + 2) * PAGE);
      for (int f = 0; f < frames; f++) {
        int at = 32 + f * (24 + PAGE);
        if (Bits.big32(log.bytes(), at) == table + 2) {
          image = Arrays.copyOfRange(log.bytes(), at + 24, at + 24 + PAGE);
        }
      }
      versions[table] = Bits.big32(image, PAGE - 4);
    }
    return Arrays.toString(versions);
  }

  @Override
  public boolean refresh() {
    step();
    seenLog = log;
    seenIndex = index;
    return false;
  }

  @Override
  public FileBytes database() {
    return database;
  }

  @Override
  public @Nullable FileBytes log() {
    return seenLog;
  }

  @Override
  public @Nullable FileBytes index() {
    return seenIndex;
  }

  @Override
  public byte @Nullable [] journalHead() {
    return null;
  }

  @Override
  public Stamp stamp() {
    step();
    return new Stamp(database.bytes().length, written);
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // the very file
  public @Nullable Stamp indexStamp() {
    step();
    return index == seenIndex ? new Stamp(0, indexBuilt) : null;
  }

  @Override
  public @Nullable Stamp directoryStamp() {
    return null;
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
