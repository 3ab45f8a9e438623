package io.wardbell.routing;

import static io.wardbell.change.Changes.*;

import io.wardbell.change.RowChange;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.vault.VaultModel;
import io.wardbell.vault.VaultTables;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// A model and a router on a clock that only the test moves. What is told is kept as lines such as
/// `1 item -> alice, bob`.
final class Stage {
  static final Instant T0 = Instant.parse("2026-11-24T10:00:00Z");

  static final int CONFIRMED = 2;

  final VaultModel model;
  final Router router;
  final List<Delivery> deliveries = new ArrayList<>();
  private final List<Delivery> untold = new ArrayList<>();
  private final List<Delivery> again = new ArrayList<>();
  private long now;

  Stage() {
    this(true);
  }

  Stage(boolean groupsEnabled) {
    this(new VaultModel(groupsEnabled), RoutingConfig.defaults());
  }

  Stage(VaultModel model, RoutingConfig config) {
    this.model = model;
    router = new Router(model, config);
  }

  Instant time() {
    return T0.plusNanos(now);
  }

  /// The first snapshot.
  Stage begin(RowChange... rows) {
    return snapshot(VaultTables.CAPTURE.tables().keySet(), rows);
  }

  /// A snapshot of these tables, and all that it makes happen at once.
  Stage snapshot(Set<String> tables, RowChange... rows) {
    model.beginSnapshot(tables);
    for (RowChange row : rows) {
      model.apply(row);
    }
    router.reconciled(model.endSnapshot(), time(), now, this::take);
    return this;
  }

  /// The log is lost.
  Stage lose() {
    router.lost(now);
    return this;
  }

  /// One commit.
  Stage commit(RowChange... rows) {
    model.apply(List.of(rows), meaning -> router.route(meaning, time(), now, this::take));
    return this;
  }

  /// Lets time go by, stopping wherever something is due.
  Stage pass(Duration time) {
    long until = now + time.toNanos();
    while (router.due() <= until) {
      now = Math.max(now, router.due());
      router.tick(time(), now, this::take);
    }
    now = until;
    return this;
  }

  Stage pass(long millis) {
    return pass(Duration.ofMillis(millis));
  }

  private void take(Delivery delivery) {
    deliveries.add(delivery);
    switch (delivery.audience()) {
      case Audience.JustSynced _, Audience.EveryoneJustSynced _ -> again.add(delivery);
      default -> untold.add(delivery);
    }
  }

  private static String line(Delivery delivery) {
    String to =
        switch (delivery.audience()) {
          case Audience.Users(var users) ->
              users.stream().map(Object::toString).sorted().collect(Collectors.joining(", "));
          case Audience.JustSynced(var users, _, _) ->
              users.stream().map(Object::toString).sorted().collect(Collectors.joining(", "));
          case Audience.StaleSessions(var user, var stamp) ->
              "sessions of " + user + (stamp == null ? "" : " with another stamp");
          case Audience.Anonymous(var request) -> "who asked for " + request;
          case Audience.Everyone(), Audience.EveryoneJustSynced(_) -> "everyone";
        };
    String what =
        switch (delivery.notification()) {
          case Notification.OfCipher n -> " " + n.id();
          case Notification.OfFolder n -> " " + n.id();
          case Notification.OfSend n -> " " + n.id();
          case Notification.OfAuthRequest n -> " " + n.id();
          case Notification.OfAccount _ -> "";
        };
    return delivery.notification().type().number() + what + " -> " + to;
  }

  /// Leaves out what was told until now.
  Stage forget() {
    deliveries.clear();
    untold.clear();
    again.clear();
    return this;
  }

  /// What was told since the last question, but for [#again].
  List<String> told() {
    return taken(untold);
  }

  /// Likewise, what those are told who may just have synced.
  List<String> again() {
    return taken(again);
  }

  private static List<String> taken(List<Delivery> deliveries) {
    List<String> lines = deliveries.stream().map(Stage::line).toList();
    deliveries.clear();
    return lines;
  }

  /// Alice and Bob see the collection `shelf`, Carl sees all, Dora nothing; all are members.
  static RowChange[] team(RowChange... more) {
    RowChange[] rows = {
      user("alice", T0, "a", true),
      user("bob", T0, "b", true),
      user("carl", T0, "c", true),
      user("dora", T0, "d", true),
      organization("org"),
      member("m-alice", "alice", "org", CONFIRMED, false),
      member("m-bob", "bob", "org", CONFIRMED, false),
      member("m-carl", "carl", "org", CONFIRMED, true),
      member("m-dora", "dora", "org", CONFIRMED, false),
      collection("shelf", "org"),
      collection("box", "org"),
      grant("alice", "shelf", false),
      grant("bob", "shelf", false),
      shared("item", "org", T0),
      link("item", "shelf"),
      personal("mine", "alice", T0)
    };
    RowChange[] all = java.util.Arrays.copyOf(rows, rows.length + more.length);
    System.arraycopy(more, 0, all, rows.length, more.length);
    return all;
  }
}
