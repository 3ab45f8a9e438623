package io.wardbell.vault;

import static io.wardbell.change.Changes.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.change.RowChange;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.id.StampHash;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Who sees what, and what a snapshot after a gap shows to be different.
class VaultModelTest {
  private static final Instant T0 = Instant.parse("2026-11-24T10:00:00Z");
  private static final Set<String> ALL = VaultTables.CAPTURE.tables().keySet();
  private static final Id<Kind.Cipher> ITEM = Id.of("item");

  private static List<RowChange> team() {
    return new ArrayList<>(
        List.of(
            user("alice", T0, "a", true),
            organization("org"),
            member("m-alice", "alice", "org", 2, false),
            member("m-bob", "bob", "org", 2, false),
            member("m-carl", "carl", "org", 2, true),
            member("m-dora", "dora", "org", -126, true),
            member("m-eve", "eve", "org", 2, false),
            collection("shelf", "org"),
            collection("box", "org"),
            grant("alice", "shelf", false),
            grant("dora", "shelf", false),
            group("g", "org", false),
            group("all", "org", true),
            groupMember("g", "m-bob"),
            groupMember("all", "m-eve"),
            groupGrant("shelf", "g"),
            shared("item", "org", T0),
            link("item", "shelf"),
            personal("mine", "alice", T0)));
  }

  private static VaultModel model(boolean groups, List<RowChange> rows) {
    VaultModel model = new VaultModel(groups);
    model.beginSnapshot(ALL);
    rows.forEach(model::apply);
    assertThat(model.endSnapshot().first()).isTrue();
    return model;
  }

  private static Set<Id<Kind.User>> users(String... names) {
    Set<Id<Kind.User>> ids = new java.util.HashSet<>();
    Arrays.stream(names).forEach(name -> ids.add(Id.of(name)));
    return ids;
  }

  private static Reconciliation again(VaultModel model, List<RowChange> rows) {
    model.beginSnapshot(ALL);
    rows.forEach(model::apply);
    return model.endSnapshot();
  }

  private static Set<Id<Kind.User>> resync(Reconciliation reconciliation) {
    Set<Id<Kind.User>> all = new java.util.HashSet<>();
    reconciliation.settlements().forEach(settlement -> all.addAll(settlement.resync()));
    return all;
  }

  @Test
  void anItemIsSeenByConfirmedMembersThroughAnyPath() {
    assertThat(model(true, team()).audience(ITEM)).isEqualTo(users("alice", "bob", "carl", "eve"));
    assertThat(model(false, team()).audience(ITEM)).isEqualTo(users("alice", "carl"));
  }

  @Test
  void rowsMayComeInAnyOrder() {
    Random random = new Random(7);
    for (int i = 0; i < 200; i++) {
      List<RowChange> rows = team();
      Collections.shuffle(rows, random);
      assertThat(model(true, rows).audience(ITEM))
          .as("order %d of seed 7", i)
          .isEqualTo(users("alice", "bob", "carl", "eve"));
      VaultModel streamed = model(true, List.of());
      rows.forEach(streamed::apply);
      streamed.settle(Id.of("org"));
      assertThat(streamed.audience(ITEM))
          .as("streamed, order %d of seed 7", i)
          .isEqualTo(users("alice", "bob", "carl", "eve"));
    }
  }

  /// MariaDB and MySQL delete archives with the item that REPLACE deletes, without a word.
  @Test
  void archivesGoWithAnItemThatWasReplaced() {
    List<RowChange> rows = team();
    VaultModel model = model(true, rows);
    assertThat(model.apply(put("archives", "user_uuid", "bob", "cipher_uuid", "item"))).hasSize(1);
    RowChange.Upserted after = (RowChange.Upserted) shared("item", "org", T0);
    List<VaultChange> meaning = model.apply(new RowChange.Replaced("ciphers", after.after()));
    assertThat(meaning).singleElement().isInstanceOf(VaultChange.CipherChanged.class);
    assertThat(again(model, rows).changes()).as("the archive is gone in the tables, too").isEmpty();
  }

  @Test
  void archivesGoWithTheirUser() {
    List<RowChange> rows = team();
    rows.add(put("archives", "user_uuid", "alice", "cipher_uuid", "item"));
    VaultModel model = model(true, rows);
    model.apply(drop("users", "uuid", "alice"));
    assertThat(model.apply(drop("archives", "user_uuid", "alice", "cipher_uuid", "item")))
        .as("nothing is left to be taken out")
        .isEmpty();
  }

  @Test
  void aRowThatCannotBeReadLeavesTheModelAsItWas() {
    VaultModel model = model(true, team());
    VaultChange.@Nullable Item before = model.item(ITEM);
    List<VaultChange> meaning =
        model.apply(put("ciphers", "uuid", "item", "user_uuid", "alice", "updated_at", 5));
    assertThat(meaning).singleElement().isInstanceOf(VaultChange.Unreadable.class);
    assertThat(model.item(ITEM)).isEqualTo(before);
    assertThat(model.audience(ITEM)).isEqualTo(users("alice", "bob", "carl", "eve"));
  }

  @Test
  void aTableOfNobodysIsIgnored() {
    VaultModel model = model(true, team());
    assertThat(model.apply(put("devices", "uuid", "d"))).isEmpty();
    assertThat(model.apply(drop("event", "uuid", "e"))).isEmpty();
  }

  @Test
  void anOldServersTablesAreEnough() {
    VaultModel model = new VaultModel(true);
    model.beginSnapshot(Set.of("users", "organizations", "users_organizations", "collections"));
    model.apply(put("users", "uuid", "alice", "updated_at", T0, "security_stamp", "a"));
    model.apply(
        put(
            "users_organizations",
            "uuid",
            "m",
            "user_uuid",
            "alice",
            "org_uuid",
            "o",
            "status",
            2));
    model.endSnapshot();
    assertThat(model.account(Id.of("alice")))
        .isEqualTo(new VaultChange.Account(T0, StampHash.of("a"), true, 0));
  }

  @Test
  void aSnapshotThatShowsTheSameSaysNothing() {
    VaultModel model = model(true, team());
    Reconciliation reconciliation = again(model, team());
    assertThat(reconciliation.changes()).isEmpty();
    assertThat(resync(reconciliation)).isEmpty();
    assertThat(reconciliation.settlements()).allMatch(s -> s.items().isEmpty());
  }

  @Test
  void whatIsGoneAfterAGapIsToldToThoseWhoSawIt() {
    VaultModel model = model(true, team());
    List<RowChange> rows = team();
    rows.remove(rows.size() - 2); // The link.
    rows.remove(rows.size() - 2); // The item.
    Reconciliation reconciliation = again(model, rows);
    assertThat(reconciliation.changes())
        .singleElement()
        .isInstanceOfSatisfying(
            VaultChange.CipherChanged.class,
            gone -> {
              assertThat(gone.after()).isNull();
              assertThat(gone.saw()).isEqualTo(users("alice", "bob", "carl", "eve"));
            });
  }

  @Test
  void aMemberWhoLeftDuringAGapSyncs() {
    VaultModel model = model(true, team());
    List<RowChange> rows = team();
    rows.remove(2);
    Reconciliation reconciliation = again(model, rows);
    assertThat(resync(reconciliation)).isEqualTo(users("alice"));
    assertThat(model.audience(ITEM)).isEqualTo(users("bob", "carl", "eve"));
  }

  @Test
  void anItemThatMovedDuringAGapIsGainedAndLost() {
    List<RowChange> rows = team();
    rows.add(grant("bob", "box", false));
    VaultModel model = model(false, rows);
    List<RowChange> moved = new ArrayList<>(rows);
    moved.set(17, link("item", "box"));
    Reconciliation reconciliation = again(model, moved);
    assertThat(reconciliation.settlements())
        .flatExtracting(Settlement::items)
        .singleElement()
        .satisfies(item -> {
          assertThat(item.gained()).isEqualTo(users("bob"));
          assertThat(item.lost()).isEqualTo(users("alice"));
          assertThat(item.kept()).isEqualTo(users("carl"));
        });
  }

  @Test
  void aSnapshotThatIsCutShortLosesNoDifference() {
    VaultModel model = model(true, team());
    List<RowChange> rows = team();
    rows.set(16, shared("item", "org", T0.plusSeconds(1)));
    rows.set(18, personal("mine", "alice", T0.plusSeconds(1)));
    model.beginSnapshot(ALL);
    rows.forEach(model::apply);
    rows.set(18, personal("mine", "alice", T0));
    Reconciliation reconciliation = again(model, rows);
    assertThat(reconciliation.changes())
        .extracting(change -> ((VaultChange.CipherChanged) change).id())
        .containsExactly(ITEM);
  }

  @Test
  void tooManyDifferencesAreOneSyncForEverybody() {
    VaultModel model = model(true, team());
    List<RowChange> rows = team();
    for (int i = 0; i < 50_001; i++) {
      rows.add(personal("new" + i, "alice", T0));
    }
    Reconciliation reconciliation = again(model, rows);
    assertThat(reconciliation.overwhelmed()).isTrue();
    assertThat(reconciliation.changes()).isEmpty();
    assertThat(again(model, rows).overwhelmed()).isFalse();
  }

  /// A team, and one item that was written twice in its last second.
  private static VaultModel wholeSeconds() {
    VaultModel model = new VaultModel(true, Duration.ofSeconds(1));
    model.beginSnapshot(ALL);
    team().forEach(model::apply);
    model.endSnapshot();
    model.apply(personal("mine", "alice", T0.plusSeconds(60)));
    return model;
  }

  private static List<RowChange> teamWithNewer(Instant date) {
    List<RowChange> rows = team();
    rows.set(18, personal("mine", "alice", date));
    return rows;
  }

  private static List<Id<Kind.Cipher>> items(Reconciliation reconciliation) {
    return reconciliation.changes().stream()
        .map(change -> ((VaultChange.CipherChanged) change).id())
        .toList();
  }

  @Test
  void whereDatesAreWholeSecondsTheLastTwoBeforeAGapCountAsChanged() {
    VaultModel model = wholeSeconds();
    model.lost(Duration.ofMillis(2_900));
    assertThat(items(again(model, teamWithNewer(T0.plusSeconds(60)))))
        .containsExactly(Id.of("mine"));
  }

  @Test
  void whereTheLogWasQuietBeforeAGapNothingCountsAsChanged() {
    VaultModel model = wholeSeconds();
    model.lost(Duration.ofSeconds(3));
    assertThat(again(model, teamWithNewer(T0.plusSeconds(60))).changes()).isEmpty();
    model.lost(Duration.ofSeconds(3));
    assertThat(again(model, teamWithNewer(T0.plusSeconds(60))).changes()).isEmpty();
  }

  @Test
  void whatASnapshotShowedIsDoubtedWhereTheLogIsLostAgainAtOnce() {
    VaultModel model = wholeSeconds();
    model.lost(Duration.ofSeconds(10));
    again(model, teamWithNewer(T0.plusSeconds(90)));
    model.lost(Duration.ZERO);
    assertThat(items(again(model, teamWithNewer(T0.plusSeconds(90)))))
        .containsExactly(Id.of("mine"));
  }

  /// An organization of a thousand, and as many items, in one collection or in one each.
  private static List<RowChange> thousand(boolean apart, Instant date) {
    List<RowChange> rows = new ArrayList<>(List.of(organization("big")));
    for (int i = 0; i < 1_000; i++) {
      rows.add(member("m" + i, "u" + i, "big", 2, true));
      rows.add(collection("c" + i, "big"));
    }
    for (int i = 0; i < 1_000; i++) {
      rows.add(shared("i" + i, "big", date));
      rows.add(link("i" + i, apart ? "c" + i : "c0"));
    }
    return rows;
  }

  @Test
  void itemsOfOneCollectionAreToldOneByOneHoweverManySeeThem() {
    VaultModel model = model(true, thousand(false, T0));
    Reconciliation reconciliation = again(model, thousand(false, T0.plusSeconds(1)));
    assertThat(reconciliation.overwhelmed()).isFalse();
    assertThat(reconciliation.changes()).hasSize(1_000);
    Set<Set<Id<Kind.User>>> audiences = Collections.newSetFromMap(new IdentityHashMap<>());
    for (VaultChange change : reconciliation.changes()) {
      if (change instanceof VaultChange.CipherChanged item) {
        audiences.add(item.saw());
        audiences.add(item.sees());
      }
    }
    assertThat(audiences).as("kept audiences of a thousand each").hasSizeLessThan(4);
  }

  @Test
  void moreAudiencesThanCanBeKeptMakeEverybodySync() {
    VaultModel model = model(true, thousand(true, T0));
    assertThat(again(model, thousand(true, T0.plusSeconds(1))).overwhelmed()).isTrue();
    assertThat(again(model, thousand(true, T0.plusSeconds(1))).overwhelmed()).isFalse();
    assertThat(model.audience(Id.of("i7"))).hasSize(1_000);
  }

  @Test
  void itemsThatMovedBeforeTooManyEyesMakeThoseSync() {
    VaultModel model = model(true, thousand(true, T0));
    for (int i = 0; i < 90; i++) {
      model.apply(unlink("i" + i, "c" + i));
    }
    for (int i = 0; i < 1_000; i++) {
      model.apply(member("m" + i, "u" + i, "big", 2, true));
    }
    Settlement settlement = model.settle(Id.of("big"));
    assertThat(settlement.items()).as("90 items and 1,000 people").hasSize(90);
    for (int i = 0; i < 90; i++) {
      model.apply(link("i" + i, "c999"));
      model.apply(link("i" + (i + 90), "c999"));
    }
    settlement = model.settle(Id.of("big"));
    assertThat(settlement.items()).isEmpty();
    assertThat(settlement.resync()).hasSize(1_000);
  }

  @Test
  void anItemOfAnOrganizationIsItsOwnersToo() {
    VaultModel model = model(true, team());
    model.apply(
        put(
            "ciphers",
            "uuid",
            "item",
            "user_uuid",
            "zoe",
            "organization_uuid",
            "org",
            "updated_at",
            T0));
    assertThat(model.audience(ITEM)).contains(Id.of("zoe"), Id.of("alice"));
  }

  @Test
  void aDeleteThatIsTakenBackInTheSameCommitIsAWrite() {
    VaultModel model = model(true, team());
    List<VaultChange> meaning = new ArrayList<>();
    model.apply(
        List.of(
            drop("users", "uuid", "alice"),
            user("alice", T0.plusSeconds(1), "a", true),
            drop("ciphers", "uuid", "item")),
        meaning::add);
    assertThat(meaning).hasSize(2);
    assertThat(meaning.getFirst())
        .isInstanceOfSatisfying(
            VaultChange.AccountChanged.class, change -> assertThat(change.after()).isNotNull());
    assertThat(model.item(ITEM)).isNull();
  }
}
