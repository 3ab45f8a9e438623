package io.wardbell.routing;

import static io.wardbell.change.Changes.*;
import static io.wardbell.routing.Stage.CONFIRMED;
import static io.wardbell.routing.Stage.T0;
import static io.wardbell.routing.Stage.team;
import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.change.RowChange;
import io.wardbell.notification.Notification;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What clients are told, for each thing that a server does.
class RouterTest {
  private static final int REVOKED = CONFIRMED - 128;

  private final Stage stage = new Stage();

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
    assertThat(stage.again()).as("it was hers alone").containsExactly("17 -> alice");
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
  void anItemWhoseCreationFailedHalfwayIsOfferedToNobody() {
    stage.begin(team());
    stage.commit(personal("new", "alice", later(1))).commit(link("new", "shelf"));
    stage.pass(20).commit(unlink("new", "shelf"));
    stage.commit(drop("ciphers", "uuid", "new"));
    stage.pass(Duration.ofSeconds(30));
    assertThat(stage.told()).containsExactly("2 new -> alice");
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
    assertThat(stage.again()).containsExactly("17 -> alice, bob, carl");
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
  void whoeverSeesACollectionForAMomentIsToldIfHeMayHaveSynced() {
    stage.begin(team());
    stage.commit(collection("new", "org"), grant("dora", "new", false)).pass(100);
    stage.commit(noGrant("dora", "new")).pass(Duration.ofSeconds(2));
    assertThat(stage.again()).anyMatch(line -> line.contains("dora"));
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
}
