package io.wardbell.chaos;

import io.wardbell.demo.ServerOrganizations.Created;
import io.wardbell.demo.ServerOrganizations.Role;
import io.wardbell.demo.VaultServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/// People at work: operations of the vault server at random, one after the other.
final class Writer implements AutoCloseable {
  private static final int USERS = 5;
  private static final int ITEMS_MAX = 150;

  private final Vault vault;
  private final SplittableRandom random;
  private final Story story;
  private final List<String> users = new ArrayList<>();
  private final List<String> collections = new ArrayList<>();
  private final AtomicLong operations = new AtomicLong();
  private String company = "";
  private boolean resting = true;
  private boolean atRest;
  private volatile boolean closed;
  private Thread thread = new Thread(this::work, "writer");

  Writer(Vault vault, SplittableRandom random, Story story) {
    this.vault = vault;
    this.random = random;
    this.story = story;
  }

  /// People and an organization to begin with.
  List<String> settle() throws SQLException {
    vault.write((server, _) -> {
      for (int i = 0; i < USERS; i++) {
        users.add(server.accounts().register("user" + i + "@example.com"));
      }
      Created created = server.organizations().create(users.getFirst(), "Company");
      company = created.organization();
      collections.add(created.collection());
      collections.add(server.organizations().createCollection(company, List.of(users.getLast())));
      for (String user : users.subList(1, USERS)) {
        server.organizations().join(company, user, Role.USER, false);
        server.organizations().grant(user, created.collection());
      }
      return null;
    });
    thread.start();
    return users;
  }

  long operations() {
    return operations.get();
  }

  // ---- work and rest ----

  synchronized void resume() {
    resting = false;
    notifyAll();
  }

  /// Returns when the operation under way is done.
  synchronized void rest() throws InterruptedException {
    resting = true;
    while (!atRest) {
      wait();
    }
  }

  private synchronized void awaitWork() throws InterruptedException {
    while (resting && !closed) {
      atRest = true;
      notifyAll();
      wait();
    }
    atRest = false;
  }

  private void work() {
    try {
      while (!closed) {
        awaitWork();
        try {
          vault.write((server, connection) -> {
            operate(server, connection);
            return null;
          });
          operations.incrementAndGet();
        } catch (SQLException e) {
          story.tell("a request fails: %s", e.getMessage());
          Pause.millis(50);
        }
        Pause.millis(random.nextInt(5, 120));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- what people do ----

  private void operate(VaultServer server, Connection connection) throws SQLException {
    String user = one(users);
    switch (random.nextInt(9)) {
      case 0, 1, 2 -> item(server, connection, user);
      case 3, 4 -> sharedItem(server, connection, user);
      case 5 -> folder(server, connection, user);
      case 6 -> send(server, connection, user);
      case 7 -> organization(server, connection, user);
      default -> account(server, user);
    }
  }

  private void item(VaultServer server, Connection c, String user) throws SQLException {
    List<String> mine = ids(c, "SELECT uuid FROM ciphers WHERE user_uuid = ?", user);
    List<String> folders = ids(c, "SELECT uuid FROM folders WHERE user_uuid = ?", user);
    int choice = mine.isEmpty() ? 0 : random.nextInt(mine.size() > ITEMS_MAX / 5 ? 1 : 0, 10);
    tell("item", choice, user);
    switch (choice) {
      case 0 ->
          server
              .ciphers()
              .create(user, folders.isEmpty() ? null : one(folders), random.nextInt(4) == 0);
      case 1 -> server.ciphers().hardDelete(one(mine));
      case 2 -> server.ciphers().softDelete(one(mine));
      case 3 -> server.ciphers().restore(one(mine));
      case 4 -> server.ciphers().favorite(user, one(mine), random.nextBoolean());
      case 5 -> {
        if (!folders.isEmpty()) {
          server.ciphers().moveToFolder(user, one(mine), one(folders));
        }
      }
      case 6 -> server.ciphers().share(user, one(mine), company, List.of(one(collections)));
      case 7 -> server.ciphers().archive(user, one(mine), random.nextBoolean());
      default -> server.ciphers().update(user, one(mine));
    }
  }

  private void sharedItem(VaultServer server, Connection c, String user) throws SQLException {
    List<String> items = ids(c, "SELECT uuid FROM ciphers WHERE organization_uuid = ?", company);
    int choice = items.isEmpty() ? 0 : random.nextInt(items.size() > ITEMS_MAX ? 1 : 0, 8);
    tell("shared item", choice, user);
    switch (choice) {
      case 0 -> server.ciphers().createInOrganization(user, company, List.of(one(collections)));
      case 1 -> server.ciphers().hardDelete(one(items));
      case 2 -> server.ciphers().setCollections(one(items), some(collections));
      case 3 -> server.ciphers().setCollectionsInBulk(List.of(one(items)), some(collections));
      case 4 -> server.ciphers().softDelete(one(items));
      case 5 -> server.ciphers().attach(one(items));
      default -> server.ciphers().update(user, one(items));
    }
  }

  private void folder(VaultServer server, Connection c, String user) throws SQLException {
    List<String> mine = ids(c, "SELECT uuid FROM folders WHERE user_uuid = ?", user);
    int choice = mine.isEmpty() ? 0 : random.nextInt(mine.size() > 8 ? 1 : 0, 4);
    tell("folder", choice, user);
    switch (choice) {
      case 0 -> server.folders().create(user);
      case 1 -> server.folders().delete(one(mine));
      default -> server.folders().update(one(mine));
    }
  }

  private void send(VaultServer server, Connection c, String user) throws SQLException {
    List<String> mine = ids(c, "SELECT uuid FROM sends WHERE user_uuid = ?", user);
    int choice = mine.isEmpty() ? 0 : random.nextInt(mine.size() > 5 ? 1 : 0, 4);
    tell("send", choice, user);
    switch (choice) {
      case 0 -> server.sends().create(user);
      case 1 -> server.sends().delete(one(mine));
      default -> server.sends().update(one(mine));
    }
  }

  private void organization(VaultServer server, Connection c, String user) throws SQLException {
    List<String> members =
        ids(
            c,
            "SELECT uuid FROM users_organizations WHERE org_uuid = ? AND status = 2 AND atype <> 0",
            company);
    List<String> revoked =
        ids(c, "SELECT uuid FROM users_organizations WHERE org_uuid = ? AND status < 0", company);
    List<String> groups = ids(c, "SELECT uuid FROM groups WHERE organizations_uuid = ?", company);
    int choice = random.nextInt(9);
    tell("organization", choice, user);
    switch (choice) {
      case 0 -> server.organizations().updateCollection(one(collections), some(users));
      case 1 -> server.organizations().setPolicy(company, random.nextInt(3), random.nextBoolean());
      case 2 -> {
        if (!members.isEmpty()) {
          server.organizations().revoke(one(members));
        }
      }
      case 3, 4 -> {
        if (!revoked.isEmpty()) {
          server.organizations().restore(one(revoked));
        }
      }
      case 5 -> {
        if (!members.isEmpty()) {
          server
              .organizations()
              .edit(one(members), Role.USER, random.nextInt(3) == 0, some(collections));
        }
      }
      case 6 -> {
        if (groups.isEmpty()) {
          server.groups().create(company, false, some(collections), some(members));
        } else {
          server
              .groups()
              .update(one(groups), random.nextInt(4) == 0, some(collections), some(members));
        }
      }
      case 7 -> {
        if (!groups.isEmpty()) {
          server.groups().delete(one(groups));
        }
      }
      default -> server.organizations().withdraw(user, one(collections));
    }
  }

  private void account(VaultServer server, String user) throws SQLException {
    int choice = random.nextInt(8);
    tell("account", choice, user);
    switch (choice) {
      case 0 -> server.accounts().changePassword(user);
      case 1 -> server.accounts().deauthorize(user);
      case 2 -> server.accounts().touchAll();
      case 3 -> server.accounts().upgradeKdf(user);
      default -> server.accounts().changeSettings(user);
    }
  }

  private void tell(String what, int choice, String user) {
    story.tell("-- %s %d by %s", what, choice, user);
  }

  // ---- chance ----

  private <T> T one(List<T> all) {
    return all.get(random.nextInt(all.size()));
  }

  private <T> List<T> some(List<T> all) {
    List<T> chosen = new ArrayList<>(all);
    chosen.removeIf(_ -> random.nextBoolean());
    return chosen;
  }

  private static List<String> ids(Connection connection, String sql, String parameter)
      throws SQLException {
    boolean mysql = connection.getMetaData().getIdentifierQuoteString().equals("`");
    List<String> found = new ArrayList<>();
    try (PreparedStatement statement =
        connection.prepareStatement(
            (mysql ? sql.replace("FROM groups", "FROM `groups`") : sql) + " ORDER BY 1")) {
      statement.setString(1, parameter);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(rows.getString(1).strip());
        }
      }
    }
    return found;
  }

  @Override
  public void close() {
    closed = true;
    resume();
  }
}
