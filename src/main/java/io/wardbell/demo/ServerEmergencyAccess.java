package io.wardbell.demo;

import java.sql.SQLException;
import java.util.Map;

/// What the server does with emergency access; since 1.23.0.
public final class ServerEmergencyAccess {
  private static final int TAKEOVER = 1;
  private static final int INVITED = 0;
  private static final int ACCEPTED = 1;
  private static final int CONFIRMED = 2;
  private static final int INITIATED = 3;
  private static final int APPROVED = 4;

  private final ServerRows rows;
  private final ServerRevisions bump;
  private final ServerAccounts accounts;
  private final ServerOrganizations organizations;

  ServerEmergencyAccess(
      ServerRows rows,
      ServerRevisions bump,
      ServerAccounts accounts,
      ServerOrganizations organizations) {
    this.rows = rows;
    this.bump = bump;
    this.accounts = accounts;
    this.organizations = organizations;
  }

  /// The grantor names a contact; returns the id.
  public String invite(String grantor, String email) throws SQLException {
    Row access =
        rows.blank("emergency_access")
            .set("uuid", rows.newId())
            .set("grantor_uuid", grantor)
            .set("email", email)
            .set("atype", TAKEOVER)
            .set("status", INVITED)
            .set("wait_time_days", 1)
            .set("created_at", rows.now());
    store(access);
    return access.text("uuid");
  }

  /// The contact accepts.
  public void accept(String access, String grantee) throws SQLException {
    store(load(access).set("grantee_uuid", grantee).set("email", null).set("status", ACCEPTED));
  }

  /// The grantor confirms.
  public void confirm(String access) throws SQLException {
    store(load(access).set("key_encrypted", rows.ciphertext(256)).set("status", CONFIRMED));
  }

  /// The contact asks for access.
  public void initiate(String access) throws SQLException {
    store(load(access).set("recovery_initiated_at", rows.now()).set("status", INITIATED));
  }

  /// The grantor approves.
  public void approve(String access) throws SQLException {
    store(load(access).set("status", APPROVED));
  }

  /// The contact sets the grantor's password: new stamp, no second factor, memberships gone.
  public void takeOver(String access) throws SQLException {
    String grantor = load(access).text("grantor_uuid").strip();
    accounts.rotateDevices(grantor);
    accounts.store(accounts.withPassword(rows.load("users", "uuid", grantor)));
    rows.delete("twofactor", Map.of("user_uuid", grantor));
    for (Row membership : rows.find("users_organizations", "user_uuid", grantor)) {
      if (membership.number("atype") != ServerOrganizations.Role.OWNER.number) {
        organizations.delete(membership);
      }
    }
  }

  /// Withdrawn.
  public void delete(String access) throws SQLException {
    bump.user(load(access).text("grantor_uuid").strip());
    rows.delete("emergency_access", Map.of("uuid", access));
  }

  private Row load(String access) throws SQLException {
    return rows.load("emergency_access", "uuid", access);
  }

  private void store(Row access) throws SQLException {
    bump.user(access.text("grantor_uuid").strip());
    rows.save(access.set("updated_at", rows.now()));
  }
}
