package io.wardbell.routing;

import static io.wardbell.change.Changes.*;
import static io.wardbell.routing.Stage.T0;
import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.change.RowChange;
import io.wardbell.notification.Notification;
import io.wardbell.vault.VaultTables;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What clients are told, for each thing that a server does.
class RouterTest {
  private static final int CONFIRMED = 2;
  private static final int REVOKED = CONFIRMED - 128;

  private final Stage stage = new Stage();

  /// Alice and Bob see the collection `shelf`, Carl sees all, Dora nothing; all are members.
  private static RowChange[] team(RowChange... more) {
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

  private Instant later(long millis) {
    return T0.plusMillis(millis);
  }

  @Test
  void anOrganizationsNewItemIsOneCreateForAllWhoSeeIt() {
    stage.begin(team());
    stage.commit(personal("new", "alice", later(1)));
    stage.pass(20).commit(link("new", "shelf"));
    stage.pass(100).commit(shared("new", "org", later(2)));
    assertThat(stage.told()).containsExactly("1 new -> alice, bob, carl");
    stage.pass(Duration.ofSeconds(30));
    assertThat(stage.told()).isEmpty();
  }

  @Test
  void aNewPersonalItemIsACreateForItsOwner() {
    stage.begin(team());
    stage.commit(personal("new", "alice", later(1)));
    stage.pass(300);
    assertThat(stage.told()).containsExactly("1 new -> alice");
  }

  @Test
  void anItemWhoseCreationFailedHalfwayIsNeverMentioned() {
    stage.begin(team());
    stage.commit(personal("new", "alice", later(1))).commit(link("new", "shelf"));
    stage.pass(20).commit(unlink("new", "shelf"));
    stage.commit(drop("ciphers", "uuid", "new"));
    stage.pass(Duration.ofSeconds(30));
    assertThat(stage.told()).isEmpty();
  }

  @Test
  void whenAnItemIsDeletedForGoodEveryoneWhoSawItIsTold() {
    stage.begin(team());
    stage.commit(unlink("item", "shelf"));
    stage.commit(drop("ciphers", "uuid", "item"));
    assertThat(stage.told()).containsExactly("2 item -> alice, bob, carl");
  }

  @Test
  void movingToTheTrashIsAnUpdate() {
    stage.begin(team());
    stage.commit(cipher("item", null, "org", later(5), later(5)));
    assertThat(stage.told()).containsExactly("0 item -> alice, bob, carl");
  }

  @Test
  void replaceIntoIsAnUpdateAndNothingElse() {
    stage.begin(team());
    stage.commit(drop("ciphers", "uuid", "item"), shared("item", "org", later(5)));
    stage.commit(drop("ciphers", "uuid", "mine"), personal("mine", "alice", later(6)));
    assertThat(stage.told()).containsExactly("0 item -> alice, bob, carl", "0 mine -> alice");
  }

  @Test
  void rewritingACollectionsMembersAsTheyWereSaysNothing() {
    stage.begin(team());
    stage.commit(noGrant("alice", "shelf"), noGrant("bob", "shelf"));
    stage.pass(30).commit(grant("alice", "shelf", false));
    stage.pass(30).commit(grant("bob", "shelf", false));
    stage.pass(Duration.ofSeconds(10));
    assertThat(stage.told()).isEmpty();
  }

  @Test
  void nobodyMissesAnEditWhileACollectionsMembersAreRewritten() {
    stage.begin(team());
    stage.commit(noGrant("alice", "shelf"), noGrant("bob", "shelf"));
    stage.commit(shared("item", "org", later(7)));
    assertThat(stage.told()).containsExactly("0 item -> alice, bob, carl");
  }

  @Test
  void oneWhoLosesACollectionSyncsAndOneWhoGetsItToo() {
    stage.begin(team());
    stage.commit(noGrant("alice", "shelf")).commit(grant("dora", "shelf", false));
    stage.pass(400);
    assertThat(stage.told()).containsExactly("17 -> alice, dora");
  }

  @Test
  void readOnlyIsASyncForTheOneConcerned() {
    stage.begin(team());
    stage.commit(grant("alice", "shelf", true));
    stage.pass(400);
    assertThat(stage.told()).containsExactly("17 -> alice");
  }

  @Test
  void aRevokedMemberIsToldThatOnlyAndNothingMore() {
    stage.begin(team());
    stage.commit(member("m-bob", "bob", "org", REVOKED, false));
    stage.commit(shared("item", "org", later(5)));
    assertThat(stage.told()).containsExactly("0 item -> alice, carl");
    stage.pass(400);
    assertThat(stage.told()).containsExactly("17 -> bob");
    stage.commit(shared("item", "org", later(500))).commit(unlink("item", "shelf"));
    stage.commit(drop("ciphers", "uuid", "item")).pass(Duration.ofSeconds(20));
    assertThat(stage.told()).noneMatch(line -> line.contains("bob"));
  }

  @Test
  void oneWhoIsOnlyInvitedHearsNothing() {
    stage.begin(team());
    stage.commit(member("m-eve", "eve", "org", 0, true), grant("eve", "shelf", false));
    stage.commit(shared("item", "org", later(5))).pass(Duration.ofSeconds(20));
    assertThat(stage.told()).noneMatch(line -> line.contains("eve"));
  }

  @Test
  void sharingIsAnUpdateForTheOwnerAndACreateForTheOthers() {
    stage.begin(team());
    stage.commit(link("mine", "shelf"));
    stage.pass(20).commit(shared("mine", "org", later(9)));
    assertThat(stage.told()).containsExactlyInAnyOrder("1 mine -> bob, carl", "0 mine -> alice");
    stage.pass(1_000);
    assertThat(stage.told()).isEmpty();
  }

  @Test
  void sharingIntoACollectionThatTheOwnerDoesNotSeeTakesItFromHim() {
    stage.begin(team());
    stage.commit(link("mine", "box")).commit(shared("mine", "org", later(9)));
    assertThat(stage.told()).containsExactlyInAnyOrder("1 mine -> carl", "2 mine -> alice");
  }

  @Test
  void anItemThatChangesCollectionsIsCreatedDeletedOrUpdated() {
    stage.begin(team(grant("dora", "box", false)));
    stage.commit(link("item", "box")).commit(unlink("item", "shelf"));
    stage.pass(400);
    assertThat(stage.told())
        .containsExactly("1 item -> dora", "2 item -> alice, bob", "0 item -> carl");
  }

  @Test
  void manyItemsThatMoveAtOnceAreOneSync() {
    stage.begin(team());
    for (int i = 0; i < 150; i++) {
      stage.commit(shared("bulk" + i, "org", later(i)));
    }
    stage.told();
    for (int i = 0; i < 150; i++) {
      stage.commit(link("bulk" + i, "shelf"));
    }
    stage.pass(400);
    assertThat(stage.told()).containsExactly("17 -> alice, bob, carl");
  }

  @Test
  void aGroupThatIsEmptiedAndFilledAgainSaysNothing() {
    stage.begin(
        team(group("g", "org", false), groupMember("g", "m-dora"), groupGrant("shelf", "g")));
    stage.commit(drop("collections_groups", "collections_uuid", "shelf", "groups_uuid", "g"));
    stage.commit(drop("groups_users", "groups_uuid", "g", "users_organizations_uuid", "m-dora"));
    stage.commit(shared("item", "org", later(3)));
    assertThat(stage.told()).containsExactly("0 item -> alice, bob, carl, dora");
    stage.commit(groupGrant("shelf", "g")).commit(groupMember("g", "m-dora"));
    stage.pass(Duration.ofSeconds(4));
    assertThat(stage.told()).isEmpty();
  }

  @Test
  void groupsMeanNothingOnAServerThatHasThemOff() {
    Stage off = new Stage(false);
    off.begin(team(group("g", "org", true), groupMember("g", "m-dora"), groupGrant("shelf", "g")));
    off.commit(shared("item", "org", later(3)));
    assertThat(off.told()).containsExactly("0 item -> alice, bob, carl");
  }

  @Test
  void aRenamedCollectionAndAPolicyAreSyncsForThoseWhoSeeThem() {
    stage.begin(team());
    stage.commit(collection("shelf", "org")).pass(400);
    assertThat(stage.told()).containsExactly("17 -> alice, bob, carl");
    stage.commit(put("org_policies", "uuid", "p", "org_uuid", "org", "atype", 1, "enabled", true));
    stage.pass(400);
    assertThat(stage.told()).containsExactly("17 -> alice, bob, carl, dora");
  }

  @Test
  void anOwnersFolderFavoriteAndArchiveAreUpdatesForHimAlone() {
    stage.begin(team(folder("f", "alice", T0)));
    stage.commit(put("favorites", "user_uuid", "alice", "cipher_uuid", "item"));
    stage.commit(put("archives", "user_uuid", "alice", "cipher_uuid", "item"));
    stage.commit(put("folders_ciphers", "folder_uuid", "f", "cipher_uuid", "item"));
    stage.pass(100);
    assertThat(stage.told()).containsExactly("0 item -> alice");
    assertThat(((Notification.OfCipher) stage.deliveries.getFirst().notification()).revisionDate())
        .isAfter(T0);
  }

  @Test
  void deletingAFullFolderIsOneMessage() {
    RowChange[] links =
        IntStream.range(0, 50)
            .mapToObj(i -> put("folders_ciphers", "folder_uuid", "f", "cipher_uuid", "mine" + i))
            .toArray(RowChange[]::new);
    RowChange[] items =
        IntStream.range(0, 50)
            .mapToObj(i -> personal("mine" + i, "alice", T0))
            .toArray(RowChange[]::new);
    stage.begin(team(folder("f", "alice", T0)));
    stage.commit(items).commit(links).pass(Duration.ofSeconds(60));
    stage.told();
    stage.commit(
        IntStream.range(0, 50)
            .mapToObj(i -> drop("folders_ciphers", "folder_uuid", "f", "cipher_uuid", "mine" + i))
            .toArray(RowChange[]::new));
    stage.commit(drop("folders", "uuid", "f")).pass(Duration.ofSeconds(60));
    assertThat(stage.told()).containsExactly("3 f -> alice");
  }

  @Test
  void anAttachmentIsAnUpdateAndSoIsItsLaterUpload() {
    stage.begin(team());
    stage.commit(put("attachments", "id", "a1", "cipher_uuid", "item")).pass(100);
    assertThat(stage.told()).containsExactly("0 item -> alice, bob, carl");
    stage.pass(Duration.ofSeconds(60)).told();
    stage.commit(put("attachments", "id", "a1", "cipher_uuid", "item")).pass(100);
    assertThat(stage.told()).containsExactly("0 item -> alice, bob, carl");
  }

  @Test
  void aLogOutGoesToSessionsWithAnotherStampOnly() {
    stage.begin(team());
    stage.commit(user("alice", later(1), "new", true));
    stage.commit(user("bob", later(1), "b", true));
    stage.commit(user("carl", later(1), "c", false));
    stage.commit(drop("users", "uuid", "dora"));
    assertThat(stage.told())
        .containsExactly(
            "11 -> sessions of alice with another stamp",
            "11 -> sessions of carl",
            "11 -> sessions of dora");
    stage.pass(Duration.ofSeconds(60));
    assertThat(stage.told()).containsExactly("5 -> bob");
  }

  @Test
  void aBumpThatNothingExplainsIsASync() {
    stage.begin(team()).pass(Duration.ofSeconds(60));
    stage.commit(user("alice", stage.time(), "a", true)).pass(Duration.ofSeconds(5));
    assertThat(stage.told()).containsExactly("5 -> alice");
  }

  @Test
  void anEditInAnOrganizationMakesNobodySync() {
    stage.begin(team()).pass(Duration.ofSeconds(60));
    for (String user : new String[] {"alice", "bob", "carl", "dora"}) {
      stage.commit(user(user, stage.time(), user.substring(0, 1), true));
    }
    stage.pass(20).commit(shared("item", "org", stage.time()));
    for (String user : new String[] {"alice", "bob", "carl", "dora"}) {
      stage.commit(user(user, stage.time(), user.substring(0, 1), true));
    }
    stage.pass(Duration.ofMinutes(2));
    assertThat(stage.told()).containsExactly("0 item -> alice, bob, carl");
  }

  @Test
  void strangersWhoOpenASendMakeItsOwnerFetchTwiceAMinuteAtMost() {
    stage.begin(team(send("s", "alice", T0, 0))).pass(Duration.ofSeconds(60));
    for (int i = 1; i <= 600; i++) {
      stage.commit(user("alice", stage.time(), "a", true));
      stage.commit(send("s", "alice", stage.time(), i)).pass(100);
    }
    stage.pass(Duration.ofMinutes(3));
    assertThat(stage.told()).hasSizeBetween(2, 4).allMatch("13 s -> alice"::equals);
  }

  @Test
  void anAccessThatOnlyABumpShowsIsAnUpdateOfTheSend() {
    stage.begin(team(send("s", "alice", T0, 0))).pass(Duration.ofSeconds(60));
    stage.commit(send("s", "alice", stage.time(), 1)).pass(Duration.ofSeconds(45));
    stage.told();
    stage.commit(user("alice", stage.time(), "a", true)).pass(Duration.ofSeconds(10));
    assertThat(stage.told()).containsExactly("13 s -> alice");
  }

  @Test
  void aLoginRequestIsTellableOnceAndItsApprovalTwice() {
    stage.begin(team());
    stage.commit(request(null));
    stage.commit(drop("auth_requests", "uuid", "r"), request(true));
    stage.commit(drop("auth_requests", "uuid", "r"));
    assertThat(stage.told())
        .containsExactly("15 r -> alice", "16 r -> who asked for r", "16 r -> alice");
  }

  private static RowChange request(@Nullable Boolean approved) {
    return put(
        "auth_requests",
        "uuid",
        "r",
        "user_uuid",
        "alice",
        "request_device_identifier",
        "phone",
        "response_device_id",
        approved == null ? null : "laptop",
        "approved",
        approved,
        "creation_date",
        T0);
  }

  @Test
  void aRowThatCannotBeReadMakesItsOwnerSync() {
    stage.begin(team());
    stage.commit(put("ciphers", "uuid", "x", "user_uuid", "alice", "updated_at", "yesterday"));
    assertThat(stage.told()).containsExactly("5 -> alice");
  }

  @Test
  void aDateThatWentBackStillMakesClientsFetch() {
    stage.begin(team());
    stage.commit(personal("mine", "alice", later(-86_400_000)));
    Notification.OfCipher told = (Notification.OfCipher) stage.deliveries.getFirst().notification();
    assertThat(told.revisionDate()).isAfter(T0);
  }

  @Test
  void whatWasToldTwiceInAShortWhileIsConfirmed() {
    stage.begin(team());
    stage.commit(personal("mine", "alice", later(1))).pass(300);
    stage.commit(drop("ciphers", "uuid", "mine"));
    assertThat(stage.told()).containsExactly("0 mine -> alice", "2 mine -> alice");
    stage.pass(Duration.ofSeconds(10));
    assertThat(stage.told()).containsExactly("2 mine -> alice");
  }

  @Test
  void afterAGapOnlyDifferencesAreTold() {
    stage.begin(team(folder("f", "alice", T0)));
    stage.router.lost();
    RowChange[] rows = team(folder("f", "alice", later(3)), folder("g", "bob", later(3)));
    rows[rows.length - 3] = personal("mine", "alice", later(4));
    stage.snapshot(VaultTables.CAPTURE.tables().keySet(), rows);
    assertThat(stage.told())
        .containsExactlyInAnyOrder("0 mine -> alice", "8 f -> alice", "7 g -> bob");
    stage.pass(Duration.ofMinutes(1));
    assertThat(stage.told()).isEmpty();
  }

  @Test
  void afterAGapWhoeverMovedSyncsEvenIfSomethingElseWasTold() {
    stage.begin(team());
    stage.router.lost();
    RowChange[] rows = team();
    rows[0] = user("alice", later(9), "a", true);
    rows[rows.length - 1] = personal("mine", "alice", later(9));
    stage.snapshot(VaultTables.CAPTURE.tables().keySet(), rows);
    assertThat(stage.told()).containsExactly("0 mine -> alice", "17 -> alice");
  }

  @Test
  void whatASnapshotDoesNotCoverIsLeftAlone() {
    stage.begin(team(folder("f", "alice", T0)));
    stage.snapshot(Set.of("folders"), folder("f", "alice", T0)).pass(1_000);
    assertThat(stage.told()).isEmpty();
    stage.snapshot(Set.of("folders")).pass(1_000);
    assertThat(stage.told()).containsExactly("3 f -> alice");
    stage.commit(shared("item", "org", later(9)));
    assertThat(stage.told()).containsExactly("0 item -> alice, bob, carl");
  }

  @Test
  void aTableThatIsReadForTheFirstTimeIsNoNews() {
    stage.snapshot(Set.of("users", "organizations", "users_organizations"), team());
    stage.snapshot(
        VaultTables.CAPTURE.tables().keySet(),
        team(
            folder("f", "alice", T0),
            group("g", "org", true),
            groupMember("g", "m-dora"),
            send("s", "bob", T0, 1)));
    stage.pass(Duration.ofMinutes(1));
    assertThat(stage.told()).isEmpty();
    stage.commit(shared("item", "org", later(1)));
    assertThat(stage.told()).containsExactly("0 item -> alice, bob, carl, dora");
  }
}
