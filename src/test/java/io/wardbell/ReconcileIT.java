package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wardbell.demo.ServerOrganizations.Created;
import io.wardbell.demo.ServerOrganizations.Role;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.SetupSql;
import io.wardbell.demo.TestPostgres;
import io.wardbell.demo.ThrowawayPostgres.Shutdown;
import io.wardbell.demo.VaultServer;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever ends the connection, what was missed meanwhile is told, and the model is equal to the
/// tables again.
class ReconcileIT {
  private static final int FAULTS = Integer.getInteger("wardbell.reconcile.faults", 8);

  private final Queue<Delivery> deliveries = new ConcurrentLinkedQueue<>();

  static List<TestPostgres.Version> versions() {
    return TestPostgres.Version.selected().toList();
  }

  @ParameterizedTest
  @MethodSource("versions")
  void aGapIsHealedWhateverCausedIt(TestPostgres.Version version) throws Exception {
    long seed = Long.getLong("wardbell.seed", System.nanoTime());
    System.out.println("ReconcileIT seed " + seed + " (-Dwardbell.seed=" + seed + ")");
    SplittableRandom random = new SplittableRandom(seed);
    try (TestPostgres server = TestPostgres.start(version)) {
      try (Connection connection = server.connect()) {
        ServerSchema.postgresql().create(connection);
        SetupSql.install(connection);
      }
      try (Attached wardbell = new Attached(Attached.database(server), deliveries::add).start()) {
        Writer writer = new Writer(server, random.split());
        Thread thread = Thread.ofPlatform().name("writer").start(writer);
        for (int i = 0; i < FAULTS; i++) {
          long before = writer.operations.get();
          await().atMost(Duration.ofSeconds(60)).until(() -> writer.operations.get() > before + 40);
          inject(server, random.nextInt(5));
          wardbell.awaitFollowing();
        }
        writer.stop.set(true);
        thread.join();
        assertThat(wardbell.bug.get()).isNull();
        try (Connection connection = server.connect()) {
          awaitMarker(connection);
          wardbell.stop();
          wardbell.assertEqualToTables(connection);
          assertThat(toldFolders()).isEqualTo(ids(connection, "folders"));
        }
        System.out.printf(
            "%d operations, %d gaps, 0 missing, 0 wrong, 0 extra%n",
            writer.operations.get(), wardbell.catchUps.get() - 1);
      }
    }
  }

  private static void inject(TestPostgres server, int fault) throws Exception {
    switch (fault) {
      case 0 -> execute(server, "SELECT pg_terminate_backend(pid) FROM pg_stat_replication");
      case 1 ->
          execute(
              server,
              "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                  + " WHERE pid <> pg_backend_pid() AND backend_type IN"
                  + " ('client backend', 'walsender')");
      case 2 -> server.restart(Shutdown.FAST);
      case 3 -> server.restart(Shutdown.IMMEDIATE);
      default ->
          execute(
              server,
              """
              BEGIN;
              LOCK TABLE folders IN ACCESS EXCLUSIVE MODE;
              CREATE TEMPORARY TABLE kept ON COMMIT DROP AS SELECT * FROM folders
                WHERE uuid < 'c';
              CREATE TEMPORARY TABLE links ON COMMIT DROP AS SELECT l.* FROM folders_ciphers l
                JOIN kept k ON k.uuid = l.folder_uuid;
              TRUNCATE folders, folders_ciphers;
              INSERT INTO folders SELECT * FROM kept;
              INSERT INTO folders_ciphers SELECT * FROM links;
              COMMIT
              """);
    }
  }

  private static void execute(TestPostgres server, String sql) throws SQLException {
    try (Connection connection = server.connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// Everything before it has been told once this folder has.
  private void awaitMarker(Connection connection) throws SQLException {
    VaultServer vault = VaultServer.on(connection);
    String user = vault.accounts().register("marker@example.com");
    String folder = vault.folders().create(user);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            deliveries.stream()
                .anyMatch(d ->
                    d.notification() instanceof Notification.OfFolder told
                        && told.id().toString().equals(folder)));
  }

  /// The folders that clients have if they do as they are told.
  private List<String> toldFolders() {
    List<String> told = new ArrayList<>();
    for (Delivery delivery : deliveries) {
      if (delivery.notification() instanceof Notification.OfFolder folder) {
        String id = folder.id().toString();
        switch (folder.type()) {
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

  private static List<String> ids(Connection connection, String table) throws SQLException {
    List<String> ids = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT uuid FROM " + table)) {
      while (row.next()) {
        ids.add(row.getString(1).strip());
      }
    }
    return ids.stream().sorted().toList();
  }

  /// A server that goes on working as well as the database lets it.
  private static final class Writer implements Runnable {
    final AtomicBoolean stop = new AtomicBoolean();
    final AtomicLong operations = new AtomicLong();
    private final TestPostgres server;
    private final SplittableRandom random;
    private final List<String> users = new ArrayList<>();
    private final List<String> folders = new ArrayList<>();
    private final List<String> ciphers = new ArrayList<>();
    private final List<Created> organizations = new ArrayList<>();

    Writer(TestPostgres server, SplittableRandom random) {
      this.server = server;
      this.random = random;
    }

    @Override
    public void run() {
      while (!stop.get()) {
        try (Connection connection = server.connect()) {
          VaultServer vault = VaultServer.on(connection);
          while (!stop.get()) {
            operate(vault);
            operations.incrementAndGet();
          }
        } catch (SQLException e) {
          Thread.onSpinWait(); // The database is away, or an operation stopped midway: go on.
        }
      }
    }

    private void operate(VaultServer vault) throws SQLException {
      if (users.size() < 5) {
        users.add(vault.accounts().register("user" + operations.get() + "@example.com"));
        return;
      }
      String user = users.get(random.nextInt(users.size()));
      if (organizations.size() < 2) {
        Created created = vault.organizations().create(user, "organization");
        organizations.add(created);
        for (String member : users) {
          if (!member.equals(user)) {
            vault.organizations().join(created.organization(), member, Role.USER, false);
            vault.organizations().grant(member, created.collection());
          }
        }
        return;
      }
      Created organization = organizations.get(random.nextInt(organizations.size()));
      switch (random.nextInt(10)) {
        case 0, 1 -> folders.add(vault.folders().create(user));
        case 2 -> {
          if (!folders.isEmpty()) {
            vault.folders().update(folders.get(random.nextInt(folders.size())));
          }
        }
        case 3 -> {
          if (!folders.isEmpty()) {
            vault.folders().delete(folders.remove(random.nextInt(folders.size())));
          }
        }
        case 4 -> ciphers.add(vault.ciphers().create(user));
        case 5 ->
            ciphers.add(
                vault
                    .ciphers()
                    .createInOrganization(
                        user, organization.organization(), List.of(organization.collection())));
        case 6 -> {
          if (!ciphers.isEmpty()) {
            vault.ciphers().update(user, ciphers.get(random.nextInt(ciphers.size())));
          }
        }
        case 7 -> {
          if (!ciphers.isEmpty()) {
            vault.ciphers().hardDelete(ciphers.remove(random.nextInt(ciphers.size())));
          }
        }
        case 8 -> {
          if (!ciphers.isEmpty()) {
            vault
                .ciphers()
                .favorite(user, ciphers.get(random.nextInt(ciphers.size())), random.nextBoolean());
          }
        }
        default ->
            vault
                .organizations()
                .updateCollection(
                    organization.collection(), users.subList(0, 1 + random.nextInt(4)));
      }
    }
  }
}
