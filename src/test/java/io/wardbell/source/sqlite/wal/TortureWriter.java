package io.wardbell.source.sqlite.wal;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import org.jspecify.annotations.NullUnmarked;

/// A process that does to a database what a vault server and its owner may do, at random, and
/// writes down what every transaction did: before it commits, so that a kill loses nothing of it.
///
/// Run in a JVM of its own with any version of sqlite-jdbc and nothing else on the class path.
@NullUnmarked
final class TortureWriter {
  private final String url;
  private final int proc;
  private final Random random;
  private final boolean savepoints;
  private final boolean wal;
  private final double chaos;
  private final BufferedWriter truth;
  private final List<Connection> connections = new ArrayList<>();
  private final TortureModel model = new TortureModel();
  private long seq;
  private long clock;
  private Connection held;
  private int heldLeft;

  private TortureWriter(Path database, Path truthFile, Map<String, String> settings)
      throws IOException, SQLException {
    url = "jdbc:sqlite:" + database;
    proc = Integer.parseInt(settings.get("proc"));
    random = new Random(Long.parseLong(settings.get("seed")) * 31 + proc);
    savepoints = settings.get("savepoints").equals("true");
    wal = settings.get("journal").equals("WAL");
    chaos = Double.parseDouble(settings.get("chaos"));
    truth =
        Files.newBufferedWriter(
            truthFile,
            StandardCharsets.UTF_8,
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
    truth.write("\n"); // a killed predecessor may have left half a line
    for (int i = 0; i < 3; i++) {
      connections.add(connect(i));
    }
    seq = model.load(connections.getFirst(), proc);
  }

  private Connection connect(int i) throws SQLException {
    Properties properties = new Properties();
    properties.put("busy_timeout", "30000");
    properties.put("transaction_mode", "IMMEDIATE");
    Connection c = DriverManager.getConnection(url, properties);
    execute(c, "PRAGMA synchronous=NORMAL");
    if (i == 2) {
      execute(c, "PRAGMA cache_size=20");
    }
    return c;
  }

  private static void execute(Connection c, String sql, Object... values) throws SQLException {
    try (PreparedStatement s = c.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        s.setObject(i + 1, values[i]);
      }
      s.execute();
    }
  }

  private String key(String prefix) {
    return "%d_%s%05d-aaaa-bbbb-cccc".formatted(proc, prefix, random.nextInt(1500));
  }

  private String existing(String tableName) {
    return model.anyKey(tableName, random.nextInt(20));
  }

  private String text(int length) {
    StringBuilder s = new StringBuilder(length);
    while (s.length() < length) {
      s.append(Long.toString(random.nextLong() & Long.MAX_VALUE, 36));
    }
    s.setLength(length);
    return s.toString();
  }

  private String now() {
    return "2026-11-24 10:00:00.%09d".formatted(++clock);
  }

  private void operation(Connection c) throws SQLException {
    double x = random.nextDouble();
    if (x < 0.36) {
      String k = key("c");
      int bytes =
          random.nextDouble() > 0.03 ? 500 + random.nextInt(3500) : 4000 + random.nextInt(56_000);
      execute(
          c,
          "REPLACE INTO ciphers(uuid,updated_at,user_uuid,akey,atype,name,notes,data,deleted_at)"
              + " VALUES(?,?,?,?,?,?,?,?,?)",
          k,
          now(),
          "u" + random.nextInt(50),
          text(80),
          random.nextInt(5),
          text(40),
          random.nextBoolean() ? null : text(random.nextInt(300)),
          text(bytes),
          random.nextInt(10) == 0 ? now() : null);
      model.note(c, "ciphers", k);
    } else if (x < 0.46) {
      updateCipher(c);
    } else if (x < 0.53) {
      String k = existing("ciphers");
      if (k != null) {
        execute(c, "DELETE FROM ciphers WHERE uuid=?", k);
        model.note(c, "ciphers", k);
      }
    } else if (x < 0.62) {
      String k = key("f");
      if (random.nextInt(4) == 0) {
        execute(c, "DELETE FROM folders WHERE uuid=?", k);
      } else {
        execute(
            c,
            "REPLACE INTO folders(uuid,updated_at,name,data) VALUES(?,?,?,?)",
            k,
            now(),
            text(20),
            text(random.nextInt(200)));
      }
      model.note(c, "folders", k);
    } else if (x < 0.76) {
      link(c);
    } else if (x < 0.86) {
      event(c);
    } else if (x < 0.96) {
      keyValue(c);
    } else if (random.nextInt(3) > 0) {
      execute(c, "INSERT INTO untracked(junk) VALUES(zeroblob(?))", random.nextInt(9000));
    } else {
      execute(c, "DELETE FROM untracked WHERE id%3=?", random.nextInt(3));
    }
  }

  private void updateCipher(Connection c) throws SQLException {
    String k = existing("ciphers");
    if (k == null) {
      return;
    }
    switch (random.nextInt(4)) {
      case 0 ->
          execute(
              c,
              "UPDATE ciphers SET data=substr(data,1,length(data)-1)||? WHERE uuid=?",
              text(1),
              k);
      case 1 -> execute(c, "UPDATE ciphers SET data=?||substr(data,2) WHERE uuid=?", text(1), k);
      case 2 ->
          execute(c, "UPDATE ciphers SET updated_at=?, deleted_at=? WHERE uuid=?", now(), now(), k);
      default ->
          execute(c, "UPDATE ciphers SET notes=? WHERE uuid=?", text(random.nextInt(3000)), k);
    }
    model.note(c, "ciphers", k);
  }

  private void link(Connection c) throws SQLException {
    String k = key("c");
    String f = "f" + random.nextInt(30);
    if (random.nextDouble() < 0.6) {
      execute(c, "REPLACE INTO links VALUES(?,?,?)", k, f, random.nextInt(2));
    } else {
      String known = existing("links");
      if (known == null) {
        return;
      }
      int cut = known.indexOf('~');
      k = known.substring(0, cut);
      f = known.substring(cut + 1);
      execute(c, "DELETE FROM links WHERE cipher_uuid=? AND folder_uuid=?", k, f);
    }
    model.note(c, "links", k, f);
  }

  private void event(Connection c) throws SQLException {
    if (random.nextInt(60) == 0) {
      List<String> half = model.keys("event").stream().limit(40).toList();
      for (String id : half) {
        execute(c, "DELETE FROM event WHERE id=?", Long.valueOf(id));
        model.note(c, "event", Long.valueOf(id));
      }
      return;
    }
    execute(
        c,
        "INSERT INTO event(event_type,user_uuid) VALUES(?,?)",
        random.nextInt(1700),
        proc + "_u" + random.nextInt(9));
    try (Statement s = c.createStatement();
        ResultSet r = s.executeQuery("SELECT last_insert_rowid()")) {
      model.note(c, "event", r.getLong(1));
    }
  }

  private void keyValue(Connection c) throws SQLException {
    String k = key("k");
    if (random.nextInt(4) == 0) {
      execute(c, "DELETE FROM kv WHERE k=?", k);
    } else {
      Long[] numbers = {
        0L, 1L, -1L, 127L, 128L, -129L, 40_000L, 1L << 31, -(1L << 40), 1L << 62, null
      };
      int bytes = random.nextInt(20) == 0 ? 2000 + random.nextInt(18_000) : random.nextInt(300);
      execute(
          c,
          "REPLACE INTO kv VALUES(?,?,?)",
          k,
          numbers[random.nextInt(numbers.length)],
          text(bytes));
    }
    model.note(c, "kv", k);
  }

  private boolean transaction(Connection c) throws SQLException, IOException {
    model.begin();
    double kind = random.nextDouble();
    execute(c, "BEGIN IMMEDIATE");
    int operations =
        random.nextDouble() > 0.002 ? 1 + random.nextInt(4) : 100 + random.nextInt(900);
    for (int i = 0; i < operations; i++) {
      if (savepoints && kind > 0.95 && i == operations / 2) {
        model.begin();
        execute(c, "SAVEPOINT s1");
        for (int k = random.nextInt(30); k >= 0; k--) {
          operation(c);
        }
        execute(c, "ROLLBACK TO s1");
        execute(c, "RELEASE s1");
        model.rollback();
      }
      operation(c);
    }
    if (kind < 0.03) {
      execute(c, "ROLLBACK");
      model.rollback();
      return false;
    }
    seq++;
    execute(
        c,
        "INSERT INTO meta VALUES(?,?) ON CONFLICT(proc) DO UPDATE SET seq=excluded.seq",
        proc,
        seq);
    truth.write(model.end(seq));
    truth.flush();
    execute(c, "COMMIT");
    return true;
  }

  private Connection any() {
    return connections.get(random.nextInt(connections.size()));
  }

  private void attempt(Connection c, String... statements) {
    try {
      for (String sql : statements) {
        execute(c, sql);
      }
    } catch (SQLException e) {
      try {
        execute(c, "ROLLBACK");
      } catch (SQLException _) {
        // There was no transaction: the statement was refused, which is as good.
      }
    }
  }

  /// What happens beside transactions: checkpoints, vacuum, migrations, readers, restarts.
  private void chaos() throws SQLException {
    double x = random.nextDouble() / chaos;
    if (x < 0.0025) {
      String[] modes = {"PASSIVE", "FULL", "RESTART", "TRUNCATE"};
      Connection c = any();
      execute(c, "PRAGMA busy_timeout=50");
      attempt(c, "PRAGMA wal_checkpoint(" + modes[held == null ? random.nextInt(4) : 0] + ")");
      execute(c, "PRAGMA busy_timeout=30000");
    } else if (x < 0.0027 && held == null) {
      attempt(any(), "VACUUM");
    } else if (x < 0.0031 && held == null) {
      rebuild(any());
    } else if (x < 0.0033) {
      attempt(any(), "ALTER TABLE folders ADD COLUMN x" + seq + " INTEGER DEFAULT 7");
    } else if (x < 0.0036) {
      attempt(
          any(),
          random.nextBoolean()
              ? "CREATE INDEX IF NOT EXISTS ix ON ciphers(name)"
              : "DROP INDEX IF EXISTS ix");
    } else if (x < 0.0039 && held == null && wal) {
      held = connect(9);
      execute(held, "BEGIN DEFERRED");
      try (Statement s = held.createStatement();
          ResultSet r = s.executeQuery("SELECT count(*) FROM meta")) {
        r.next();
      }
      heldLeft = 50 + random.nextInt(800);
    } else if (x < 0.0041 && held == null) {
      for (Connection c : connections) {
        c.close();
      }
      connections.clear();
      for (int i = 0; i < 3; i++) {
        connections.add(connect(i));
      }
    }
    if (held != null && --heldLeft < 0) {
      held.close();
      held = null;
    }
  }

  private void rebuild(Connection c) throws SQLException {
    String name = List.of("folders", "ciphers", "kv").get(random.nextInt(3));
    String sql;
    try (Statement s = c.createStatement();
        ResultSet r = s.executeQuery("SELECT sql FROM sqlite_master WHERE name='" + name + "'")) {
      r.next();
      sql = r.getString(1);
    }
    attempt(
        c,
        "BEGIN IMMEDIATE",
        sql.replaceFirst("(?i)CREATE TABLE\\s+\"?" + name + "\"?", "CREATE TABLE new_" + name),
        "INSERT INTO new_" + name + " SELECT * FROM " + name,
        "DROP TABLE " + name,
        "ALTER TABLE new_" + name + " RENAME TO " + name,
        "COMMIT");
  }

  /// Arguments: database, truth file, then key=value.
  public static void main(String[] args) throws Exception {
    Map<String, String> settings = new HashMap<>();
    for (int i = 2; i < args.length; i++) {
      int cut = args[i].indexOf('=');
      settings.put(args[i].substring(0, cut), args[i].substring(cut + 1));
    }
    TortureWriter writer = new TortureWriter(Path.of(args[0]), Path.of(args[1]), settings);
    int count = Integer.parseInt(settings.get("transactions"));
    int perSecond = Integer.parseInt(settings.getOrDefault("rate", "0"));
    long begun = System.nanoTime();
    for (int done = 0; done < count; ) {
      if (writer.transaction(writer.any())) {
        done++;
        long due = perSecond == 0 ? 0 : begun + done * 1_000_000_000L / perSecond;
        long early = (due - System.nanoTime()) / 1_000_000;
        if (early > 0) {
          Thread.sleep(early);
        }
      }
      writer.chaos();
    }
    if (writer.held != null) {
      writer.held.close();
    }
    Path end = Path.of(args[1] + ".end");
    Files.writeString(end, writer.model.dump());
    for (Connection c : writer.connections) {
      c.close();
    }
  }
}
