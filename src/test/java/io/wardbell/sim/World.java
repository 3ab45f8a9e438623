package io.wardbell.sim;

import static io.wardbell.sim.Database.row;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// One seed's server, clients and bell, and the course of events between them.
final class World {
  /// Tables that a change of may take sight from somebody.
  private static final Set<String> DECIDING =
      Set.of(
          "ciphers",
          "ciphers_collections",
          "collections",
          "users_organizations",
          "users_collections",
          "groups",
          "groups_users",
          "collections_groups",
          "folders",
          "sends");

  private static final List<Client.Kind> KINDS = List.of(Client.Kind.values());

  /// How long somebody may be told of what he could see before: settling and confirming.
  private static final long MEMORY = 20_000_000;

  /// A token lasts two hours; most are not fresh.
  private static final Duration OLD_TOKEN = Duration.ofMinutes(10);

  /// What came of it.
  static final class Tally {
    final Map<String, Integer> requests = new TreeMap<>();
    final Map<String, Integer> syncsMost = new TreeMap<>();
    final Map<String, Integer> fetchesMost = new TreeMap<>();
    int messages;
    int statements;
    int gaps;
    int interruptions;
    int checks;
  }

  private final long seed;
  private final Timeline time;
  private final Database db;
  private final Server server;
  private final Menu menu;
  private final Bell bell;
  private final Hub hub;
  private final List<Client> clients = new ArrayList<>();
  private final Map<String, Map<String, Long>> sawLast = new HashMap<>();
  private final Tally tally;

  World(long seed, Tally tally) {
    this(seed, tally, null);
  }

  /// @param twin null for a database in memory alone
  World(long seed, Tally tally, Database.Twin twin) {
    this.seed = seed;
    this.tally = tally;
    time = new Timeline(seed);
    List<Database.Dialect> dialects = List.of(Database.Dialect.values());
    Database.Dialect any = dialects.get(time.below(dialects.size()));
    db =
        twin == null
            ? new Database(time, any)
            : new Database(time, twin.dialect(), twin, seed + "-");
    Set<String> tables = new HashSet<>(Bell.allTables());
    boolean groups = time.once(2);
    if (!groups && time.once(2) && twin == null) { // A server of 2020 to 2022.
      tables.removeAll(
          Set.of("groups", "groups_users", "collections_groups", "archives", "auth_requests"));
    }
    server = new Server(db, groups);
    menu = new Menu(time, db, server, tables);
    hub = new Hub(time, this::mayHear);
    settle();
    bell = new Bell(time, db, groups, tables, hub);
    bell.start();
    db.beforeStatement(table -> {
      if (DECIDING.contains(table)) {
        remember();
      }
    });
    int number = 0;
    for (Map<String, Object> user : db.all("users")) {
      number = addClients((String) user.get("uuid"), number);
    }
    clients.forEach(client -> hub.connect(client, OLD_TOKEN));
    time.settle();
  }

  private int addClients(String user, int number) {
    for (int i = 1 + time.below(3); i > 0; i--) {
      Client.Kind kind = time.once(2) ? Client.Kind.MODERN : KINDS.get(time.below(KINDS.size()));
      long skew = time.once(2) ? 0 : time.below(1_200_000) - 600_000;
      Client client =
          new Client(kind + "-" + number++ + " of " + user, user, kind, skew, time, server);
      client.logIn();
      clients.add(client);
    }
    return number;
  }

  /// People, organizations and things to begin with.
  private void settle() {
    List<String> users = new ArrayList<>();
    for (int i = 2 + time.below(4); i > 0; i--) {
      Request r = new Request("register");
      users.add(menu.accounts.register(r));
      run(r);
    }
    for (int i = 1 + time.below(2); i > 0; i--) {
      Request r = new Request("organization create");
      String org = menu.organizations.create(r, users.get(time.below(users.size())));
      menu.organizations.createCollection(r, org, List.of(), List.of());
      run(r);
      for (String user : users) {
        if (!time.once(4)) {
          join(user, org);
        }
      }
    }
    for (String name : menu.names()) {
      if (name.startsWith("item create") || name.equals("folder create") || name.startsWith("gr")) {
        for (int i = 0; i < 4; i++) {
          Request r = new Request(name);
          menu.order(r, users.get(time.below(users.size())));
          run(r);
        }
      }
    }
  }

  private void join(String user, String org) {
    boolean there =
        db.where("users_organizations", "user_uuid", user).stream()
            .anyMatch(member -> member.get("org_uuid").equals(org));
    if (!there) {
      int status = time.once(5) ? -126 : 2;
      db.save(
          "users_organizations",
          OrganizationRequests.member(db.newId("memb"), user, org, status, 2, time.once(4)));
      for (Map<String, Object> collection : db.where("collections", "org_uuid", org)) {
        if (time.once(2)) {
          db.save(
              "users_collections",
              row("user_uuid", user, "collection_uuid", collection.get("uuid")));
        }
      }
    }
  }

  private void run(Request r) {
    while (r.advance(db)) {
      // Alone and at once.
    }
  }

  // ---- privacy ----

  private void remember() {
    for (Map<String, Object> user : db.rows("users")) {
      String id = (String) user.get("uuid");
      Map<String, Long> saw = sawLast.computeIfAbsent(id, _ -> new HashMap<>());
      server.visible(id).forEach(thing -> saw.put(thing, time.micros()));
    }
  }

  private void mayHear(String user, String id) {
    Long before = sawLast.getOrDefault(user, Map.of()).get(id);
    boolean saw = before != null && time.micros() - before < MEMORY;
    if (!saw && !server.visible(user).contains(id)) {
      throw new AssertionError(
          "seed %d: %s is told of %s, which he could not see%n%s"
              .formatted(seed, user, id, time.story(List.of(user, id))));
    }
  }

  // ---- rounds ----

  /// Whether a request of this round stopped for longer than Wardbell waits.
  private boolean paused;

  /// Everything, or the first thing that is not as it should be.
  void play(int rounds) {
    for (int i = 0; i < rounds; i++) {
      boolean alone = time.once(3);
      time.pause(alone ? 65_000 : time.below(20_000));
      time.forget();
      round(alone);
    }
    tally.statements += db.statements;
    tally.messages += hub.messages;
  }

  private void round(boolean alone) {
    paused = false;
    Map<Client, int[]> before = new HashMap<>();
    clients.forEach(client -> before.put(client, new int[] {client.syncs, client.requests}));
    boolean gap = !alone && time.once(4);
    List<String> names = new ArrayList<>();
    for (int i = alone ? 1 : 1 + time.below(5); i > 0; i--) {
      String name = pick(alone, gap);
      if (name != null) {
        names.add(name);
      }
    }
    if (gap) {
      tally.gaps++;
      time.in(time.between(0, 400), bell::lose);
      time.in(time.between(400, 3_000), bell::recover);
    }
    if (alone) {
      time.settle();
    } else {
      interrupt();
      time.settle();
      // A login in the very seconds of a new stamp is judged by the first commit that is newer.
      time.pause(6_000);
      hub.knownAsOf(time.now());
      time.settle();
    }
    check(alone, gap, names);
    if (alone && !names.isEmpty()) {
      measure(names.getFirst(), before);
    }
    afterwards();
  }

  /// Some clients lose their connection and come back, some log in anew in the midst of it all.
  private void interrupt() {
    for (Client client : clients) {
      if (time.once(5)) {
        tally.interruptions++;
        boolean logsIn = time.once(2);
        time.in(
            time.between(0, 1_500),
            () -> {
              hub.cut(client);
              long away = time.between(0, logsIn ? 400 : 5_000);
              if (logsIn && server.isEnabled(client.user)) {
                client.logIn();
              }
              Duration tokenAge = logsIn ? Duration.of(away, ChronoUnit.MICROS) : OLD_TOKEN;
              time.in(away, () -> hub.connect(client, tokenAge));
            });
      }
    }
  }

  private String pick(boolean alone, boolean gap) {
    List<String> users = db.all("users").stream().map(u -> (String) u.get("uuid")).toList();
    if (users.isEmpty()) {
      return null;
    }
    String name = menu.names().get(time.below(menu.names().size()));
    if (gap && Menu.TRACELESS.contains(name)) {
      return null;
    }
    String actor = users.get(time.below(users.size()));
    tally.requests.merge(name, 1, Integer::sum);
    Request request = new Request(name);
    int failsAfter = time.once(8) ? time.below(8) : Integer.MAX_VALUE;
    time.in(
        alone ? 0 : time.between(0, 1_500),
        () -> {
          time.tell("== " + name + " by " + actor);
          String item = menu.order(request, actor);
          step(request, actor, item, failsAfter);
        });
    return name;
  }

  private void step(Request request, String actor, String item, int statementsLeft) {
    boolean more;
    try {
      more = request.advance(db);
    } catch (Database.Refused refused) {
      time.tell("== " + request.name + " is refused: " + refused.getMessage());
      return;
    }
    if (statementsLeft <= 0) {
      time.tell("== " + request.name + " fails here");
    } else if (more) {
      long pause = time.once(200) ? time.between(50, 700) : time.between(0.2, 9);
      paused |= pause > 350_000;
      time.in(pause, () -> step(request, actor, item, statementsLeft - 1));
    } else if (item != null && request.wrote()) {
      answer(actor, item);
    }
  }

  private void answer(String actor, String item) {
    for (Client client : clients) {
      if (client.user.equals(actor) && client.kind == Client.Kind.MODERN && client.loggedIn()) {
        client.wrote(item);
        return;
      }
    }
  }

  // ---- what must be so ----

  private void check(boolean alone, boolean gap, List<String> names) {
    for (Client client : clients) {
      Map<String, Object> account = db.get("users", client.user);
      boolean may =
          account != null
              && Server.flag(account, "enabled")
              && account.get("security_stamp").equals(client.stamp());
      if (client.loggedIn() && !may) {
        fail(client, Map.of(client.user, "should have been logged out"));
      }
      if (!client.loggedIn() && may) {
        fail(client, Map.of(client.user, "was logged out without need"));
      }
      if (client.loggedIn() && owed(client, alone, gap, names)) {
        tally.checks++;
        boolean settings = client.kind != Client.Kind.OLD || client.skewMillis <= 0;
        Map<String, String> differences =
            client.copy().differences(server.sync(client.user), settings);
        if (!differences.isEmpty()) {
          fail(client, differences);
        }
      }
    }
  }

  /// Clients of 2020 to 2024 can be told to sync only where the server bumped the account after the
  /// change; between concurrent requests, and in a long pause of one, they may have checked in
  /// between.
  private boolean owed(Client client, boolean alone, boolean gap, List<String> names) {
    return client.kind != Client.Kind.OLD
        || (alone
            && !gap
            && !paused
            && client.skewMillis == 0
            && names.stream().noneMatch(Menu.UNBUMPED::contains));
  }

  private void fail(Client client, Map<String, String> differences) {
    List<String> about = new ArrayList<>(differences.keySet());
    about.add(client.user);
    about.add(client.name);
    StringBuilder text = new StringBuilder();
    text.append("seed ").append(seed).append(", ").append(db.dialect).append(": ");
    text.append(client.name).append(", clock ").append(client.skewMillis).append(" ms ahead\n");
    differences.forEach(
        (id, what) -> text.append("  ").append(id).append(' ').append(what).append('\n'));
    throw new AssertionError(text + time.story(about));
  }

  private void measure(String name, Map<Client, int[]> before) {
    for (Client client : clients) {
      int[] was = before.get(client);
      if (was != null && client.kind == Client.Kind.MODERN) {
        tally.syncsMost.merge(name, client.syncs - was[0], Math::max);
        tally.fetchesMost.merge(name, client.requests - was[1], Math::max);
      }
    }
  }

  /// Those who were logged out come back, new ones join, old ones start afresh.
  private void afterwards() {
    clients.removeIf(client -> db.get("users", client.user) == null);
    for (Map<String, Object> user : db.all("users")) {
      String id = (String) user.get("uuid");
      if (!Server.flag(user, "enabled")) {
        Request r = new Request("enable");
        menu.accounts.enable(r, id);
        run(r);
      }
      if (clients.stream().noneMatch(client -> client.user.equals(id))) {
        addClients(id, clients.size() + 100);
      }
    }
    time.pause(5_000);
    time.settle();
    for (Client client : clients) {
      if (!client.loggedIn() || client.kind == Client.Kind.OLD) {
        client.logIn();
      }
      hub.connect(client, OLD_TOKEN);
    }
    time.settle();
  }
}
