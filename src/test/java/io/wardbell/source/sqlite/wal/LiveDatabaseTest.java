package io.wardbell.source.sqlite.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a follower is told about a database that SQLite writes, statement by statement.
@NullUnmarked
class LiveDatabaseTest {
  @TempDir Path directory;
  private Path path;
  private Connection writer;
  private Follower follower;

  @BeforeEach
  void connect() throws SQLException {
    path = directory.resolve("db.sqlite3");
    writer = open();
  }

  private Connection open() throws SQLException {
    return DriverManager.getConnection("jdbc:sqlite:" + path);
  }

  @AfterEach
  void disconnect() throws SQLException {
    if (follower != null) {
      follower.close();
    }
    writer.close();
  }

  private void run(String... statements) throws SQLException {
    for (String sql : statements) {
      try (Statement s = writer.createStatement()) {
        s.execute(sql);
      }
    }
  }

  private void walWith(String... statements) throws SQLException {
    run("PRAGMA journal_mode=WAL");
    run(statements);
  }

  private void follow(Selection selection) throws Exception {
    follower = new Follower(path, selection).start();
  }

  private void follow() throws Exception {
    follow(Follower.EVERYTHING);
  }

  private void assertSame() throws SQLException {
    follower.assertSameAs(writer);
  }

  private static String fill(String table, int rows, int bytes) {
    return ("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<%d) INSERT INTO"
            + " %s SELECT 'k'||i, hex(randomblob(%d)) FROM n")
        .formatted(rows, table, bytes / 2);
  }

  @Test
  void insertUpdateReplaceAndDelete() throws Exception {
    walWith("CREATE TABLE t(id TEXT PRIMARY KEY, v TEXT)", "INSERT INTO t VALUES('a','1')");
    follow();
    run("INSERT INTO t VALUES('b','2')");
    assertThat(follower.poll()).containsExactly("C t [b]");
    run("REPLACE INTO t VALUES('b','3')");
    assertThat(follower.poll()).containsExactly("U t [b]");
    run("UPDATE t SET v='4' WHERE id='a'");
    assertThat(follower.poll()).containsExactly("U t [a]");
    run("DELETE FROM t WHERE id='b'");
    assertThat(follower.poll()).containsExactly("D t [b]");
    assertThat(follower.kinds).containsExactly(Transaction.Kind.COMMIT);
    assertSame();
  }

  @Test
  void oneCommitIsOneTransactionAndARollbackIsNone() throws Exception {
    walWith("CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "PRAGMA cache_size=5");
    follow();
    run("BEGIN", "INSERT INTO t VALUES(1,1)", "INSERT INTO t VALUES(2,2)", "COMMIT");
    run("INSERT INTO t VALUES(3,3)");
    follower.poll();
    assertThat(follower.events).containsExactly("C t [1]", "C t [2]", "C t [3]");
    assertThat(follower.kinds).hasSize(2);
    run(
        "BEGIN",
        "WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i+1 FROM n WHERE i<90)"
            + " INSERT INTO t SELECT i, zeroblob(5000) FROM n");
    assertThat(follower.poll()).isEmpty();
    run("ROLLBACK");
    assertThat(follower.poll()).isEmpty();
    run("UPDATE t SET v=9 WHERE id=1");
    assertThat(follower.poll()).containsExactly("U t [1]");
    assertSame();
  }

  @Test
  void aWriteThatLeavesTheIncludedColumnsEqualIsStillAnUpdate() throws Exception {
    walWith(
        "CREATE TABLE t(id TEXT PRIMARY KEY, v TEXT, data TEXT)",
        "INSERT INTO t VALUES('a','1',hex(randomblob(10000))),('b','1','short')");
    follow(Follower.except("data"));
    run("UPDATE t SET data='changed' WHERE id='b'");
    assertThat(follower.poll()).containsExactly("U t [b]");
    // The last byte of the last overflow page, written in place.
    run("UPDATE t SET data=substr(data,1,19999)||'z' WHERE id='a'");
    assertThat(follower.poll()).containsExactly("U t [a]");
    assertThat(follower.tables.get("t").get("[a]")).containsExactly("a", "1");
  }

  @ParameterizedTest
  @CsvSource({"512,0,0", "512,1,0", "1024,2,0", "4096,0,0", "4096,1,32", "16384,2,0", "65536,0,0"})
  void movesOfPagesAndRowsAreNoEvents(int pageSize, int autoVacuum, int reserved) throws Exception {
    run("PRAGMA page_size=" + pageSize, "PRAGMA auto_vacuum=" + autoVacuum);
    reserve(reserved);
    walWith(
        "CREATE TABLE untracked(id TEXT, data TEXT)",
        "CREATE TABLE t(id TEXT NOT NULL, data TEXT, v INT, UNIQUE(id))",
        "CREATE TABLE w(id TEXT PRIMARY KEY, data TEXT) WITHOUT ROWID");
    run(fill("untracked", 300, 700));
    run(fill("t(id,data)", 800, 300), fill("w", 800, 300));
    run("UPDATE t SET data=hex(randomblob(9000)) WHERE rowid%50=0");
    follow(Follower.except("data"));
    run("DELETE FROM untracked WHERE rowid%2=0");
    assertThat(follower.poll()).isEmpty();
    run("VACUUM");
    assertThat(follower.poll()).isEmpty();
    run("PRAGMA incremental_vacuum", "PRAGMA wal_checkpoint(TRUNCATE)");
    assertThat(follower.poll()).isEmpty();
    run("DELETE FROM t WHERE rowid%3=0", "DELETE FROM w WHERE id LIKE '%3'");
    follower.poll();
    assertSame();
    run(fill("t(id,data)", 0, 10).replace("'k'", "'n'"));
    run("INSERT INTO t(id,data) SELECT 'm'||id, data FROM t", "VACUUM");
    follower.poll();
    assertSame();
  }

  /// Byte 20 of the header of a database that has nothing in it yet.
  private void reserve(int bytes) throws Exception {
    if (bytes == 0) {
      return;
    }
    run("CREATE TABLE empty(x)", "DROP TABLE empty");
    writer.close();
    byte[] file = Files.readAllBytes(path);
    file[20] = (byte) bytes;
    int pageSize = Bits.u16(file, 16);
    file[105] = (byte) ((pageSize - bytes) >> 8);
    file[106] = (byte) (pageSize - bytes);
    Files.write(path, file);
    writer = open();
    run("VACUUM");
  }

  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16le", "UTF-16be"})
  void allEncodingsAndValues(String encoding) throws Exception {
    run("PRAGMA encoding='" + encoding + "'");
    walWith(
        "CREATE TABLE \"od d\"(\"k k\" TEXT PRIMARY KEY, i INT, r REAL, b BLOB, \"ключ\" TEXT)",
        "INSERT INTO \"od d\" VALUES('ä€😀',-129,2,x'00ff','значение'),('',0,1.5,NULL,NULL),"
            + "('big',9223372036854775807,-1e300,zeroblob(3),'x'),('i',1,0,x'',''),"
            + "('j',140737488355328,3,1,2),('k',32768,NULL,'text in a blob',8388608)");
    follow();
    assertSame();
    run("UPDATE \"od d\" SET \"ключ\"='Ω', i=i-1, r=7 WHERE i<9223372036854775807");
    assertThat(follower.poll()).hasSize(5);
    assertSame();
  }

  @Test
  void columnsThatAreAddedHaveTheirDefaultInOlderRecords() throws Exception {
    walWith("CREATE TABLE t(id TEXT PRIMARY KEY, v)", "INSERT INTO t VALUES('a',1),('b',2)");
    follow();
    run(
        "ALTER TABLE t ADD COLUMN n INTEGER NOT NULL DEFAULT 14",
        "ALTER TABLE t ADD COLUMN s TEXT DEFAULT 'it''s'",
        "ALTER TABLE t ADD COLUMN r REAL DEFAULT -3",
        "ALTER TABLE t ADD COLUMN z");
    assertThat(follower.poll()).isEmpty();
    run("UPDATE t SET v=3 WHERE id='a'", "INSERT INTO t(id) VALUES('c')");
    assertThat(follower.poll()).containsExactly("U t [a]", "C t [c]");
    assertThat(follower.tables.get("t").get("[a]"))
        .containsExactly("a", 3L, 14L, "it's", -3.0, null);
    try (Follower second = new Follower(path, Follower.EVERYTHING)) {
      second.start();
      second.assertSameAs(writer);
    }
  }

  @Test
  void migrationsThatRebuildTablesAreNoNewsAboutTheirRows() throws Exception {
    walWith(
        "CREATE TABLE t(id TEXT PRIMARY KEY, v INT, data TEXT)",
        "CREATE TABLE gone(id TEXT PRIMARY KEY)",
        "INSERT INTO gone VALUES('g')");
    run(fill("t(id,data)", 500, 400));
    follow();
    run(
        "BEGIN",
        "CREATE TABLE t_new(data TEXT, id TEXT NOT NULL PRIMARY KEY, v INT, extra INT DEFAULT 5)",
        "INSERT INTO t_new(id,v,data) SELECT id,v,data FROM t",
        "DROP TABLE t",
        "ALTER TABLE t_new RENAME TO t",
        "UPDATE t SET v=8 WHERE id='k77'",
        "DROP TABLE gone",
        "COMMIT");
    assertThat(follower.poll()).contains("U t [k77]", "D gone [g]");
    run("ALTER TABLE t DROP COLUMN extra");
    assertThat(follower.poll()).isEmpty();
    run("CREATE INDEX i ON t(v)", "ALTER TABLE t RENAME TO u");
    follower.poll();
    assertThat(follower.tables).containsOnlyKeys("u");
    run("CREATE TABLE later(a INTEGER PRIMARY KEY, b)", "INSERT INTO later VALUES(7,'x')");
    assertThat(follower.poll()).containsExactly("C later [7]");
    run("UPDATE u SET v=4 WHERE id='k5'");
    assertThat(follower.poll()).containsExactly("U u [k5]");
  }

  @Test
  void keysOfEverySort() throws Exception {
    walWith(
        "CREATE TABLE only_unique(a TEXT NOT NULL, b TEXT NOT NULL, v INT, UNIQUE(a,b))",
        "CREATE TABLE no_key(a, b)",
        "CREATE TABLE null_key(a TEXT PRIMARY KEY, b)",
        "CREATE TABLE reversed(x, b INT, a TEXT, PRIMARY KEY(a DESC, b)) WITHOUT ROWID",
        "CREATE TABLE generated(id INTEGER PRIMARY KEY, p INT, d AS (p*2), s INT AS (p*3) STORED)");
    follow();
    run(
        "INSERT INTO only_unique VALUES('x','y',1)",
        "INSERT INTO no_key VALUES(1,1),(1,2)",
        "INSERT INTO null_key VALUES(NULL,1)",
        "INSERT INTO reversed VALUES(1,2,'a'),(3,4,'b')",
        "INSERT INTO generated(id,p) VALUES(1,5)");
    follower.poll();
    assertThat(follower.tables.get("generated").get("[1]")).containsExactly(1L, 5L, 15L);
    assertSame();
    run("UPDATE no_key SET b=3 WHERE b=2", "UPDATE only_unique SET v=2", "VACUUM");
    assertThat(follower.poll()).containsExactly("U no_key [1, 2]", "U only_unique [x, y]");
    run("UPDATE null_key SET b=2", "UPDATE reversed SET x=9 WHERE a='b'");
    assertThat(follower.poll()).containsExactly("U null_key [null]", "U reversed [4, b]");
  }

  @Test
  void everyCheckpointModeAndTheEndOfTheLog() throws Exception {
    walWith("CREATE TABLE t(id TEXT PRIMARY KEY, data TEXT)");
    follow();
    int round = 0;
    for (String mode : List.of("PASSIVE", "FULL", "RESTART", "TRUNCATE", "PASSIVE", "TRUNCATE")) {
      run(fill("t", 50, 900).replace("'k'", "'round" + ++round + "-'"));
      assertThat(follower.poll()).hasSize(50);
      run("PRAGMA wal_checkpoint(" + mode + ")");
      assertThat(follower.poll()).isEmpty();
      run("UPDATE t SET data='x' WHERE rowid%7=0");
      assertThat(follower.poll()).isNotEmpty();
    }
    assertThat(follower.database.statistics().gaps()).isEmpty();
    writer.close();
    assertThat(Path.of(path + "-wal")).doesNotExist();
    assertThat(follower.poll()).isEmpty();
    writer = open();
    run("INSERT INTO t VALUES('new',1)");
    assertThat(follower.poll()).containsExactly("C t [new]");
    assertSame();
  }

  @Test
  void resetsThatPassUnseenAreFoundByComparing() throws Exception {
    walWith("CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES(1,1),(2,2),(3,3)");
    follow();
    for (int i = 0; i < 3; i++) {
      run("UPDATE t SET v=" + i + "+10 WHERE id=1", "PRAGMA wal_checkpoint(RESTART)");
    }
    run("DELETE FROM t WHERE id=3", "INSERT INTO t VALUES(4,4)");
    assertThat(follower.poll()).containsExactly("D t [3]", "U t [1]", "C t [4]");
    assertThat(follower.kinds).containsExactly(Transaction.Kind.COMPARISON);
    assertSame();
  }

  /// All of it in memory twice would be too much: what follows it reads everything anew.
  @ParameterizedTest
  @ValueSource(strings = {"UPDATE t SET v=1", "DELETE FROM t", "DROP TABLE t", "VACUUM"})
  void moreThanIsComparedIsNamed(String statement) throws Exception {
    walWith();
    for (List<String> missed :
        List.of(
            List.<String>of(),
            List.of("PRAGMA wal_checkpoint(RESTART)", "CREATE TABLE later(id)"))) {
      run("CREATE TABLE IF NOT EXISTS t(id TEXT PRIMARY KEY, v)", "DELETE FROM t");
      run(fill("t", RowLimit.ROWS_MAX + 1, 8));
      follow();
      run(statement);
      run(missed.toArray(String[]::new));
      assertThatThrownBy(follower::poll)
          .isInstanceOfSatisfying(
              DatabaseFault.class,
              fault -> assertThat(fault.kind()).isEqualTo(DatabaseFault.Kind.TOO_BUSY));
      follower.close();
    }
  }

  @Test
  void aRollbackJournalDatabaseAndSwitchesOfTheMode() throws Exception {
    run("CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES(1,1),(2,2)");
    follow();
    run("UPDATE t SET v=5 WHERE id=2");
    assertThat(follower.poll()).containsExactly("U t [2]");
    run("PRAGMA journal_mode=WAL", "INSERT INTO t VALUES(3,3)");
    assertThat(follower.poll()).containsExactly("C t [3]");
    run("INSERT INTO t VALUES(4,4)");
    assertThat(follower.poll()).containsExactly("C t [4]");
    assertThat(follower.kinds).containsExactly(Transaction.Kind.COMMIT);
    run("PRAGMA journal_mode=DELETE", "DELETE FROM t WHERE id<3");
    assertThat(follower.poll()).containsExactly("D t [1]", "D t [2]");
    for (String mode : List.of("TRUNCATE", "PERSIST")) {
      run("PRAGMA journal_mode=" + mode, "UPDATE t SET v=v+1");
      assertThat(follower.poll()).hasSize(2);
    }
    assertSame();
  }

  @Test
  void aRestoredBackupInPlaceOrByRename() throws Exception {
    walWith("CREATE TABLE t(id INTEGER PRIMARY KEY, v)", "INSERT INTO t VALUES(1,1),(2,2)");
    Path backup = directory.resolve("backup");
    run("VACUUM INTO '" + backup + "'", "UPDATE t SET v=7", "INSERT INTO t VALUES(3,3)");
    follow();
    writer.close();
    follower.poll();
    Files.copy(backup, directory.resolve("moved"));
    Files.move(directory.resolve("moved"), path, StandardCopyOption.REPLACE_EXISTING);
    assertThat(follower.poll()).contains("U t [1]", "U t [2]", "D t [3]");
    writer = open();
    run("PRAGMA journal_mode=WAL", "INSERT INTO t VALUES(9,9)");
    follower.poll();
    writer.close();
    Files.write(path, Files.readAllBytes(backup));
    follower.poll();
    writer = open();
    assertSame();
  }

  @Test
  void badInputIsNamed() throws Exception {
    follower = new Follower(path, Follower.EVERYTHING);
    writer.close();
    Files.deleteIfExists(path);
    assertThat(follower.database.isPresent()).isFalse();
    assertFault(DatabaseFault.Kind.MISSING);
    Files.write(path, new byte[0]);
    assertThat(follower.database.isPresent()).isFalse();
    Files.write(
        path, "not a database, but long enough".repeat(50).getBytes(StandardCharsets.UTF_8));
    assertFault(DatabaseFault.Kind.NOT_A_DATABASE);
    Files.delete(path);
    writer = open();
    run("CREATE TABLE t(id TEXT PRIMARY KEY, data TEXT)", fill("t", 500, 500));
    byte[] whole = Files.readAllBytes(path);
    Files.write(path, java.util.Arrays.copyOf(whole, whole.length / 2));
    assertFault(DatabaseFault.Kind.TRUNCATED);
    byte[] newer = whole.clone();
    newer[19] = 3;
    Files.write(path, newer);
    assertFault(DatabaseFault.Kind.UNSUPPORTED_FORMAT);
  }

  private void assertFault(DatabaseFault.Kind kind) {
    assertThatThrownBy(() -> follower.database.snapshot())
        .isInstanceOfSatisfying(
            DatabaseFault.class,
            fault -> {
              assertThat(fault.kind()).isEqualTo(kind);
              assertThat(fault.getMessage()).doesNotContain("\n");
            });
  }
}
