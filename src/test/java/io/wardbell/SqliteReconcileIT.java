package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wardbell.change.SourceState;
import io.wardbell.demo.ServerOrganizations.Created;
import io.wardbell.demo.ServerOrganizations.Role;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.ThrowawaySqlite;
import io.wardbell.demo.VaultServer;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.source.engine.SqliteDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever becomes of the file, what it means for people is told, and the model is equal to the
/// tables: a server that stops and starts, VACUUM, checkpoints, migrations, a restored backup.
class SqliteReconcileIT {
  private static final int ROUNDS = Integer.getInteger("wardbell.reconcile.faults", 8);
  private static final int OPERATIONS_A_ROUND = 40;

  @TempDir private Path folder;
  private final Queue<Delivery> deliveries = new ConcurrentLinkedQueue<>();
  private final List<String> users = new ArrayList<>();
  private SplittableRandom random;
  private ThrowawaySqlite files;
  private Connection connection;
  private VaultServer vault;
  private Created company;
  private int migrations;
  private int backups;

  @Test
  void modelIsEqualToTheTablesWhateverBecomesOfTheFile() throws Exception {
    vaultOf(ServerSchema.NEWEST);
    backUp();
    try (Attached wardbell = attached()) {
      for (int round = 0; round < ROUNDS; round++) {
        operateManyTimes();
        something(round < 7 ? round : random.nextInt(7));
      }
      assertWell(wardbell);
    } finally {
      serverStops();
      files.close();
    }
  }

  @Test
  void serverIsUpdatedReleaseByReleaseMeanwhile() throws Exception {
    vaultOf(ServerSchema.OLDEST);
    try (Attached wardbell = attached()) {
      for (ServerSchema.Step step : ServerSchema.sqlite().steps()) {
        operateManyTimes();
        serverStops();
        serverStarts();
        execute("PRAGMA foreign_keys = OFF");
        step.apply(connection);
        execute("PRAGMA foreign_keys = ON");
        vault = VaultServer.on(connection);
      }
      String archived = vault.ciphers().create(users.getFirst());
      vault.ciphers().archive(users.getFirst(), archived, true);
      vault.sends().create(users.getFirst());
      assertWell(wardbell);
    } finally {
      serverStops();
      files.close();
    }
  }

  @Test
  void fileThatIsGoneForAWhileIsWaitedFor() throws Exception {
    vaultOf(ServerSchema.NEWEST);
    operateManyTimes();
    try (Attached wardbell = attached()) {
      serverStops();
      Path elsewhere = folder.resolve("elsewhere");
      Files.move(files.file(), elsewhere);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() ->
              wardbell.source.state() instanceof SourceState.Away(_, var why)
                  && why.contains("there is no database file " + files.file()));
      Files.move(elsewhere, files.file());
      serverStarts();
      operateManyTimes();
      wardbell.awaitFollowing();
      awaitMarker();
      assertThat(wardbell.bug.get()).isNull();
      assertThat(wardbell.catchUps.get()).as("engines that were compared").isEqualTo(2);
      wardbell.stop();
      wardbell.assertEqualToTables(connection);
    } finally {
      serverStops();
      files.close();
    }
  }

  @Test
  void statementThatWritesAWholeTableIsToldByReadingAnew() throws Exception {
    vaultOf(ServerSchema.NEWEST);
    vault.ciphers().create(users.getFirst());
    execute(
        "CREATE TEMPORARY TABLE one AS SELECT * FROM ciphers",
        """
        WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 30000)
        INSERT INTO ciphers (uuid, created_at, updated_at, user_uuid, atype, name, data)
        SELECT printf('%08x-0000-4000-8000-000000000000', n), created_at, updated_at, user_uuid,
               atype, name, data FROM one, numbers\
        """);
    List<String> items = ids("ciphers");
    try (Attached wardbell = attached()) {
      execute("UPDATE ciphers SET updated_at = '2031-01-01 00:00:00'");
      await()
          .atMost(Duration.ofSeconds(60))
          .untilAsserted(() -> assertThat(wardbell.catchUps.get()).as("engines").isEqualTo(2));
      operateManyTimes();
      awaitMarker();
      assertThat(wardbell.bug.get()).isNull();
      wardbell.stop();
      wardbell.assertEqualToTables(connection);
      assertThat(toldItems()).as("items that somebody heard of").containsAll(items);
    } finally {
      serverStops();
      files.close();
    }
  }

  private void vaultOf(String release) throws Exception {
    long seed = Long.getLong("wardbell.seed", System.nanoTime());
    System.out.println("SqliteReconcileIT seed " + seed + " (-Dwardbell.seed=" + seed + ")");
    random = new SplittableRandom(seed);
    files = new ThrowawaySqlite(folder);
    serverStarts();
    ServerSchema.sqlite().create(connection, release);
    vault = VaultServer.on(connection);
    for (int i = 0; i < 4; i++) {
      users.add(vault.accounts().register("user" + i + "@example.com"));
    }
    company = vault.organizations().create(users.getFirst(), "Company");
    for (String user : users.subList(1, users.size())) {
      vault.organizations().join(company.organization(), user, Role.USER, false);
      vault.organizations().grant(user, company.collection());
    }
  }

  private Attached attached() {
    return new Attached(new SqliteDatabase(files.file(), false), deliveries::add).start();
  }

  private void operateManyTimes() throws SQLException {
    for (int i = 0; i < OPERATIONS_A_ROUND; i++) {
      operate();
    }
  }

  private void assertWell(Attached wardbell) throws SQLException {
    awaitMarker();
    assertThat(wardbell.bug.get()).isNull();
    assertThat(wardbell.catchUps.get()).as("no engine ended").isEqualTo(1);
    wardbell.stop();
    wardbell.assertEqualToTables(connection);
    assertThat(toldFolders()).isEqualTo(ids("folders"));
  }

  private void serverStarts() throws SQLException {
    connection = files.connect();
    vault = VaultServer.on(connection);
  }

  private void serverStops() throws SQLException {
    connection.close();
  }

  private void something(int which) throws Exception {
    switch (which) {
      case 0 -> {
        serverStops(); // The log is taken away.
        assertThat(Path.of(files.file() + "-wal")).doesNotExist();
        serverStarts();
      }
      case 1 -> execute("VACUUM");
      case 2 -> restore();
      case 3 -> migrate();
      case 4 -> execute("PRAGMA wal_checkpoint(TRUNCATE)");
      case 5 -> backUp();
      default -> {
        serverStops();
        serverStarts();
        execute("PRAGMA wal_checkpoint(RESTART)", "VACUUM");
        operate();
        serverStops();
        serverStarts();
      }
    }
  }

  /// As the server's own backup command.
  private void backUp() throws SQLException {
    execute("VACUUM INTO '" + folder.resolve("backup-" + ++backups) + "'");
  }

  /// As its documentation says: the server stopped, another file put in place, no log left.
  private void restore() throws IOException, SQLException {
    serverStops();
    Files.copy(folder.resolve("backup-" + backups), folder.resolve("restored"));
    Files.move(folder.resolve("restored"), files.file(), StandardCopyOption.ATOMIC_MOVE);
    serverStarts();
  }

  /// A column that rows do not have yet, and a table built anew.
  private void migrate() throws SQLException {
    String name = "later_" + ++migrations;
    execute("PRAGMA foreign_keys = OFF");
    connection.setAutoCommit(false);
    execute(
        "ALTER TABLE ciphers ADD COLUMN " + name + " INTEGER NOT NULL DEFAULT 7",
        "CREATE TABLE folders_new (uuid TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL,"
            + " created_at DATETIME NOT NULL, updated_at DATETIME NOT NULL,"
            + " user_uuid TEXT NOT NULL REFERENCES users (uuid))",
        "INSERT INTO folders_new SELECT uuid, name, created_at, updated_at, user_uuid FROM folders",
        "DROP TABLE folders",
        "ALTER TABLE folders_new RENAME TO folders");
    connection.commit();
    connection.setAutoCommit(true);
    execute("PRAGMA foreign_keys = ON");
    vault = VaultServer.on(connection);
  }

  private void execute(String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private void operate() throws SQLException {
    String user = users.get(random.nextInt(users.size()));
    List<String> folders = ids("folders");
    List<String> ciphers = ids("ciphers");
    int choice = random.nextInt(10);
    if ((choice < 4 && folders.isEmpty()) || (choice >= 5 && ciphers.isEmpty())) {
      choice = 4;
    }
    switch (choice) {
      case 0, 1 -> vault.folders().create(user);
      case 2 -> vault.folders().update(any(folders));
      case 3 -> vault.folders().delete(any(folders));
      case 4 -> {
        vault.folders().create(user);
        vault.ciphers().create(user);
        vault
            .ciphers()
            .createInOrganization(user, company.organization(), List.of(company.collection()));
      }
      case 5 -> vault.ciphers().update(user, any(ciphers));
      case 6 -> vault.ciphers().hardDelete(any(ciphers));
      case 7 -> vault.ciphers().softDelete(any(ciphers));
      case 8 -> {
        String cipher = any(ciphers);
        vault.ciphers().favorite(user, cipher, !isFavorite(user, cipher));
      }
      default ->
          vault
              .organizations()
              .updateCollection(
                  company.collection(), users.subList(0, 1 + random.nextInt(users.size())));
    }
  }

  private boolean isFavorite(String user, String cipher) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT 1 FROM favorites WHERE user_uuid = ? AND cipher_uuid = ?")) {
      statement.setString(1, user);
      statement.setString(2, cipher);
      try (ResultSet row = statement.executeQuery()) {
        return row.next();
      }
    }
  }

  private String any(List<String> ids) {
    return ids.get(random.nextInt(ids.size()));
  }

  /// Everything before it has been told once this folder has.
  private void awaitMarker() throws SQLException {
    String folderId = vault.folders().create(users.getFirst());
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            deliveries.stream()
                .anyMatch(d ->
                    d.notification() instanceof Notification.OfFolder told
                        && told.id().toString().equals(folderId)));
  }

  /// The folders that clients have if they do as they are told.
  private Set<String> toldItems() {
    Set<String> told = new HashSet<>();
    for (Delivery delivery : deliveries) {
      if (delivery.notification() instanceof Notification.OfCipher about) {
        told.add(about.id().toString());
      }
    }
    return told;
  }

  private List<String> toldFolders() {
    List<String> told = new ArrayList<>();
    for (Delivery delivery : deliveries) {
      if (delivery.notification() instanceof Notification.OfFolder about) {
        String id = about.id().toString();
        switch (about.type()) {
          case SYNC_FOLDER_DELETE -> told.remove(id);
          default -> {
            if (!told.contains(id)) {
              told.add(id);
            }
          }
        }
      }
    }
    return told.stream().sorted().toList();
  }

  private List<String> ids(String table) throws SQLException {
    List<String> ids = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT uuid FROM " + table + " ORDER BY uuid")) {
      while (row.next()) {
        ids.add(row.getString(1));
      }
    }
    return ids;
  }
}
