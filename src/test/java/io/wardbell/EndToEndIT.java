package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wardbell.auth.AuthConfig;
import io.wardbell.config.Settings;
import io.wardbell.demo.ServerOrganizations.Created;
import io.wardbell.demo.ServerOrganizations.Role;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.VaultServer;
import io.wardbell.hub.HubConfig;
import io.wardbell.observe.Clock;
import io.wardbell.routing.RoutingConfig;
import io.wardbell.server.ServerConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The main job with real servers and the real client: the statements that the vault server runs
/// make exactly these messages for exactly these people.
class EndToEndIT {
  /// More is done in seconds here than a person does: nothing is to be taken for a burst.
  private static final Map<String, String> UNHURRIED = Map.of("WARDBELL_BURST_MESSAGES", "10000");

  private static final Duration SOON = Duration.ofSeconds(20);

  static List<Arguments> serversAndReleases() {
    return TestDatabase.Kind.selected()
        .flatMap(kind ->
            Stream.of(ServerSchema.OLDEST, ServerSchema.NEWEST)
                .map(release -> Arguments.of(kind, release)))
        .toList();
  }

  /// One server with Wardbell attached and three people connected: Alice owns an organization, Bob
  /// is in one of its collections, Carol is nobody there.
  private static final class Stage implements AutoCloseable {
    final Path data;
    final Service service;
    final Connection connection;
    final ChronoUnit dateStep;
    final VaultServer vault;
    final Tokens tokens = Tokens.create("http://localhost");
    final String alice;
    final String bob;
    final String carol;
    final Created company;
    final Queue<String> tail = new ConcurrentLinkedQueue<>();
    boolean passed;
    final Map<String, NodeClient> clients = new HashMap<>();
    private final Map<String, Integer> read = new HashMap<>();

    Stage(TestDatabase server, String release) throws Exception {
      data = Files.createTempDirectory("wardbell-it-");
      server.setUp(release);
      connection = server.connect();
      dateStep =
          server.source().dateStep().toSeconds() == 1 ? ChronoUnit.SECONDS : ChronoUnit.MILLIS;
      vault = VaultServer.on(connection);
      alice = vault.accounts().register("alice@example.com");
      bob = vault.accounts().register("bob@example.com");
      carol = vault.accounts().register("carol@example.com");
      company = vault.organizations().create(alice, "Company");
      vault.organizations().join(company.organization(), bob, Role.USER, false);
      vault.organizations().grant(bob, company.collection());
      // Clients that come are told to sync if their accounts changed lately, and what they are told
      // in the ten seconds after that is told once more: the hub's own tests are about it.
      try (Statement statement = connection.createStatement()) {
        statement.executeUpdate("UPDATE users SET updated_at = '2026-01-02 03:04:05'");
      }
      service = new Service(plan(server));
      service.start();
      await().atMost(SOON.multipliedBy(3)).until(() -> service.sync().synced());
      for (String user : List.of(alice, bob, carol)) {
        clients.put(user, connect(user, "device-of-" + user).awaitConnected());
        read.put(user, 0);
      }
    }

    private Service.Plan plan(TestDatabase server) {
      return new Service.Plan(
          server.source(),
          false,
          RoutingConfig.defaults(),
          new AuthConfig("http://localhost", tokens.writeKey(data.resolve("rsa_key.pem"))),
          Settings.load(UNHURRIED, List.of(HubConfig.class)).read(HubConfig.class),
          ServerConfig.alone(),
          Duration.ofSeconds(30),
          new EventLines(EventLines.Format.PLAIN, Clock.system(), tail::add));
    }

    NodeClient awaitApproval(String request) {
      String path = "/notifications/anonymous-hub?Token=" + request;
      return NodeClient.start("http://127.0.0.1:" + service.port() + path, null).awaitConnected();
    }

    NodeClient connect(String user, String device) throws SQLException {
      String stamp = vault.accounts().securityStamp(user);
      return NodeClient.start(
          "http://127.0.0.1:" + service.port() + "/notifications/hub",
          tokens.login(user, device, stamp));
    }

    /// What each has been told since the last time, up to a folder of everyone's own that is made
    /// now, but for what is said once more about other things than the subject.
    Map<String, List<JsonNode>> told(String subject) throws SQLException {
      Map<String, String> markers = new HashMap<>();
      for (String user : clients.keySet()) {
        markers.put(user, vault.folders().create(user));
      }
      Map<String, List<JsonNode>> told = new HashMap<>();
      for (Map.Entry<String, NodeClient> client : clients.entrySet()) {
        String marker = markers.get(client.getKey());
        client.getValue().awaitNotification(about(marker), SOON);
        List<JsonNode> all = client.getValue().notifications();
        int from = read.getOrDefault(client.getKey(), 0);
        List<JsonNode> before = all.subList(0, from);
        List<JsonNode> fresh = new ArrayList<>(all.subList(from, all.size()));
        read.put(client.getKey(), all.size());
        fresh.removeIf(about(marker));
        fresh.removeIf(EndToEndIT::isSync);
        fresh.removeIf(about(subject).negate().and(message -> isConfirmation(message, before)));
        // A slow run meets the confirmations of the subject itself: clients drop a date they have.
        Set<String> dates = new HashSet<>();
        fresh.removeIf(message ->
            message.path("Type").asInt() <= 1
                && about(subject).test(message)
                && !dates.add(message.at("/Payload/RevisionDate").asText()));
        told.put(client.getKey(), fresh);
      }
      return told;
    }

    /// Exactly this type about exactly this thing to exactly these people, once, and nothing else.
    void expect(int type, String id, String... users) throws SQLException {
      for (String user : users) {
        client(user).awaitNotification(about(id).and(n -> n.path("Type").asInt() == type), SOON);
      }
      Map<String, List<JsonNode>> told = told(id);
      for (Map.Entry<String, List<JsonNode>> entry : told.entrySet()) {
        if (List.of(users).contains(entry.getKey())) {
          assertThat(entry.getValue()).as("told once").hasSize(1);
          JsonNode message = entry.getValue().getFirst();
          assertThat(message.path("Type").asInt()).isEqualTo(type);
          assertThat(message.at("/Payload/Id").asText()).isEqualTo(id);
        } else {
          assertThat(entry.getValue()).as("told nothing").isEmpty();
        }
      }
    }

    NodeClient client(String user) {
      NodeClient client = clients.get(user);
      assertThat(client).isNotNull();
      return client;
    }

    JsonNode last(String user, String id) {
      return client(user).notifications().stream().filter(about(id)).toList().getLast();
    }

    /// The date as the table has it; one step later, a second where dates have whole seconds, if
    /// the client was told of that date before, because it would not ask again.
    void expectDate(String user, String table, String id) throws SQLException {
      List<Instant> told =
          client(user).notifications().stream().filter(about(id)).map(EndToEndIT::date).toList();
      assertThat(told).isSorted().doesNotHaveDuplicates();
      Instant stored = stored(table, "updated_at", id).truncatedTo(dateStep);
      boolean toldBefore = told.size() > 1 && !told.get(told.size() - 2).isBefore(stored);
      assertThat(told.getLast().truncatedTo(dateStep))
          .isEqualTo(toldBefore ? stored.plus(1, dateStep) : stored);
    }

    Instant stored(String table, String column, String id) throws SQLException {
      try (PreparedStatement statement =
          connection.prepareStatement("SELECT " + column + " FROM " + table + " WHERE uuid = ?")) {
        statement.setString(1, id);
        try (ResultSet row = statement.executeQuery()) {
          assertThat(row.next()).isTrue();
          LocalDateTime date =
              row.getObject(1) instanceof String text // SQLite's
                  ? LocalDateTime.parse(text.replace(' ', 'T'))
                  : row.getTimestamp(1).toLocalDateTime();
          return date.toInstant(ZoneOffset.UTC);
        }
      }
    }

    @Override
    public void close() throws IOException, SQLException {
      if (!passed) {
        tail.forEach(System.out::println);
      }
      clients.values().forEach(NodeClient::close);
      service.close();
      connection.close();
      Files.delete(data.resolve("rsa_key.pem"));
      Files.delete(data);
    }
  }

  private static Predicate<JsonNode> about(String id) {
    return notification -> notification.at("/Payload/Id").asText().equals(id);
  }

  /// Whose client may have synced meanwhile is told to do so again: the hub's own tests are about
  /// that.
  private static boolean isSync(JsonNode notification) {
    int type = notification.path("Type").asInt();
    return type == 5 || type == 17;
  }

  /// What was told several times in a short while is said once more some seconds later, whatever
  /// else is going on then.
  private static boolean isConfirmation(JsonNode message, List<JsonNode> before) {
    return before.stream().anyMatch(about(message.at("/Payload/Id").asText()));
  }

  private static Instant date(JsonNode message) {
    return Instant.parse(message.at("/Payload/RevisionDate").asText());
  }

  @ParameterizedTest
  @MethodSource("serversAndReleases")
  void everyOperationIsToldToThoseWhoSeeIt(TestDatabase.Kind kind, String release)
      throws Exception {
    try (TestDatabase server = kind.start();
        Stage stage = new Stage(server, release)) {
      personalItems(stage);
      organizationItems(stage);
      folders(stage);
      if (release.equals(ServerSchema.NEWEST)) {
        sends(stage);
        loginWithDevice(stage);
      }
      passwordChange(stage);
      stage.passed = true;
    }
  }

  private static void personalItems(Stage stage) throws SQLException {
    String item = stage.vault.ciphers().create(stage.alice);
    stage.expect(1, item, stage.alice);
    JsonNode message = stage.last(stage.alice, item);
    assertThat(message.at("/Payload/UserId").asText()).isEqualTo(stage.alice);
    assertThat(message.at("/Payload/OrganizationId").isNull()).isTrue();
    assertThat(message.at("/Payload/CollectionIds").isNull()).isTrue();
    assertThat(message.path("ContextId").isNull()).isTrue();
    stage.expectDate(stage.alice, "ciphers", item);

    stage.vault.ciphers().update(stage.alice, item);
    stage.expect(0, item, stage.alice);
    stage.expectDate(stage.alice, "ciphers", item);
    stage.vault.ciphers().softDelete(item);
    stage.expect(0, item, stage.alice);
    stage.vault.ciphers().restore(item);
    stage.expect(0, item, stage.alice);
    stage.vault.ciphers().hardDelete(item);
    stage.expect(2, item, stage.alice);
  }

  private static void organizationItems(Stage stage) throws SQLException {
    String company = stage.company.organization();
    List<String> collections = List.of(stage.company.collection());
    String item = stage.vault.ciphers().createInOrganization(stage.alice, company, collections);
    stage.expect(1, item, stage.alice, stage.bob);
    for (String user : List.of(stage.alice, stage.bob)) {
      JsonNode message = stage.last(user, item);
      assertThat(message.at("/Payload/UserId").isNull()).isTrue();
      assertThat(message.at("/Payload/OrganizationId").asText()).isEqualTo(company);
    }
    stage.vault.ciphers().update(stage.bob, item);
    stage.expect(0, item, stage.alice, stage.bob);
    stage.vault.ciphers().softDelete(item);
    stage.expect(0, item, stage.alice, stage.bob);
    stage.vault.ciphers().restore(item);
    stage.expect(0, item, stage.alice, stage.bob);
    stage.vault.ciphers().hardDelete(item);
    stage.expect(2, item, stage.alice, stage.bob);

    String shared = stage.vault.ciphers().create(stage.alice);
    stage.expect(1, shared, stage.alice);
    stage.vault.ciphers().share(stage.alice, shared, company, collections);
    stage.client(stage.bob).awaitNotification(about(shared), SOON);
    Map<String, List<JsonNode>> told = stage.told(shared);
    assertThat(told.get(stage.alice)).extracting(n -> n.path("Type").asInt()).containsExactly(0);
    assertThat(told.get(stage.bob)).extracting(n -> n.path("Type").asInt()).containsExactly(1);
    assertThat(told.get(stage.carol)).isEmpty();
  }

  private static void folders(Stage stage) throws SQLException {
    String folder = stage.vault.folders().create(stage.bob);
    stage.expect(7, folder, stage.bob);
    stage.vault.folders().update(folder);
    stage.expect(8, folder, stage.bob);
    stage.expectDate(stage.bob, "folders", folder);
    stage.vault.folders().delete(folder);
    stage.expect(3, folder, stage.bob);
  }

  private static void sends(Stage stage) throws SQLException {
    String send = stage.vault.sends().create(stage.carol);
    stage.expect(12, send, stage.carol);
    assertThat(stage.last(stage.carol, send).at("/Payload/UserId").asText()).isEqualTo(stage.carol);
    stage.vault.sends().update(send);
    stage.expect(13, send, stage.carol);
    stage.vault.sends().delete(send);
    stage.expect(14, send, stage.carol);
  }

  private static void loginWithDevice(Stage stage) throws SQLException {
    String asking = stage.vault.accounts().addDevice(stage.alice);
    String answering = stage.vault.accounts().addDevice(stage.alice);
    String unheard = stage.vault.logins().request(stage.alice, asking);
    stage.expect(15, unheard, stage.alice);
    stage.vault.logins().approve(unheard, answering);
    stage.expect(16, unheard, stage.alice);
    try (NodeClient late = stage.awaitApproval(unheard)) {
      late.awaitNotification(about(unheard), SOON);
    }
    String request = stage.vault.logins().request(stage.alice, asking);
    stage.expect(15, request, stage.alice);
    assertThat(stage.last(stage.alice, request).path("ContextId").asText()).isEqualTo(asking);
    try (NodeClient waiting = stage.awaitApproval(request)) {
      stage.vault.logins().approve(request, answering);
      JsonNode approval = waiting.awaitNotification(about(request), SOON);
      assertThat(approval.path("Type").asInt()).isEqualTo(16);
      assertThat(approval.path("UserId").asText()).isEqualTo(stage.alice);
      stage.expect(16, request, stage.alice);
      assertThat(stage.last(stage.alice, request).path("ContextId").asText()).isEqualTo(answering);
      stage.vault.logins().deny(request);
      assertThat(stage.told(request).get(stage.alice)).isEmpty();
      assertThat(waiting.notifications()).hasSize(1);
    }
  }

  private static void passwordChange(Stage stage) throws SQLException {
    stage.vault.accounts().changePassword(stage.carol);
    NodeClient old = stage.client(stage.carol);
    JsonNode logOut = old.awaitNotification(n -> n.path("Type").asInt() == 11, SOON);
    assertThat(logOut.at("/Payload/UserId").asText()).isEqualTo(stage.carol);
    old.awaitClosed(SOON);
    stage.clients.remove(stage.carol);
    old.close();
    assertThat(stage.told(stage.carol).values()).allSatisfy(told -> assertThat(told).isEmpty());
    try (NodeClient again = stage.connect(stage.carol, "carol-again").awaitConnected()) {
      String folder = stage.vault.folders().create(stage.carol);
      again.awaitNotification(about(folder), SOON);
      assertThat(again.notifications()).extracting(n -> n.path("Type").asInt()).doesNotContain(11);
    }
  }
}
