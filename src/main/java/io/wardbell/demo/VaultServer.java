package io.wardbell.demo;

import io.wardbell.observe.Clock;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.function.Supplier;

/// Plays the vault server towards its database: each operation is the same ordered list of
/// statements that a real server runs, every one a transaction of its own (the server has no
/// others).
///
/// Works on a schema of any release since 1.17.0 (see [ServerSchema]); an operation on a table that
/// the release lacks throws UnsupportedOperationException. Belongs to one thread at a time; several
/// of them, each with a connection of its own, are several servers on one database. Every method
/// throws SQLException with what the database refused.
///
/// Statement orders: facts of Vaultwarden 1.37.2, `src/db/models` and `src/api`. The SQL is ours.
public final class VaultServer {
  private final ServerAccounts accounts;
  private final ServerCiphers ciphers;
  private final ServerFolders folders;
  private final ServerSends sends;
  private final ServerLogins logins;
  private final ServerOrganizations organizations;
  private final ServerGroups groups;
  private final ServerEmergencyAccess emergencyAccess;

  /// On a connection of its own, in autocommit.
  ///
  /// @param clock the server's host's clock, for all dates
  /// @param ids where new ids come from
  /// @param groupsEnabled the server's ORG_GROUPS_ENABLED: whether group members are bumped
  public VaultServer(
      Connection connection, Clock clock, Supplier<String> ids, boolean groupsEnabled)
      throws SQLException {
    ServerRows rows = new ServerRows(connection, Dialect.of(connection), clock, ids);
    ServerRevisions bump = new ServerRevisions(rows, groupsEnabled);
    ciphers = new ServerCiphers(rows, bump);
    folders = new ServerFolders(rows, bump);
    sends = new ServerSends(rows, bump);
    logins = new ServerLogins(rows);
    organizations = new ServerOrganizations(rows, bump, ciphers);
    accounts = new ServerAccounts(rows, bump, ciphers, sends, organizations);
    groups = new ServerGroups(rows, bump);
    emergencyAccess = new ServerEmergencyAccess(rows, bump, accounts, organizations);
  }

  /// With the machine's clock, random ids, and groups on.
  public static VaultServer on(Connection connection) throws SQLException {
    return new VaultServer(connection, Clock.system(), () -> UUID.randomUUID().toString(), true);
  }

  /// Accounts and their devices.
  public ServerAccounts accounts() {
    return accounts;
  }

  /// Items.
  public ServerCiphers ciphers() {
    return ciphers;
  }

  /// Folders.
  public ServerFolders folders() {
    return folders;
  }

  /// Sends.
  public ServerSends sends() {
    return sends;
  }

  /// Logins with another device.
  public ServerLogins logins() {
    return logins;
  }

  /// Organizations, members, collections, policies.
  public ServerOrganizations organizations() {
    return organizations;
  }

  /// Groups.
  public ServerGroups groups() {
    return groups;
  }

  /// Emergency access.
  public ServerEmergencyAccess emergencyAccess() {
    return emergencyAccess;
  }
}
