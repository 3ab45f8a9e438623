package io.wardbell.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.wardbell.demo.ThrowawayPostgres.Shutdown;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// What `connectors/postgresql/setup.sql` makes, repairs, leaves out and says.
@ParameterizedClass
@MethodSource("io.wardbell.demo.TestPostgres$Version#selected")
final class SetupSqlIT {
  private static @Nullable TestPostgres running;

  private final TestPostgres.Version version;
  private final TestPostgres postgres;
  private Connection admin;

  SetupSqlIT(TestPostgres.Version version) {
    this.version = version;
    this.postgres = Objects.requireNonNull(running);
  }

  @BeforeParameterizedClassInvocation
  static void start(TestPostgres.Version version) throws IOException {
    running = TestPostgres.start(version);
  }

  @AfterParameterizedClassInvocation
  static void stop() throws IOException {
    Objects.requireNonNull(running).close();
  }

  @BeforeEach
  void freshSchema() throws Exception {
    admin = postgres.connect();
    sql(
        "DROP SCHEMA IF EXISTS public CASCADE",
        "CREATE SCHEMA public",
        "DROP PUBLICATION IF EXISTS wardbell");
    if (!ask("SELECT 1 FROM pg_roles WHERE rolname = 'wardbell'").isEmpty()) {
      sql("DROP OWNED BY wardbell", "DROP ROLE wardbell");
    }
    ServerSchema.postgresql().create(admin);
  }

  @AfterEach
  void disconnect() throws SQLException {
    admin.close();
  }

  @Test
  void publishesItsTablesWholeAndNeverDevices() throws Exception {
    List<String> said = SetupSql.run(admin);

    assertThat(published())
        .hasSize(19)
        .contains("users", "ciphers", "archives")
        .doesNotContain("devices", "twofactor", "event", "organization_api_key");
    assertThat(said)
        .anyMatch(s -> s.contains("ALTER ROLE wardbell PASSWORD"))
        .noneMatch(s -> s.startsWith("WARNING"));
    assertThat(columnListsOrFilters()).isZero();
    assertThat(
            ask("SELECT pubinsert AND pubupdate AND pubdelete AND pubtruncate FROM pg_publication"))
        .containsExactly("t");
  }

  @Test
  void theRoleReadsIdsAndDatesOnly() throws Exception {
    SetupSql.install(admin);
    String ann = VaultServer.on(admin).accounts().register("ann@example.org");
    VaultServer.on(admin).ciphers().create(ann);

    try (Connection wardbell = postgres.connect(SetupSql.ROLE, SetupSql.PASSWORD);
        Statement s = wardbell.createStatement()) {
      try (ResultSet r =
          s.executeQuery(
              "SELECT uuid, updated_at, security_stamp, equivalent_domains, excluded_globals,"
                  + " enabled FROM users")) {
        assertThat(r.next()).isTrue();
        assertThat(r.getString(1)).isEqualTo(ann);
      }
      for (String refused :
          List.of(
              "SELECT data FROM ciphers",
              "SELECT * FROM ciphers",
              "SELECT email FROM users",
              "SELECT password_hash FROM users",
              "SELECT akey FROM users_organizations",
              "SELECT uuid FROM devices",
              "SELECT data FROM twofactor",
              "UPDATE users SET updated_at = updated_at",
              "DELETE FROM ciphers",
              "TRUNCATE folders")) {
        assertThatThrownBy(() -> s.execute(refused))
            .as(refused)
            .hasMessageContaining("permission denied");
      }
    }
    assertThat(
            ask(
                "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls FROM pg_roles"
                    + " WHERE rolname = 'wardbell'"))
        .containsExactly("f");
  }

  @Test
  void theRoleFollowsThePublicationThroughATemporarySlot() throws Exception {
    SetupSql.install(admin);
    try (Connection wardbell = postgres.connect(SetupSql.ROLE, SetupSql.PASSWORD);
        Statement s = wardbell.createStatement()) {
      s.execute("SELECT pg_create_logical_replication_slot('followed', 'pgoutput', true)");
      VaultServer.on(admin).accounts().register("ann@example.org");
      try (ResultSet r =
          s.executeQuery(
              "SELECT count(*) FROM pg_logical_slot_peek_binary_changes('followed', NULL, NULL,"
                  + " 'proto_version', '1', 'publication_names', 'wardbell')")) {
        assertThat(r.next()).isTrue();
        assertThat(r.getInt(1)).isPositive();
      }
    }
  }

  @Test
  void runningItAgainChangesNothing() throws Exception {
    SetupSql.install(admin);
    List<String> before = state();

    List<String> said = SetupSql.run(admin);

    assertThat(state()).isEqualTo(before);
    assertThat(said).noneMatch(s -> s.contains("PASSWORD")).noneMatch(s -> s.startsWith("WARN"));
    postgres.connect(SetupSql.ROLE, SetupSql.PASSWORD).close();
  }

  @Test
  void namesATableWithoutAUsableKeyAndKeepsTheServerWriting() throws Exception {
    SetupSql.run(admin);
    sql(
        "ALTER TABLE favorites DROP CONSTRAINT favorites_pkey",
        "ALTER TABLE attachments DROP CONSTRAINT attachments_pkey,"
            + " ADD PRIMARY KEY (id) DEFERRABLE",
        "ALTER TABLE org_policies REPLICA IDENTITY NOTHING",
        "ALTER TABLE users_organizations ALTER COLUMN user_uuid SET NOT NULL",
        "ALTER TABLE users_organizations REPLICA IDENTITY USING INDEX"
            + " users_organizations_user_uuid_org_uuid_key",
        "ALTER TABLE sends RENAME TO s2",
        "CREATE VIEW sends AS SELECT * FROM s2");
    assertThatThrownBy(() -> new EveryTable(admin).write())
        .as("what the test is about: such tables break the server while published")
        .hasMessageContaining("replica identity");

    List<String> said = SetupSql.run(admin);

    assertThat(said)
        .anyMatch(s -> s.startsWith("WARNING") && s.contains("favorites") && s.contains("no prim"))
        .anyMatch(s -> s.startsWith("WARNING") && s.contains("attachments") && s.contains("defer"))
        .anyMatch(s -> s.startsWith("WARNING") && s.contains("org_policies"))
        .anyMatch(s -> s.startsWith("WARNING") && s.contains("users_organizations"))
        .anyMatch(s -> s.startsWith("WARNING") && s.contains("sends") && s.contains("ordinary"))
        .anyMatch(s -> s.startsWith("HINT: ALTER TABLE public.favorites ADD PRIMARY KEY"))
        .anyMatch(s -> s.startsWith("HINT: ALTER TABLE public.org_policies REPLICA IDENTITY DEF"));
    assertThat(published())
        .hasSize(14)
        .doesNotContain("favorites", "attachments", "org_policies", "users_organizations", "s2");
    assertThat(readable()).doesNotContain("favorites");
    assertThatCode(() -> new EveryTable(admin).write()).doesNotThrowAnyException();

    sql("ALTER TABLE favorites ADD PRIMARY KEY (user_uuid, cipher_uuid)");
    SetupSql.run(admin);
    assertThat(published()).contains("favorites");
  }

  @Test
  void aReplicaIdentityOfTheWholeRowHurtsNobody() throws Exception {
    sql("ALTER TABLE ciphers REPLICA IDENTITY FULL");
    for (String lists : List.of("off", "on")) {
      sql("SET wardbell.column_lists = " + lists);
      SetupSql.run(admin);
      assertThat(published()).contains("ciphers");
      assertThatCode(() -> new EveryTable(admin).write()).doesNotThrowAnyException();
    }
  }

  @Test
  void repairsWhatARestoreLost() throws Exception {
    SetupSql.run(admin);
    List<String> before = state();
    sql("DROP TABLE archives", "DROP TABLE folders_ciphers");
    sql(
        "CREATE TABLE archives (archived_at timestamp, user_uuid char(36), cipher_uuid char(36),"
            + " PRIMARY KEY (user_uuid, cipher_uuid))",
        "CREATE TABLE folders_ciphers (cipher_uuid varchar(40), folder_uuid varchar(40),"
            + " PRIMARY KEY (cipher_uuid, folder_uuid))");
    assertThat(published()).doesNotContain("archives", "folders_ciphers");

    SetupSql.run(admin);

    assertThat(state()).isEqualTo(before);
  }

  @Test
  void takesAwayWhatMustNotBeThere() throws Exception {
    SetupSql.run(admin);
    List<String> before = state();
    sql(
        "GRANT SELECT, UPDATE ON ciphers TO wardbell",
        "GRANT SELECT (data) ON twofactor TO wardbell",
        "GRANT SELECT ON devices TO wardbell",
        "ALTER PUBLICATION wardbell ADD TABLE devices, twofactor",
        "ALTER PUBLICATION wardbell DROP TABLE users",
        "ALTER PUBLICATION wardbell SET (publish = 'insert')",
        "ALTER ROLE wardbell NOREPLICATION");

    SetupSql.run(admin);
    assertThat(state()).isEqualTo(before);

    sql("DROP PUBLICATION wardbell", "CREATE PUBLICATION wardbell FOR ALL TABLES");
    assertThat(SetupSql.run(admin)).anyMatch(s -> s.contains("FOR ALL TABLES"));
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void takesAwayFiltersSchemasAndLists() throws Exception {
    assumeThat(Integer.parseInt(version.major())).isGreaterThanOrEqualTo(15);
    SetupSql.run(admin);
    List<String> before = state();
    sql("ALTER PUBLICATION wardbell SET TABLE users (uuid), ciphers WHERE (uuid > 'x')");
    SetupSql.run(admin);
    assertThat(state()).isEqualTo(before);

    sql("DROP PUBLICATION wardbell", "CREATE PUBLICATION wardbell FOR TABLES IN SCHEMA public");
    SetupSql.run(admin);
    assertThat(state()).isEqualTo(before);
  }

  @Test
  void columnListsAreForThoseWhoAsk() throws Exception {
    sql("SET wardbell.column_lists = on");
    List<String> said = SetupSql.run(admin);
    if (Integer.parseInt(version.major()) < 15) {
      assertThat(said).anyMatch(s -> s.startsWith("WARNING") && s.contains("need PostgreSQL 15"));
      assertThat(published()).hasSize(19);
      return;
    }
    assertThat(columnListsOrFilters()).isEqualTo(19);
    assertThat(ask("SELECT attnames FROM pg_publication_tables WHERE tablename = 'ciphers'"))
        .containsExactly("{uuid,updated_at,user_uuid,organization_uuid,deleted_at}");
    assertThatCode(() -> new EveryTable(admin).write()).doesNotThrowAnyException();
    List<String> before = state();
    SetupSql.run(admin);
    assertThat(state()).isEqualTo(before);

    sql("SET wardbell.column_lists = off");
    SetupSql.run(admin);
    assertThat(columnListsOrFilters()).isZero();
  }

  @Test
  void otherNamesWorkToo() throws Exception {
    String text =
        SetupSql.text()
            .replaceFirst("'wardbell'; -- @role", "'Bell Ringer'; -- @role")
            .replaceFirst("'wardbell'; -- @publication", "'The Bell'; -- @publication")
            .replaceFirst("'public'; {3}-- @schema", "'Vault Of'; -- @schema");
    sql("ALTER SCHEMA public RENAME TO \"Vault Of\"");
    try {
      SetupSql.run(admin, text);
      SetupSql.run(admin, text);
      assertThat(ask("SELECT count(*) FROM pg_publication_tables WHERE pubname = 'The Bell'"))
          .containsExactly("19");
      assertThat(ask("SELECT rolreplication FROM pg_roles WHERE rolname = 'Bell Ringer'"))
          .containsExactly("t");
    } finally {
      sql(
          "DROP PUBLICATION IF EXISTS \"The Bell\"",
          "DROP OWNED BY \"Bell Ringer\"",
          "DROP ROLE \"Bell Ringer\"",
          "DROP SCHEMA \"Vault Of\" CASCADE",
          "CREATE SCHEMA public");
    }
  }

  @Test
  void anEmptyDatabaseIsRefusedByName() throws Exception {
    sql("DROP SCHEMA public CASCADE", "CREATE SCHEMA public");
    assertThatThrownBy(() -> SetupSql.run(admin))
        .hasMessageContaining("database \"vault\" has no table of the vault server");
    assertThat(ask("SELECT 1 FROM pg_roles WHERE rolname = 'wardbell'")).isEmpty();
  }

  @Test
  void saysHowToTurnTheLogicalLogOn() throws Exception {
    sql("ALTER SYSTEM SET wal_level = replica");
    postgres.restart(Shutdown.FAST);
    try (Connection c = postgres.connect()) {
      assertThat(SetupSql.run(c))
          .anyMatch(s -> s.startsWith("WARNING: wal_level is replica"))
          .anyMatch(s -> s.startsWith("HINT: ALTER SYSTEM SET wal_level = logical;"));
    } finally {
      try (Connection c = postgres.connect();
          Statement s = c.createStatement()) {
        s.execute("ALTER SYSTEM RESET wal_level");
      }
      postgres.restart(Shutdown.FAST);
    }
  }

  @Test
  void anOwnerWhoIsNoSuperuserIsEnoughOnceTheRoleIsThere() throws Exception {
    sql(
        "CREATE ROLE vault_owner LOGIN PASSWORD 'o'",
        "GRANT CREATE ON DATABASE vault TO vault_owner");
    try {
      for (String table : ask("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")) {
        sql("ALTER TABLE " + table + " OWNER TO vault_owner");
      }
      sql("ALTER SCHEMA public OWNER TO vault_owner");
      try (Connection owner = postgres.connect("vault_owner", "o")) {
        assertThatThrownBy(() -> SetupSql.run(owner))
            .hasMessageContaining("may not make a role that replicates")
            .hasMessageContaining("CREATE ROLE wardbell LOGIN REPLICATION");
        sql("CREATE ROLE wardbell LOGIN REPLICATION");
        SetupSql.run(owner);
        assertThat(published()).hasSize(19);
        sql(
            "ALTER TABLE folders OWNER TO postgres",
            "ALTER PUBLICATION wardbell DROP TABLE folders");
        assertThat(SetupSql.run(owner))
            .anyMatch(s -> s.startsWith("WARNING") && s.contains("\"folders\" is left out"));
      }
    } finally {
      sql(
          "DROP PUBLICATION IF EXISTS wardbell",
          "REASSIGN OWNED BY vault_owner TO postgres",
          "DROP OWNED BY vault_owner",
          "DROP ROLE vault_owner");
    }
  }

  @Test
  void warnsWhenTheRoleCanReadMoreThanItShould() throws Exception {
    sql("GRANT SELECT ON ciphers TO PUBLIC");
    assertThat(SetupSql.run(admin))
        .anyMatch(s -> s.startsWith("WARNING") && s.contains("whole tables") && s.contains("ciph"));
  }

  private List<String> published() throws SQLException {
    return ask("SELECT tablename FROM pg_publication_tables WHERE pubname = 'wardbell' ORDER BY 1");
  }

  private List<String> readable() throws SQLException {
    return ask(
        "SELECT DISTINCT table_name FROM information_schema.column_privileges"
            + " WHERE grantee = 'wardbell' ORDER BY 1");
  }

  private int columnListsOrFilters() throws SQLException {
    if (Integer.parseInt(version.major()) < 15) {
      return 0;
    }
    return Integer.parseInt(
        ask("SELECT count(*) FROM pg_publication_rel"
                + " WHERE prattrs IS NOT NULL OR prqual IS NOT NULL")
            .getFirst());
  }

  /// All that setup.sql is about, as text.
  private List<String> state() throws SQLException {
    List<String> all = new ArrayList<>(published());
    all.addAll(
        ask(
            "SELECT table_name || '.' || column_name || ' ' || privilege_type"
                + " FROM information_schema.column_privileges WHERE grantee = 'wardbell'"
                + " ORDER BY 1"));
    all.addAll(
        ask(
            "SELECT table_name || ' ' || privilege_type FROM information_schema.table_privileges"
                + " WHERE grantee = 'wardbell' ORDER BY 1"));
    all.addAll(
        ask(
            "SELECT puballtables::text || pubinsert || pubupdate || pubdelete || pubtruncate"
                + " FROM pg_publication WHERE pubname = 'wardbell'"));
    all.addAll(
        ask("SELECT rolcanlogin::text || rolreplication FROM pg_roles WHERE rolname = 'wardbell'"));
    all.add("lists " + columnListsOrFilters());
    return all;
  }

  private List<String> ask(String query) throws SQLException {
    List<String> all = new ArrayList<>();
    try (Statement s = admin.createStatement();
        ResultSet r = s.executeQuery(query)) {
      while (r.next()) {
        all.add(r.getString(1));
      }
    }
    return all;
  }

  private void sql(String... statements) throws SQLException {
    try (Statement s = admin.createStatement()) {
      for (String statement : statements) {
        s.execute(statement);
      }
    }
  }
}
