package io.wardbell.source.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The connector in Debezium's engine, beside a writer in another process.
@NullUnmarked
class SqliteConnectorIT {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  @TempDir Path directory;

  private Path path() {
    return directory.resolve("db.sqlite3");
  }

  private static Struct value(SourceRecord record) {
    return (Struct) record.value();
  }

  private static void awaitRows(SqliteEngine engine, int count) {
    await().atMost(PATIENCE).until(() -> engine.rows.size() >= count);
  }

  @Test
  void snapshotThenStreamingInTheStandardEnvelope() throws Exception {
    try (SqlShell sql = new SqlShell(path())) {
      sql.run(
          "PRAGMA journal_mode=WAL",
          "CREATE TABLE folders(uuid TEXT PRIMARY KEY, updated_at DATETIME, name TEXT, n INTEGER,"
              + " f BOOLEAN)",
          "CREATE TABLE links(a TEXT NOT NULL, b TEXT NOT NULL, UNIQUE(a,b))",
          "CREATE TABLE secret(id INTEGER PRIMARY KEY)",
          "INSERT INTO folders VALUES('u1','2026-11-24 10:00:00.123456789','n',1,1)",
          "INSERT INTO links VALUES('x','y')");
      Map<String, String> settings =
          Map.of(
              "table.include.list", "folders,links",
              "column.include.list",
                  "folders.uuid,folders.updated_at,folders.n,folders.f,links.a,links.b",
              "provide.transaction.metadata", "true");
      try (SqliteEngine engine = new SqliteEngine(path(), settings)) {
        await().atMost(PATIENCE).until(engine::snapshotCompleted);
        assertThat(engine.rows).hasSize(2);
        Struct read = value(engine.rows.getFirst());
        assertThat(read.getString("op")).isEqualTo("r");
        assertThat(read.getStruct("after").getInt64("updated_at"))
            .isEqualTo(1_795_514_400_123_456L);
        assertThat(read.getStruct("after").getBoolean("f")).isTrue();
        assertThat(read.getStruct("after").schema().field("name")).isNull();
        assertThat(engine.rows.getLast().topic()).isEqualTo("test.links");

        sql.run("BEGIN", "UPDATE folders SET name='other'", "DELETE FROM links", "COMMIT");
        sql.run("INSERT INTO secret VALUES(1)", "REPLACE INTO folders VALUES('u1',NULL,'n',2,0)");
        awaitRows(engine, 5);
        assertThat(engine.rows.stream().skip(2).map(r -> value(r).getString("op")))
            .containsExactly("u", "d", "u");
        SourceRecord update = engine.rows.get(4);
        assertThat(((Struct) update.key()).getString("uuid")).isEqualTo("u1");
        assertThat(value(update).getStruct("before").getInt64("n")).isEqualTo(1);
        assertThat(value(update).getStruct("after").getInt64("n")).isEqualTo(2);
        assertThat(value(update).getStruct("after").getInt64("updated_at")).isNull();
        Struct source = value(update).getStruct("source");
        assertThat(source.getString("db")).isEqualTo("db.sqlite3");
        assertThat(source.getString("table")).isEqualTo("folders");
        assertThat(source.getString("snapshot")).isNull();
        assertThat(source.getInt32("wal_frame")).isPositive();
        assertThat(((Struct) engine.rows.get(3).key()).getString("a")).isEqualTo("x");
        String first = value(engine.rows.get(2)).getStruct("transaction").getString("id");
        assertThat(value(engine.rows.get(3)).getStruct("transaction").getString("id"))
            .isEqualTo(first)
            .isNotEqualTo(value(update).getStruct("transaction").getString("id"));

        sql.run(
            "ALTER TABLE folders ADD COLUMN later INT DEFAULT 5",
            "CREATE TABLE IF NOT EXISTS links2(id INTEGER PRIMARY KEY)",
            "UPDATE folders SET n=3");
        awaitRows(engine, 6);
        assertThat(value(engine.rows.get(5)).getStruct("after").getInt64("n")).isEqualTo(3);
      }
    }
  }

  @Test
  void waitsForTheFileAndNamesWhatItIsNot() throws Exception {
    try (SqliteEngine engine = new SqliteEngine(path(), Map.of())) {
      await().during(Duration.ofMillis(500)).until(() -> !engine.ended.isDone());
      try (SqlShell sql = new SqlShell(path())) {
        sql.run("CREATE TABLE t(id INTEGER PRIMARY KEY)", "INSERT INTO t VALUES(7)");
        awaitRows(engine, 1);
        sql.run("PRAGMA journal_mode=WAL", "INSERT INTO t VALUES(8)");
        awaitRows(engine, 2);
      }
    }
    Files.writeString(path(), "no database".repeat(100));
    try (SqliteEngine engine = new SqliteEngine(path(), Map.of())) {
      await().atMost(PATIENCE).until(engine.ended::isDone);
      assertThat(engine.ended.join()).contains("not a SQLite database, or is encrypted");
    }
  }

  @Test
  void leavesNoTraceInTheFolder() throws Exception {
    try (SqlShell sql = new SqlShell(path())) {
      sql.run(
          "PRAGMA journal_mode=WAL",
          "CREATE TABLE t(id INTEGER PRIMARY KEY)",
          "INSERT INTO t VALUES(1)");
      Map<String, List<Object>> before = contents();
      try (SqliteEngine engine = new SqliteEngine(path(), Map.of())) {
        awaitRows(engine, 1);
        await().atMost(PATIENCE).until(engine::snapshotCompleted);
      }
      assertThat(contents()).isEqualTo(before);
    }
  }

  private Map<String, List<Object>> contents() throws Exception {
    Map<String, List<Object>> all = new TreeMap<>();
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        FileTime written = Files.getLastModifiedTime(file);
        all.put(
            file.toString(),
            List.of(written, java.util.HexFormat.of().formatHex(Files.readAllBytes(file))));
      }
    }
    return all;
  }
}
