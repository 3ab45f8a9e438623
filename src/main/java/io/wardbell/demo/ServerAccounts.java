package io.wardbell.demo;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/// What the server does with accounts and their devices.
public final class ServerAccounts {
  static final int WEB_VAULT = 9;

  private static final int ITERATIONS = 600_000;

  private final ServerRows rows;
  private final ServerRevisions bump;
  private final ServerCiphers ciphers;
  private final ServerSends sends;
  private final ServerOrganizations organizations;

  ServerAccounts(
      ServerRows rows,
      ServerRevisions bump,
      ServerCiphers ciphers,
      ServerSends sends,
      ServerOrganizations organizations) {
    this.rows = rows;
    this.bump = bump;
    this.ciphers = ciphers;
    this.sends = sends;
    this.organizations = organizations;
  }

  /// A new account; returns its id.
  public String register(String email) throws SQLException {
    Row user =
        rows.blank("users")
            .set("uuid", rows.newId())
            .set("created_at", rows.now())
            .set("email", email)
            .set("name", email.replaceFirst("@.*", ""))
            .set("salt", rows.bytes(64))
            .set("equivalent_domains", "[]")
            .set("excluded_globals", "[]")
            .set("client_kdf_type", 0)
            .set("client_kdf_iter", ITERATIONS)
            .set("login_verify_count", 0)
            .set("private_key", rows.ciphertext(1_700))
            .set("public_key", rows.ciphertext(294))
            .set("enabled", true);
    store(withPassword(user));
    return user.text("uuid");
  }

  /// The account's current security stamp, as a token for it must have.
  public String securityStamp(String user) throws SQLException {
    return rows.load("users", "uuid", user).text("security_stamp");
  }

  /// First login of a new device; returns its id.
  public String addDevice(String user) throws SQLException {
    Row device =
        rows.blank("devices")
            .set("uuid", rows.newId())
            .set("created_at", rows.now())
            .set("user_uuid", user)
            .set("name", "firefox")
            .set("atype", WEB_VAULT)
            .set("push_uuid", rows.newId());
    saveDevice(device);
    return device.text("uuid");
  }

  /// A known device refreshes its token: its row is written twice.
  public void refresh(String device) throws SQLException {
    saveDevice(rows.load("devices", "uuid", device));
    saveDevice(rows.load("devices", "uuid", device));
  }

  /// A new name.
  public void rename(String user, String name) throws SQLException {
    store(rows.load("users", "uuid", user).set("name", name));
  }

  /// Equivalent domains.
  public void changeSettings(String user) throws SQLException {
    store(
        rows.load("users", "uuid", user)
            .set("equivalent_domains", "[[\"" + rows.newId() + ".example\",\"example.org\"]]"));
  }

  /// A new password, and with it a new stamp, which logs every session out; returns the new stamp.
  public String changePassword(String user) throws SQLException {
    rotateDevices(user);
    Row row = withPassword(rows.load("users", "uuid", user));
    store(
        row.set(
            "stamp_exception",
            "{\"routes\":[\"rotate-keys\"],\"security_stamp\":\"" + rows.newId() + "\"}"));
    return row.text("security_stamp");
  }

  /// More iterations at a login: another hash, the same stamp.
  public void upgradeKdf(String user) throws SQLException {
    Row row = rows.load("users", "uuid", user);
    store(
        row.set("password_iterations", row.number("password_iterations") + 1)
            .set("password_hash", rows.bytes(32)));
  }

  /// All sessions out, all devices forgotten.
  public void deauthorize(String user) throws SQLException {
    rotateDevices(user);
    store(rows.load("users", "uuid", user).set("security_stamp", rows.newId()));
    rows.delete("devices", Map.of("user_uuid", user));
  }

  /// Disabled by the administrator; since 1.18.0.
  public void disable(String user) throws SQLException {
    rotateDevices(user);
    Row row = rows.load("users", "uuid", user);
    if (!row.columns().contains("enabled")) {
      throw new UnsupportedOperationException("the server's release has no users.enabled");
    }
    store(row.set("enabled", false).set("security_stamp", rows.newId()));
    rows.delete("devices", Map.of("user_uuid", user));
  }

  /// Enabled again.
  public void enable(String user) throws SQLException {
    store(rows.load("users", "uuid", user).set("enabled", true));
  }

  /// "Force clients to resync": one statement for all accounts.
  public void touchAll() throws SQLException {
    rows.execute("UPDATE users SET updated_at = ?", List.of(rows.now()));
  }

  /// The account and all that belongs to it. A login request of the account makes the last
  /// statement fail, as it does on the server.
  public void delete(String user) throws SQLException {
    String email = rows.load("users", "uuid", user).text("email");
    if (rows.has("sends")) {
      for (Row send : rows.find("sends", "user_uuid", user)) {
        sends.purge(send.text("uuid"));
      }
    }
    if (rows.has("emergency_access")) {
      deleteEmergencyAccess("grantor_uuid", user);
      deleteEmergencyAccess("grantee_uuid", user);
    }
    for (Row membership : rows.find("users_organizations", "user_uuid", user)) {
      organizations.delete(membership);
    }
    for (Row cipher : rows.find("ciphers", "user_uuid", user)) {
      ciphers.delete(cipher);
    }
    rows.delete("favorites", Map.of("user_uuid", user));
    for (Row folder : rows.find("folders", "user_uuid", user)) {
      bump.user(user);
      rows.delete("folders_ciphers", Map.of("folder_uuid", folder.text("uuid")));
      rows.delete("folders", Map.of("uuid", folder.text("uuid")));
    }
    rows.delete("devices", Map.of("user_uuid", user));
    rows.delete("twofactor", Map.of("user_uuid", user));
    if (rows.has("twofactor_incomplete")) {
      rows.delete("twofactor_incomplete", Map.of("user_uuid", user));
    }
    rows.delete("invitations", Map.of("email", email));
    rows.delete("users", Map.of("uuid", user));
  }

  /// Every device gets another refresh token; the account's row comes later.
  void rotateDevices(String user) throws SQLException {
    for (Row device : rows.find("devices", "user_uuid", user)) {
      rows.save(device.set("refresh_token", rows.ciphertext(64)));
    }
  }

  /// Another password, key and stamp in the row; not stored.
  Row withPassword(Row user) {
    return user.set("password_hash", rows.bytes(32))
        .set("password_iterations", ITERATIONS)
        .set("akey", rows.ciphertext(96))
        .set("security_stamp", rows.newId());
  }

  void store(Row user) throws SQLException {
    rows.save(user.set("updated_at", rows.now()));
  }

  private void saveDevice(Row device) throws SQLException {
    rows.save(device.set("refresh_token", rows.ciphertext(64)).set("updated_at", rows.now()));
  }

  private void deleteEmergencyAccess(String column, String user) throws SQLException {
    for (Row access : rows.find("emergency_access", column, user)) {
      bump.user(access.text("grantor_uuid").strip());
      rows.delete("emergency_access", Map.of("uuid", access.text("uuid")));
    }
  }
}
