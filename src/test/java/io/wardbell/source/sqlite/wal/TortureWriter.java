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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.zip.CRC32;
import org.jspecify.annotations.NullUnmarked;

/// A process that does to a database what a vault server and its owner may do, at random, and
/// writes down what every transaction did: before it commits, so that a kill loses nothing of it.
///
/// Run in a JVM of its own with any version of sqlite-jdbc and nothing else on the class path.
@NullUnmarked
final class TortureWriter {
  /// @param kept the columns that the reader includes, the key's first
  record Table(String name, List<String> key, List<String> kept) {}

  static final List<Table> TABLES =
      List.of(
          new Table(
              "ciphers",
              List.of("uuid"),
              List.of("uuid", "updated_at", "user_uuid", "atype", "deleted_at")),
          new Table("folders", List.of("uuid"), List.of("uuid", "updated_at", "name")),
          new Table(
              "links",
              List.of("cipher_uuid", "folder_uuid"),
              List.of("cipher_uuid", "folder_uuid", "read_only")),
          new Table("event", List.of("id"), List.of("id", "event_type", "user_uuid")),
          new Table("kv", List.of("k"), List.of("k", "n")));

  static final List<String> SCHEMA =
      List.of(
          "CREATE TABLE ciphers (uuid TEXT NOT NULL PRIMARY KEY, updated_at DATETIME NOT NULL,"
              + " user_uuid TEXT, akey TEXT, atype INTEGER NOT NULL, name TEXT, notes TEXT,"
              + " data TEXT NOT NULL, deleted_at DATETIME)",
          "CREATE TABLE folders (uuid TEXT NOT NULL PRIMARY KEY, updated_at DATETIME NOT NULL,"
              + " name TEXT NOT NULL, data TEXT)",
          "CREATE TABLE links (cipher_uuid TEXT NOT NULL, folder_uuid TEXT NOT NULL,"
              + " read_only BOOLEAN NOT NULL DEFAULT 0, UNIQUE (cipher_uuid, folder_uuid))",
          "CREATE TABLE event (id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,"
              + " event_type INTEGER NOT NULL, user_uuid TEXT)",
          "CREATE TABLE kv (k TEXT NOT NULL PRIMARY KEY, n INTEGER, data TEXT) WITHOUT ROWID",
          "CREATE TABLE meta (proc INTEGER NOT NULL PRIMARY KEY, seq INTEGER NOT NULL)",
          "CREATE TABLE untracked (id INTEGER PRIMARY KEY, junk BLOB)",
          "CREATE INDEX ciphers_user ON ciphers(user_uuid)");

  /// One row: a checksum of all of it, and one of the kept columns.
  private record State(long whole, long kept) {}

  private final String url;
  private final int proc;
  private final Random random;
  private final boolean savepoints;
  private final boolean wal;
  private final double chaos;
  private final BufferedWriter truth;
  private final List<Connection> connections = new ArrayList<>();
  private final Map<String, Map<String, State>> model = new HashMap<>();
  private Map<String, State> touched = new LinkedHashMap<>();
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
    for (int i = 0; i < 3; i++) {
      connections.add(connect(i));
    }
    load();
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

  private static long crc(Object... values) {
    CRC32 crc = new CRC32();
    for (Object value : values) {
      crc.update((value + "|").getBytes(StandardCharsets.UTF_8));
    }
    return crc.getValue();
  }

  /// The checksum of a row's kept values, as the reader computes it too.
  static long keptCrc(List<Object> values) {
    return crc(values.toArray());
  }

  private State state(Connection c, Table table, String where, Object... values)
      throws SQLException {
    String sql =
        "SELECT " + String.join(",", table.kept()) + ",* FROM " + table.name() + " " + where;
    try (PreparedStatement s = c.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        s.setObject(i + 1, values[i]);
      }
      try (ResultSet r = s.executeQuery()) {
        return r.next() ? state(table, r) : null;
      }
    }
  }

  private static State state(Table table, ResultSet r) throws SQLException {
    Object[] kept = new Object[table.kept().size()];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = number(r.getObject(i + 1));
    }
    Object[] all = new Object[r.getMetaData().getColumnCount() - kept.length];
    int last = 0;
    for (int i = 0; i < all.length; i++) {
      Object value = number(r.getObject(kept.length + i + 1));
      // Columns that a migration added have no value of their own.
      boolean added = r.getMetaData().getColumnName(kept.length + i + 1).startsWith("x");
      all[i] = added ? "" : value;
      last = added ? last : i;
    }
    return new State(crc(java.util.Arrays.copyOf(all, last + 1)), crc(kept));
  }

  private static Object number(Object value) {
    return value instanceof Integer n ? (Object) n.longValue() : value;
  }

  private void load() throws SQLException {
    Connection c = connections.getFirst();
    for (Table table : TABLES) {
      Map<String, State> rows = new HashMap<>();
      String sql = "SELECT " + String.join(",", table.kept()) + ",* FROM " + table.name();
      try (Statement s = c.createStatement();
          ResultSet r = s.executeQuery(sql)) {
        while (r.next()) {
          StringBuilder key = new StringBuilder();
          for (int i = 1; i <= table.key().size(); i++) {
            key.append(i > 1 ? "~" : "").append(r.getString(i));
          }
          boolean ours =
              table.name().equals("event")
                  ? r.getString("user_uuid").startsWith(proc + "_")
                  : key.toString().startsWith(proc + "_");
          if (ours) {
            rows.put(key.toString(), state(table, r));
          }
        }
      }
      model.put(table.name(), rows);
    }
    try (Statement s = c.createStatement();
        ResultSet r = s.executeQuery("SELECT seq FROM meta WHERE proc=" + proc)) {
      seq = r.next() ? r.getLong(1) : 0;
    }
  }

  private Table table(String name) {
    return TABLES.stream().filter(t -> t.name().equals(name)).findFirst().orElseThrow();
  }

  /// Takes note of a row after it was written.
  private void note(Connection c, String tableName, Object... key) throws SQLException {
    Table table = table(tableName);
    StringBuilder where = new StringBuilder("WHERE ");
    StringBuilder joined = new StringBuilder();
    for (int i = 0; i < key.length; i++) {
      where.append(i > 0 ? " AND " : "").append(table.key().get(i)).append("=?");
      joined.append(i > 0 ? "~" : "").append(key[i]);
    }
    Map<String, State> rows = model.get(tableName);
    String id = tableName + "\t" + joined;
    if (!touched.containsKey(id)) {
      touched.put(id, rows.get(joined.toString())); // null if there was none
    }
    State now = state(c, table, where.toString(), key);
    if (now == null) {
      rows.remove(joined.toString());
    } else {
      rows.put(joined.toString(), now);
    }
  }

  private String key(String prefix) {
    return "%d_%s%05d-aaaa-bbbb-cccc".formatted(proc, prefix, random.nextInt(1500));
  }

  private String existing(String tableName) {
    Map<String, State> rows = model.get(tableName);
    if (rows.isEmpty()) {
      return null;
    }
    int skip = random.nextInt(Math.min(rows.size(), 20));
    return rows.keySet().stream().skip(skip).findFirst().orElse(null);
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
      note(c, "ciphers", k);
    } else if (x < 0.46) {
      updateCipher(c);
    } else if (x < 0.53) {
      String k = existing("ciphers");
      if (k != null) {
        execute(c, "DELETE FROM ciphers WHERE uuid=?", k);
        note(c, "ciphers", k);
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
      note(c, "folders", k);
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
    note(c, "ciphers", k);
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
    note(c, "links", k, f);
  }

  private void event(Connection c) throws SQLException {
    if (random.nextInt(60) == 0) {
      List<String> half = model.get("event").keySet().stream().limit(40).toList();
      for (String id : half) {
        execute(c, "DELETE FROM event WHERE id=?", Long.valueOf(id));
        note(c, "event", Long.valueOf(id));
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
      note(c, "event", r.getLong(1));
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
    note(c, "kv", k);
  }

  private void undo(Map<String, State> states) {
    states.forEach((at, state) -> {
      int cut = at.indexOf('\t');
      Map<String, State> rows = model.get(at.substring(0, cut));
      if (state == null) {
        rows.remove(at.substring(cut + 1));
      } else {
        rows.put(at.substring(cut + 1), state);
      }
    });
  }

  private boolean transaction(Connection c) throws SQLException, IOException {
    touched = new LinkedHashMap<>();
    double kind = random.nextDouble();
    execute(c, "BEGIN IMMEDIATE");
    int operations =
        random.nextDouble() > 0.002 ? 1 + random.nextInt(4) : 100 + random.nextInt(900);
    for (int i = 0; i < operations; i++) {
      if (savepoints && kind > 0.95 && i == operations / 2) {
        Map<String, State> outer = touched;
        touched = new LinkedHashMap<>();
        execute(c, "SAVEPOINT s1");
        for (int k = random.nextInt(30); k >= 0; k--) {
          operation(c);
        }
        execute(c, "ROLLBACK TO s1");
        execute(c, "RELEASE s1");
        undo(touched);
        touched = outer;
      }
      operation(c);
    }
    if (kind < 0.03) {
      execute(c, "ROLLBACK");
      undo(touched);
      return false;
    }
    seq++;
    execute(
        c,
        "INSERT INTO meta VALUES(?,?) ON CONFLICT(proc) DO UPDATE SET seq=excluded.seq",
        proc,
        seq);
    truth.write(Long.toString(seq));
    for (Map.Entry<String, State> e : touched.entrySet()) {
      int cut = e.getKey().indexOf('\t');
      State before = e.getValue();
      State after = model.get(e.getKey().substring(0, cut)).get(e.getKey().substring(cut + 1));
      truth.write("\t" + e.getKey() + "\t" + written(before) + "\t" + written(after));
    }
    truth.write("\n");
    truth.flush();
    execute(c, "COMMIT");
    return true;
  }

  private static String written(State state) {
    return state == null ? "-" : state.whole() + ":" + state.kept();
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
    StringBuilder rows = new StringBuilder();
    writer.model.forEach((table, states) ->
        states.forEach(
            (key, state) -> rows.append(table + "\t" + key + "\t" + state.kept() + "\n")));
    Files.writeString(end, rows);
    for (Connection c : writer.connections) {
      c.close();
    }
  }
}
