package io.wardbell.routing;

import static io.wardbell.change.Changes.*;
import static io.wardbell.routing.Stage.CONFIRMED;
import static io.wardbell.routing.Stage.T0;
import static io.wardbell.routing.Stage.team;
import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.change.RowChange;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Notification;
import io.wardbell.vault.VaultTables;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What clients are told of accounts, Sends, login requests, and after a gap.
class RouterAccountTest {
  private final Stage stage = new Stage();

  private Instant later(long millis) {
    return T0.plusMillis(millis);
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

  private RowChange settings(@Nullable String domains) {
    return put(
        "users",
        "uuid",
        "alice",
        "updated_at",
        stage.time(),
        "security_stamp",
        "a",
        "equivalent_domains",
        domains,
        "excluded_globals",
        "[]");
  }

  @Test
  void changedSettingsAreToldWhateverElseHappens() {
    stage.begin(team(settings("[]"))).pass(Duration.ofSeconds(60));
    stage.commit(personal("mine", "alice", stage.time())).commit(settings("[[\"a\"]]"));
    stage.commit(settings(null)).pass(Duration.ofMinutes(2));
    assertThat(stage.told())
        .as("null is a long text that was left as it was")
        .containsExactly("0 mine -> alice", "17 -> alice");
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
    stage.lose();
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
    stage.lose();
    RowChange[] rows = team();
    rows[0] = user("alice", later(9), "a", true);
    rows[rows.length - 1] = personal("mine", "alice", later(9));
    stage.snapshot(VaultTables.CAPTURE.tables().keySet(), rows);
    assertThat(stage.told()).containsExactly("0 mine -> alice", "17 -> alice");
  }

  @Test
  void afterAGapWhoeverLoggedInAnewSyncs() {
    stage.begin(team()).lose();
    RowChange[] rows = team();
    rows[0] = user("alice", later(9), "another", true);
    stage.snapshot(VaultTables.CAPTURE.tables().keySet(), rows);
    assertThat(stage.told())
        .containsExactly("11 -> sessions of alice with another stamp", "17 -> alice");
    assertThat(stage.again()).as("what came and went in the gap").containsExactly("17 -> everyone");
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

  @Test
  void anEditThatTenThousandSeeIsOneMessageAndNoSync() {
    RowChange[] members = new RowChange[20_000];
    for (int i = 0; i < 10_000; i++) {
      members[2 * i] = user("user" + i, T0, "s", true);
      members[2 * i + 1] = member("m" + i, "user" + i, "org", CONFIRMED, true);
    }
    stage.begin(team(members)).pass(Duration.ofSeconds(60));
    for (int bumps = 0; bumps < 2; bumps++) {
      for (int i = 0; i < 10_000; i++) {
        stage.commit(user("user" + i, stage.time(), "s", true));
      }
      if (bumps == 0) {
        stage.commit(shared("item", "org", stage.time()));
      }
    }
    stage.pass(Duration.ofMinutes(2));
    assertThat(stage.told()).singleElement().asString().startsWith("0 item -> alice, bob, carl");
    assertThat(((Audience.Users) stage.deliveries.getFirst().audience()).users()).hasSize(10_003);
  }
}
