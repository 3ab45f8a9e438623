package io.wardbell.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wardbell.demo.ServerOrganizations.Role;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The played server works on the oldest and the newest schema and leaves what it ought to.
final class VaultServerIT {
  @ParameterizedTest
  @MethodSource("io.wardbell.demo.TestPostgres$Version#selected")
  void playsTheServerOnTheNewestSchema(TestPostgres.Version version) throws Exception {
    try (TestPostgres postgres = TestPostgres.start(version);
        Connection c = postgres.connect()) {
      ServerSchema.postgresql().create(c);
      VaultServer server = VaultServer.on(c);

      String ann = server.accounts().register("ann@example.org");
      String bob = server.accounts().register("bob@example.org");
      items(server, c, ann, bob);
      groupsAndArchives(server, c, ann, bob);
      sendsAndLogins(server, c, ann);
      emergencies(server, c, ann, bob);

      assertThat(ask(c, "SELECT count(*) FROM users")).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @MethodSource("io.wardbell.demo.TestPostgres$Version#selected")
  void playsTheServerOnTheOldestSchema(TestPostgres.Version version) throws Exception {
    try (TestPostgres postgres = TestPostgres.start(version);
        Connection c = postgres.connect()) {
      ServerSchema.postgresql().create(c, ServerSchema.OLDEST);
      VaultServer server = VaultServer.on(c);

      String ann = server.accounts().register("ann@example.org");
      String bob = server.accounts().register("bob@example.org");
      items(server, c, ann, bob);

      assertThatThrownBy(() -> server.sends().create(ann))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessageContaining("sends");
      assertThatThrownBy(() -> server.accounts().disable(ann))
          .isInstanceOf(UnsupportedOperationException.class);
      server.accounts().delete(bob);
      assertThat(ask(c, "SELECT count(*) FROM users")).isEqualTo("1");
    }
  }

  private static void items(VaultServer server, Connection c, String ann, String bob)
      throws SQLException {
    String folder = server.folders().create(ann);
    String item = server.ciphers().create(ann, folder, true);
    server.folders().update(folder);
    server.ciphers().update(ann, item);
    server.ciphers().softDelete(item);
    assertThat(ask(c, "SELECT deleted_at IS NOT NULL FROM ciphers")).isEqualTo("t");
    server.ciphers().restore(item);
    assertThat(ask(c, "SELECT deleted_at IS NULL FROM ciphers")).isEqualTo("t");
    server.ciphers().favorite(ann, item, false);
    server.ciphers().moveToFolder(ann, item, null);
    assertThat(ask(c, "SELECT count(*) FROM folders_ciphers")).isEqualTo("0");
    server.ciphers().moveToFolder(ann, item, folder);
    String file = server.ciphers().attach(item);
    server.ciphers().detach(item, file);

    ServerOrganizations.Created org = server.organizations().create(ann, "acme");
    String member = server.organizations().join(org.organization(), bob, Role.USER, false);
    server.organizations().grant(bob, org.collection());
    String shared =
        server.ciphers().createInOrganization(ann, org.organization(), List.of(org.collection()));
    assertThat(ask(c, "SELECT user_uuid FROM ciphers WHERE uuid = '" + shared + "'")).isNull();
    server.ciphers().share(ann, item, org.organization(), List.of(org.collection()));
    String other = server.organizations().createCollection(org.organization(), List.of(bob));
    server.ciphers().setCollections(item, List.of(other));
    assertThat(
            ask(
                c,
                "SELECT collection_uuid FROM ciphers_collections WHERE cipher_uuid = '"
                    + item
                    + "'"))
        .isEqualTo(other);
    server.ciphers().setCollectionsInBulk(List.of(item), List.of(other, org.collection()));
    server.organizations().edit(member, Role.MANAGER, false, List.of(other));
    server.organizations().updateCollection(other, List.of(bob));
    server.organizations().setPolicy(org.organization(), 0, true);
    server.organizations().setPolicy(org.organization(), 0, false);
    server.organizations().rename(org.organization(), "acme & sons");
    server.organizations().revoke(member);
    assertThat(ask(c, "SELECT min(status) FROM users_organizations")).isEqualTo("-126");
    server.organizations().restore(member);
    server.organizations().withdraw(bob, other);
    server.ciphers().hardDelete(item);
    server.organizations().remove(member);
    server.organizations().delete(org.organization());
    server.ciphers().purge(ann);
    assertThat(ask(c, "SELECT count(*) FROM ciphers")).isEqualTo("0");

    String device = server.accounts().addDevice(ann);
    server.accounts().refresh(device);
    String before = server.accounts().securityStamp(ann);
    assertThat(server.accounts().changePassword(ann)).isNotEqualTo(before);
    before = server.accounts().securityStamp(ann);
    server.accounts().upgradeKdf(ann);
    server.accounts().rename(ann, "Ann");
    server.accounts().changeSettings(ann);
    assertThat(server.accounts().securityStamp(ann)).isEqualTo(before);
    server.accounts().deauthorize(ann);
    assertThat(server.accounts().securityStamp(ann)).isNotEqualTo(before);
    server.accounts().touchAll();
  }

  private static void groupsAndArchives(VaultServer server, Connection c, String ann, String bob)
      throws SQLException {
    ServerOrganizations.Created org = server.organizations().create(ann, "groups");
    String member = server.organizations().join(org.organization(), bob, Role.USER, false);
    String group =
        server
            .groups()
            .create(org.organization(), false, List.of(org.collection()), List.of(member));
    String item =
        server.ciphers().createInOrganization(ann, org.organization(), List.of(org.collection()));
    String before = ask(c, "SELECT updated_at FROM users WHERE uuid = '" + bob + "'");
    server.ciphers().update(ann, item);
    assertThat(ask(c, "SELECT updated_at FROM users WHERE uuid = '" + bob + "'"))
        .as("a group member is bumped")
        .isNotEqualTo(before);
    server.ciphers().archive(bob, item, true);
    assertThat(ask(c, "SELECT count(*) FROM archives")).isEqualTo("1");
    server.ciphers().archive(bob, item, false);
    server.ciphers().archive(bob, item, true);
    server.groups().update(group, true, List.of(), List.of(member));
    server.groups().removeMember(group, member);
    server.groups().addMember(group, member);
    server.groups().delete(group);
    server.organizations().delete(org.organization());
    assertThat(ask(c, "SELECT count(*) FROM archives")).as("cascade").isEqualTo("0");
  }

  private static void sendsAndLogins(VaultServer server, Connection c, String ann)
      throws SQLException {
    String send = server.sends().create(ann);
    server.sends().update(send);
    server.sends().access(send);
    assertThat(ask(c, "SELECT access_count FROM sends")).isEqualTo("1");
    server.sends().delete(send);
    String one = server.accounts().addDevice(ann);
    String two = server.accounts().addDevice(ann);
    String yes = server.logins().request(ann, one);
    server.logins().approve(yes, two);
    assertThat(ask(c, "SELECT approved FROM auth_requests")).isEqualTo("t");
    server.logins().deny(yes);
    server.accounts().disable(ann);
    assertThat(ask(c, "SELECT bool_and(enabled) FROM users")).isEqualTo("f");
    server.accounts().enable(ann);
  }

  private static void emergencies(VaultServer server, Connection c, String ann, String bob)
      throws SQLException {
    String access = server.emergencyAccess().invite(ann, "bob@example.org");
    server.emergencyAccess().accept(access, bob);
    server.emergencyAccess().confirm(access);
    server.emergencyAccess().initiate(access);
    server.emergencyAccess().approve(access);
    String before = server.accounts().securityStamp(ann);
    server.emergencyAccess().takeOver(access);
    assertThat(server.accounts().securityStamp(ann)).isNotEqualTo(before);
    server.emergencyAccess().delete(server.emergencyAccess().invite(bob, "ann@example.org"));
    server.sends().create(bob);
    server.folders().create(bob);
    server.accounts().delete(bob);
    assertThat(ask(c, "SELECT count(*) FROM emergency_access")).isEqualTo("0");
  }

  private static String ask(Connection c, String query) throws SQLException {
    try (Statement s = c.createStatement();
        ResultSet r = s.executeQuery(query)) {
      assertThat(r.next()).as(query).isTrue();
      return r.getString(1);
    }
  }
}
