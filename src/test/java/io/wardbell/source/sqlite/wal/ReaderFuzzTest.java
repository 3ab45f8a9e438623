package io.wardbell.source.sqlite.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Random;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Any bytes give rows or a named fault: never another exception, an endless loop, or memory
/// without a limit. More with `-Dsqlite.fuzz.rounds=`, a failure again with `-Dsqlite.fuzz.seed=`.
@NullUnmarked
class ReaderFuzzTest {
  private static final int ROUNDS = Integer.getInteger("sqlite.fuzz.rounds", 250);
  private static final long SEED = Long.getLong("sqlite.fuzz.seed", new Random().nextInt());
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /// The reader's patience with files that nobody mends is 30 s.
  private static final int HURRY = 30;

  @TempDir Path directory;

  @Test
  void mutatedDatabasesAndLogs() throws Exception {
    Path path = directory.resolve("db");
    byte[] log;
    byte[] index;
    try (Connection c = DriverManager.getConnection("jdbc:sqlite:" + path);
        Statement s = c.createStatement()) {
      for (String sql :
          new String[] {
            "PRAGMA page_size=512",
            "PRAGMA journal_mode=WAL",
            "CREATE TABLE t(id TEXT PRIMARY KEY, n INT, data TEXT)",
            "CREATE TABLE w(id TEXT PRIMARY KEY, data TEXT) WITHOUT ROWID",
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<90) INSERT INTO"
                + " t SELECT 'k'||i, i, hex(randomblob(i*3)) FROM n",
            "INSERT INTO w SELECT id, data FROM t",
            "PRAGMA wal_checkpoint(TRUNCATE)",
            "UPDATE t SET n=n+1 WHERE n%3=0",
            "DELETE FROM w WHERE id LIKE '%7'"
          }) {
        s.execute(sql);
      }
      log = Files.readAllBytes(Path.of(path + "-wal"));
      index = Files.readAllBytes(Path.of(path + "-shm"));
    }
    byte[] database = Files.readAllBytes(path);
    int[] outcomes = new int[2];
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      Random random = new Random(seed);
      byte[] mutatedDatabase = mutate(database, random, round % 3 != 1);
      byte[] mutatedLog = mutate(log, random, round % 3 != 0);
      long begun = System.nanoTime();
      try {
        outcomes[read(mutatedDatabase, mutatedLog, random.nextBoolean() ? index : null) ? 0 : 1]++;
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed, e);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).as("seed %s", seed).isLessThan(LIMIT);
    }
    System.out.printf("fuzz: seed %d, %d read, %d refused%n", SEED, outcomes[0], outcomes[1]);
    assertThat(outcomes[0]).isPositive();
  }

  private static byte[] mutate(byte[] sound, Random random, boolean really) {
    byte[] bytes = sound.clone();
    if (!really) {
      return bytes;
    }
    for (int n = 1 + random.nextInt(6); n > 0; n--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(5)) {
        case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[at] = (byte) random.nextInt();
        case 2 -> bytes[at] = (byte) 0xff;
        case 3 -> {
          int from = random.nextInt(bytes.length / 512) * 512;
          System.arraycopy(
              sound,
              from,
              bytes,
              at / 512 * 512,
              Math.min(512, bytes.length - Math.max(from, at / 512 * 512)));
        }
        default -> {
          // The heads of pages are worth more than their ends.
          int head = at / 512 * 512 + random.nextInt(16);
          if (head < bytes.length) {
            bytes[head] = (byte) random.nextInt();
          }
        }
      }
    }
    return random.nextInt(20) == 0
        ? java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length))
        : bytes;
  }

  private static boolean read(byte[] database, byte[] log, byte @Nullable [] index)
      throws Exception {
    try (StillFiles files = new StillFiles(database, log, index);
        LiveDatabase reader =
            new LiveDatabase(
                files,
                Follower.EVERYTHING,
                new Timing(() -> HURRY * System.nanoTime(), InstantSource.system()))) {
      for (RowEvent event : reader.snapshot().rows()) {
        assertThat(event.after()).isNotNull();
      }
      for (int i = 0; i < 3; i++) {
        reader.poll(_ -> {});
      }
      return true;
    } catch (DatabaseFault e) {
      assertThat(e.getMessage()).doesNotContain("\n");
      return false;
    }
  }

  /// Files that nobody writes.
  private record StillFiles(MemoryFile database, MemoryFile log, @Nullable MemoryFile index)
      implements DatabaseFiles {
    StillFiles(byte[] database, byte[] log, byte @Nullable [] index) {
      this(file(database), file(log), index == null ? null : file(index));
    }

    private static MemoryFile file(byte[] bytes) {
      MemoryFile file = new MemoryFile(() -> {});
      file.write(bytes, 0);
      return file;
    }

    @Override
    public boolean refresh() {
      return false;
    }

    @Override
    public byte @Nullable [] journalHead() {
      return null;
    }

    @Override
    public Stamp stamp() {
      return new Stamp(database.size(), 1);
    }

    @Override
    public @Nullable Stamp indexStamp() {
      return index == null ? null : new Stamp(index.size(), 1);
    }

    @Override
    public Stamp directoryStamp() {
      return new Stamp(0, 1);
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
