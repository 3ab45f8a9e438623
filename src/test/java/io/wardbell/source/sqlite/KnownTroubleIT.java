package io.wardbell.source.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.wardbell.source.sqlite.wal.DatabaseFault;
import io.wardbell.source.sqlite.wal.LiveDatabase;
import io.wardbell.source.sqlite.wal.RowEvent;
import io.wardbell.source.sqlite.wal.Selection;
import io.wardbell.source.sqlite.wal.Timing;
import io.wardbell.source.sqlite.wal.Transaction;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Defects of older SQLites and settings that cannot be followed, each made on purpose.
@NullUnmarked
class KnownTroubleIT {
  @TempDir Path directory;
  private Path path;
  private LiveDatabase reader;
  private final Map<String, String> rows = new TreeMap<>();

  @BeforeEach
  void open() {
    path = directory.resolve("db.sqlite3");
    Selection all =
        new Selection() {
          @Override
          public boolean includesTable(String table) {
            return true;
          }

          @Override
          public boolean includesColumn(String table, String column) {
            return !column.equals("b");
          }
        };
    reader = LiveDatabase.of(path, all, new Timing(System::nanoTime, InstantSource.system()));
  }

  @AfterEach
  void close() {
    reader.close();
  }

  private void fold(Transaction transaction) {
    for (RowEvent event : transaction.rows()) {
      Object[] row = event.after() == null ? event.before() : event.after();
      String key = event.table().name() + " " + row[0];
      if (event.after() == null) {
        rows.remove(key);
      } else {
        rows.put(key, Arrays.toString(row));
      }
    }
  }

  private void poll() throws Exception {
    reader.expectNewFiles();
    for (int quiet = 0; quiet < 3; ) {
      quiet = reader.poll(this::fold) ? 0 : quiet + 1;
    }
  }

  /// SQLite 3.11 to 3.50.1: after a rollback to a savepoint, a commit may leave frames without
  /// checksums. Other connections see the commit all the same, and so must the reader.
  @Test
  void aCommitWhoseChecksumsDoNotAddUp() throws Exception {
    Path old = Path.of("target", "sqlite-jdbc", "sqlite-jdbc-3.49.1.0.jar").toAbsolutePath();
    assumeTrue(Files.exists(old), "the older driver is put there by the build");
    Path classes =
        Path.of(SqlShell.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    try (SqlShell sql = new SqlShell(path, classes + File.pathSeparator + old)) {
      sql.run(
          "PRAGMA journal_mode=wal",
          "PRAGMA wal_autocheckpoint=0",
          "PRAGMA cache_size=10",
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v TEXT, b BLOB)",
          "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i<399)"
              + " INSERT INTO t SELECT i,'old',randomblob(3000) FROM n",
          "PRAGMA wal_checkpoint(TRUNCATE)");
      fold(reader.snapshot());
      sql.run("UPDATE t SET v='before' WHERE id=0", "BEGIN IMMEDIATE", "SAVEPOINT s");
      for (int i = 0; i < 100; i++) {
        int id = i < 60 ? i : 40 + i % 20;
        sql.run("UPDATE t SET b=randomblob(3000) WHERE id=" + id);
      }
      sql.run("ROLLBACK TO s");
      for (int i = 200; i < 260; i++) {
        sql.run("UPDATE t SET v='broken', b=randomblob(3000) WHERE id=" + i);
      }
      sql.run("COMMIT", "UPDATE t SET v='after' WHERE id BETWEEN 300 AND 320");
      poll();
      assertThat(reader.statistics().trusted()).isPositive();
      assertThat(rows.values()).filteredOn(r -> r.contains("broken")).hasSize(60);
      assertThat(rows.values()).filteredOn(r -> r.contains("after")).hasSize(21);
      sql.run("PRAGMA wal_checkpoint(PASSIVE)");
      fold(reader.snapshot());
      assertThat(rows.values()).filteredOn(r -> r.contains("broken")).hasSize(60);
    }
  }

  /// One generation's header written twice with equal salts: by a connection that spills and rolls
  /// back, then by another with another checkpoint number.
  @Test
  void aHeaderThatIsWrittenAgain() throws Exception {
    try (SqlShell a = new SqlShell(path);
        SqlShell b = new SqlShell(path)) {
      a.run(
          "PRAGMA journal_mode=wal",
          "CREATE TABLE t(id INTEGER PRIMARY KEY, v INTEGER, b BLOB)",
          "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i<99)"
              + " INSERT INTO t SELECT i,0,randomblob(3000) FROM n");
      for (SqlShell shell : List.of(a, b)) {
        shell.run("PRAGMA wal_autocheckpoint=0", "PRAGMA cache_size=10", "SELECT count(*) FROM t");
      }
      a.run("PRAGMA wal_checkpoint(TRUNCATE)", "UPDATE t SET v=1 WHERE id=1");
      b.run("PRAGMA wal_checkpoint(TRUNCATE)", "UPDATE t SET v=2 WHERE id=1");
      a.run("PRAGMA wal_checkpoint(TRUNCATE)", "UPDATE t SET v=3 WHERE id=1");
      a.run("PRAGMA wal_checkpoint(TRUNCATE)", "UPDATE t SET v=4 WHERE id=1");
      a.run("PRAGMA wal_checkpoint(RESTART)");
      fold(reader.snapshot());
      a.run("BEGIN IMMEDIATE");
      for (int i = 0; i < 60; i++) {
        a.run("UPDATE t SET v=99, b=randomblob(3000) WHERE id=" + i);
      }
      byte[] first = header();
      poll();
      assertThat(rows.get("t 1")).isEqualTo("[1, 4]");
      a.run("ROLLBACK");
      b.run("UPDATE t SET v=5 WHERE id=1");
      byte[] second = header();
      assertThat(ByteBuffer.wrap(first, 16, 8)).isEqualTo(ByteBuffer.wrap(second, 16, 8));
      assertThat(first).isNotEqualTo(second);
      poll();
      assertThat(rows.get("t 1")).isEqualTo("[1, 5]");
      b.run("UPDATE t SET v=6 WHERE id=1");
      poll();
      assertThat(rows.get("t 1")).isEqualTo("[1, 6]");
      assertThat(reader.statistics().trusted()).isZero();
    }
  }

  private byte[] header() throws Exception {
    return Arrays.copyOf(Files.readAllBytes(Path.of(path + "-wal")), 32);
  }

  @Test
  void exclusiveLockingIsRefused() throws Exception {
    try (SqlShell sql = new SqlShell(path)) {
      sql.run(
          "PRAGMA locking_mode=EXCLUSIVE",
          "PRAGMA journal_mode=wal",
          "CREATE TABLE t(id INTEGER PRIMARY KEY)");
      fold(reader.snapshot());
      assertThatThrownBy(
              () -> {
                for (int i = 1; i < 100; i++) {
                  sql.run("INSERT INTO t VALUES(" + i + ")");
                  poll();
                  Thread.sleep(50); // the writer's own pace
                }
              })
          .isInstanceOfSatisfying(
              DatabaseFault.class,
              fault -> assertThat(fault.kind()).isEqualTo(DatabaseFault.Kind.EXCLUSIVE));
    }
  }

  @Test
  void aDatabaseWithoutAJournalIsRefused() throws Exception {
    try (SqlShell sql = new SqlShell(path)) {
      sql.run("CREATE TABLE t(id INTEGER PRIMARY KEY)", "PRAGMA journal_mode=MEMORY");
      Thread.sleep(60); // a directory that changed a moment ago proves nothing
      fold(reader.snapshot());
      assertThatThrownBy(
              () -> {
                for (int i = 1; i < 100; i++) {
                  sql.run("INSERT INTO t VALUES(" + i + ")");
                  poll();
                  Thread.sleep(5); // the writer's own pace
                }
              })
          .isInstanceOfSatisfying(
              DatabaseFault.class,
              fault -> assertThat(fault.kind()).isEqualTo(DatabaseFault.Kind.NO_JOURNAL));
    }
  }

  @Test
  void aWriterThatIsKilledInTheMiddleLeavesNothing() throws Exception {
    SqlShell first = new SqlShell(path);
    first.run(
        "PRAGMA journal_mode=wal",
        "CREATE TABLE t(id INTEGER PRIMARY KEY, v, b)",
        "INSERT INTO t VALUES(1,1,NULL)",
        "PRAGMA cache_size=5");
    fold(reader.snapshot());
    first.run(
        "BEGIN", "INSERT INTO t SELECT value,2,zeroblob(9000) FROM json_each('[2,3,4,5,6,7,8]')");
    first.kill();
    poll();
    assertThat(rows).hasSize(1);
    try (SqlShell second = new SqlShell(path)) {
      second.run("UPDATE t SET v=3");
      poll();
      assertThat(rows).containsExactly(Map.entry("t 1", "[1, 3]"));
    }
    poll();
    assertThat(rows).hasSize(1);
  }
}
