package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.ServerSchema.Step;
import io.wardbell.demo.VaultServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// The vault server is updated from 1.17 to today, some releases at a time, while Wardbell follows
/// its database and clients are connected: every migration runs as if nobody looked, and clients
/// hear of each change and of nothing else. `-Dwardbell.leap=1` takes release by release, and
/// `-Dwardbell.from=all -Dwardbell.leap=99` each release straight to today's;
/// `-Dwardbell.database=postgresql,mariadb,mysql,sqlite` takes all, a minute each, of which a build
/// has two.
class UpgradeIT {
  /// A wait for a lock would show, and one for a dead client's.
  private static final Duration MIGRATION_MAX = Duration.ofSeconds(5);

  private static final int LEAP = Integer.getInteger("wardbell.leap", 6);

  private static final String FROM = System.getProperty("wardbell.from", ServerSchema.OLDEST);

  private static final Duration SOON = Duration.ofSeconds(30);

  /// What is out of order is looked for once a minute.
  private static final Duration LOOKED_AFTER = Duration.ofSeconds(90);

  /// More is done in seconds here than a person does: nothing is to be taken for a burst.
  private static final Map<String, String> UNHURRIED = Map.of("WARDBELL_BURST_MESSAGES", "10000");

  @TempDir private Path folder;
  private final Tokens tokens = Tokens.create();

  private Service service(TestDatabase server) {
    return new Service(Attached.plan(server.source(), folder, tokens, UNHURRIED, SOON));
  }

  private NodeClient connect(Service service, VaultServer vault, String user) throws SQLException {
    String token = tokens.login(user, "device", vault.accounts().securityStamp(user));
    return NodeClient.start("http://127.0.0.1:" + service.port() + "/notifications/hub", token)
        .awaitConnected();
  }

  private static List<List<Step>> leaps(TestDatabase server, String from) throws IOException {
    Map<String, List<Step>> releases = new LinkedHashMap<>();
    for (Step step : server.schema().stepsAfter(from)) {
      releases.computeIfAbsent(step.release(), _ -> new ArrayList<>()).add(step);
    }
    List<List<Step>> leaps = new ArrayList<>();
    int number = 0;
    for (List<Step> release : releases.values()) {
      if (number++ % LEAP == 0) {
        leaps.add(new ArrayList<>());
      }
      leaps.getLast().addAll(release);
    }
    return leaps;
  }

  static Stream<Arguments> updates() throws IOException {
    List<String> from = List.of(FROM.split(","));
    if (FROM.equals("all")) {
      from =
          Stream.concat(
                  Stream.of(ServerSchema.OLDEST),
                  ServerSchema.sqlite().steps().stream().map(Step::release))
              .distinct()
              .toList();
    }
    List<String> releases = from;
    return TestDatabase.Kind.selected("mariadb,sqlite")
        .flatMap(kind -> releases.stream().map(release -> Arguments.of(kind, release)));
  }

  @ParameterizedTest
  @MethodSource("updates")
  void eachChangeIsToldAndNothingElse(TestDatabase.Kind kind, String from) throws Exception {
    try (TestDatabase server = kind.start()) {
      server.setUp(from);
      String alice;
      String bob;
      try (Connection connection = server.connect();
          Service service = service(server)) {
        VaultServer vault = VaultServer.on(connection);
        alice = vault.accounts().register("alice@example.com");
        bob = vault.accounts().register("bob@example.com");
        service.start();
        await().atMost(SOON).until(() -> service.sync().synced());
        try (NodeClient one = connect(service, vault, alice);
            NodeClient other = connect(service, vault, bob)) {
          one.awaitNotification(UpgradeIT::isSync, SOON); // Its account is new.
          other.awaitNotification(UpgradeIT::isSync, SOON);
          Followed followed = new Followed(server, one, alice);
          for (List<Step> leap : leaps(server, from)) {
            followed.update(leap);
          }
          server.setUpAgain();
          followed.tellsOfNewTables();
          await().atMost(SOON).until(() -> service.sync().synced());
          System.out.println(
              kind
                  + " from "
                  + from
                  + ": longest migration "
                  + followed.longest.toMillis()
                  + " ms");
          assertThat(followed.longest).isLessThan(MIGRATION_MAX);
          assertThat(one.notifications())
              .filteredOn(n -> !isSync(n))
              .extracting(n -> n.at("/Payload/Id").asText())
              .isSubsetOf(followed.changed);
          assertThat(other.notifications()).allMatch(UpgradeIT::isSync);
          for (NodeClient client : List.of(one, other)) {
            assertThat(client.events()).noneMatch(e -> e.path("event").asText().equals("closed"));
          }
        }
      }
    }
  }

  private static boolean isSync(JsonNode notification) {
    int type = notification.path("Type").asInt();
    return type == 5 || type == 17;
  }

  /// A vault server whose releases follow each other, and one of its clients.
  private static final class Followed {
    private final TestDatabase server;
    private final NodeClient client;
    private final String user;
    Duration longest = Duration.ZERO;
    final Set<String> changed = new HashSet<>();

    Followed(TestDatabase server, NodeClient client, String user) {
      this.server = server;
      this.client = client;
      this.user = user;
    }

    /// The new release's first start, and somebody's first changes by it.
    void update(List<Step> steps) throws SQLException {
      try (Connection connection = server.connect()) {
        for (Step step : steps) {
          long began = System.nanoTime();
          step.apply(connection);
          Duration took = Duration.ofNanos(System.nanoTime() - began);
          longest = took.compareTo(longest) > 0 ? took : longest;
        }
        VaultServer vault = VaultServer.on(connection);
        expect(7, vault.folders().create(user));
        expect(1, vault.ciphers().create(user));
      }
    }

    /// A new table's rows are not told before setup and the look after it; that the account changed
    /// is.
    void tellsOfNewTables() throws SQLException {
      try (Connection connection = server.connect()) {
        VaultServer vault = VaultServer.on(connection);
        long syncs = client.notifications().stream().filter(UpgradeIT::isSync).count();
        changed.add(vault.sends().create(user));
        await()
            .atMost(SOON)
            .until(() ->
                isTold(12)
                    || client.notifications().stream().filter(UpgradeIT::isSync).count() > syncs);
        await()
            .pollInterval(Duration.ofSeconds(5))
            .atMost(LOOKED_AFTER)
            .until(() -> {
              changed.add(vault.sends().create(user));
              return isTold(12);
            });
        await()
            .pollInterval(Duration.ofSeconds(5))
            .atMost(LOOKED_AFTER)
            .until(() -> {
              String item = vault.ciphers().create(user);
              expect(1, item);
              vault.ciphers().archive(user, item, true);
              return isTold(0);
            });
      }
    }

    private boolean isTold(int type) {
      return client.notifications().stream().anyMatch(n -> n.path("Type").asInt() == type);
    }

    private void expect(int type, String id) {
      changed.add(id);
      var _ =
          client.awaitNotification(
              n -> n.path("Type").asInt() == type && n.at("/Payload/Id").asText().equals(id), SOON);
    }
  }
}
