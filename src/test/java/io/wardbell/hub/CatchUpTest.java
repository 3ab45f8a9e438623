package io.wardbell.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.notification.UpdateType;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// Who is told what after being away, and how often clients are told to sync.
class CatchUpTest {
  private static final String ANN = TestHub.ANN;
  private static final String BOB = TestHub.BOB;

  private final TestHub hub = new TestHub();

  @Test
  void clientThatMissedSomethingIsToldToSyncOnceAfterItsFirstPing() {
    TestHub.Peer first = hub.connect(ANN);
    hub.wait(Duration.ofMinutes(1));
    first.leave();
    hub.wait(Duration.ofSeconds(30));
    hub.tellItem(ANN);
    TestHub.Peer again = hub.shakeHands(ANN);
    assertThat(again.types()).as("not before its first ping").isEmpty();
    again.say(Wire.PING);
    assertThat(again.types()).containsExactly(17);
    hub.wait(Duration.ofMinutes(1));
    assertThat(again.types()).isEmpty();
  }

  @Test
  void clientThatDoesNotPingIsToldAfterASecond() {
    hub.connect(ANN).leave();
    hub.wait(Duration.ofSeconds(30));
    hub.tellItem(ANN);
    TestHub.Peer again = hub.shakeHands(ANN);
    hub.wait(Duration.ofSeconds(1));
    assertThat(again.types()).containsExactly(17);
  }

  @Test
  void clientThatMissedNothingIsToldNothing() {
    hub.connect(ANN).leave();
    hub.wait(Duration.ofSeconds(30));
    hub.tellItem(BOB);
    TestHub.Peer again = hub.connect(ANN);
    assertThat(again.types()).isEmpty();
  }

  @Test
  void connectionThatBrokeCountsFromWhenItWasLastHeard() {
    TestHub.Peer first = hub.connect(ANN);
    hub.wait(Duration.ofSeconds(10));
    hub.tellItem(ANN); // into a dead connection
    hub.wait(Duration.ofSeconds(10));
    first.breakOff();
    assertThat(hub.connect(ANN).types()).containsExactly(17);
  }

  /// The tabs of a browser share a device, and each has a copy of its own.
  @Test
  void oneOfTwoTabsThatWasAwayIsToldThoughTheOtherStayed() {
    TestHub.Peer stays = hub.connect(ANN);
    TestHub.Peer goes = hub.connect(ANN);
    hub.pingFor(Duration.ofMinutes(1), stays, goes);
    goes.breakOff();
    hub.pingFor(Duration.ofSeconds(30), stays);
    hub.tellItem(ANN);
    assertThat(stays.types()).containsExactly(0);
    hub.pingFor(Duration.ofMinutes(5), stays);
    assertThat(hub.connect(ANN).types()).containsExactly(17);
  }

  @Test
  void bothOfTwoTabsAreToldWhicheverComesFirst() {
    TestHub.Peer one = hub.connect(ANN);
    TestHub.Peer other = hub.connect(ANN);
    hub.pingFor(Duration.ofMinutes(1), one, other);
    one.leave();
    hub.pingFor(Duration.ofMinutes(1), other);
    hub.tellItem(ANN);
    hub.pingFor(Duration.ofMinutes(1), other);
    other.leave();
    hub.wait(Duration.ofMinutes(1));
    assertThat(hub.connect(ANN).types()).containsExactly(17);
    hub.wait(Duration.ofMinutes(1));
    assertThat(hub.connect(ANN).types()).containsExactly(17);
  }

  /// Its network changed: the hub learns only later that the old connection is dead.
  @Test
  void clientThatCameBackBeforeItsOldConnectionWasKnownToBeDeadIsNotTakenForTwo() {
    hub.pingFor(Duration.ofMinutes(1), hub.connect(ANN));
    TestHub.Peer again = hub.connect(ANN);
    hub.pingFor(Duration.ofMinutes(3), again); // the old one is found silent meanwhile
    hub.tellItem(ANN);
    hub.pingFor(Duration.ofMinutes(1), again);
    assertThat(again.types()).containsExactly(0);
    again.leave();
    hub.wait(Duration.ofMinutes(1));
    assertThat(hub.connect(ANN).types()).as("it missed nothing").isEmpty();
  }

  @Test
  void connectionThatOnlyLooksOpenCountsFromWhenItWasLastHeard() {
    hub.connect(ANN);
    hub.wait(Duration.ofSeconds(10));
    hub.tellItem(ANN);
    hub.wait(Duration.ofSeconds(10));
    assertThat(hub.connect(ANN).types()).containsExactly(17);
  }

  @Test
  void pingThatCrossedWithAMessageDoesNotProveThatItCame() {
    TestHub.Peer first = hub.connect(ANN);
    hub.wait(Duration.ofSeconds(10));
    hub.tellItem(ANN);
    hub.wait(Duration.ofSeconds(1));
    first.say(Wire.PING);
    first.breakOff();
    assertThat(hub.connect(ANN).types()).containsExactly(17);
  }

  @Test
  void messageSentJustBeforeTheClientLeftMayHaveComeTooLate() {
    TestHub.Peer first = hub.connect(ANN);
    hub.wait(Duration.ofSeconds(10));
    hub.tellItem(ANN);
    hub.wait(Duration.ofSeconds(2));
    first.leave();
    assertThat(hub.connect(ANN).types()).containsExactly(17);
  }

  @Test
  void whatTheOldConnectionCouldNotSendIsToldOnTheNewOne() {
    TestHub.Peer first = stuckButHeard();
    TestHub.Peer again = hub.shakeHands(ANN);
    first.breakOff();
    again.say(Wire.PING);
    assertThat(again.types()).containsExactly(17);
  }

  @Test
  void whatTheOldConnectionCouldNotSendIsToldOnTheNewOneThoughItCameBefore() {
    TestHub.Peer first = stuckButHeard();
    TestHub.Peer again = hub.connect(ANN);
    assertThat(again.types()).isEmpty();
    first.breakOff();
    assertThat(again.types()).containsExactly(17);
  }

  /// A client whose messages still come although it takes none.
  private TestHub.Peer stuckButHeard() {
    TestHub.Peer peer = hub.connect(ANN);
    peer.transport().stalled = true;
    hub.tellItem(ANN);
    hub.tellItem(ANN);
    peer.transport().run();
    hub.wait(Duration.ofSeconds(10));
    peer.say(Wire.PING);
    return peer;
  }

  @Test
  void whatWaitedWhenTheClientLeftIsOwedToIt() {
    TestHub.Peer first = hub.connect(ANN);
    first.transport().stalled = true;
    hub.tellItem(ANN);
    hub.tellItem(ANN);
    first.transport().run();
    hub.wait(Duration.ofSeconds(5));
    first.leave();
    hub.wait(Duration.ofSeconds(5));
    assertThat(hub.connect(ANN).types()).containsExactly(17);
  }

  @Test
  void syncThatWasHeldBackWhenTheClientLeftIsOwedToIt() {
    TestHub.Peer first = hub.connect(ANN);
    hub.tellAccount(UpdateType.SYNC_VAULT, ANN);
    hub.tellAccount(UpdateType.SYNC_VAULT, ANN);
    assertThat(first.types()).containsExactly(5);
    hub.wait(Duration.ofSeconds(4));
    first.leave();
    hub.wait(Duration.ofSeconds(20));
    assertThat(hub.connect(ANN).types()).containsExactly(17);
  }

  @Test
  void clientOfUnknownWhereaboutsIsToldIfTheAccountChangedLately() {
    hub.revised(ANN, Duration.ofHours(23));
    hub.revised(BOB, Duration.ofHours(25));
    assertThat(hub.connect(ANN).types()).containsExactly(5);
    assertThat(hub.connect(BOB).types()).isEmpty();
  }

  @Test
  void clientOfUnknownWhereaboutsIsToldIfAChangeWasSeen() {
    hub.revised(ANN, Duration.ZERO);
    hub.tellItem(ANN);
    hub.wait(Duration.ofMinutes(11));
    assertThat(hub.connect(ANN).types()).containsExactly(5);
  }

  /// It was with another Wardbell before, and asked about the account's date it would find no news.
  @Test
  void clientOfUnknownWhereaboutsCannotIgnoreAChangeThatMovedNoDate() {
    hub.revised(ANN, Duration.ofMinutes(5));
    hub.tellItem(ANN);
    hub.wait(Duration.ofHours(30));
    assertThat(hub.connect(ANN).types()).containsExactly(17);
  }

  /// After a restart: the client synced in the second of a change, whose date is that second's
  /// beginning, was cut off before it was told of the change, and takes the date for old.
  @Test
  void clientOfUnknownWhereaboutsCannotIgnoreAChangeOfJustNow() {
    hub.revised(ANN, Duration.ofSeconds(4));
    assertThat(hub.connect(ANN).types()).containsExactly(17, 5);
    hub.tellItem(BOB);
    assertThat(hub.connect(BOB).types()).containsExactly(17);
  }

  @Test
  void withoutAModelTheAnswerComesWithTheModel() {
    hub.accounts.asOf(null);
    hub.accounts.remove(ANN);
    TestHub.Peer peer = hub.connect(ANN);
    assertThat(peer.types()).isEmpty();
    hub.revised(ANN, Duration.ofHours(1));
    hub.accounts.asOf(hub.clock.now());
    hub.hub.recheckAccounts();
    assertThat(peer.types()).containsExactly(5);
  }

  /// Nobody was told of what changed before the first model, however often a client came and went.
  @Test
  void withoutAModelNobodyIsThoughtToHaveHeardAnything() {
    hub.accounts.asOf(null);
    hub.accounts.remove(ANN);
    hub.connect(ANN).leave();
    hub.wait(Duration.ofSeconds(30));
    TestHub.Peer stayed = hub.connect(ANN, "stayed");
    hub.connect(ANN, "left").leave();
    hub.wait(Duration.ofSeconds(30));
    TestHub.Peer again = hub.connect(ANN);
    stayed.say(Wire.PING);
    assertThat(again.types()).isEmpty();
    hub.revised(ANN, Duration.ofSeconds(4));
    hub.accounts.asOf(hub.clock.now());
    hub.hub.recheckAccounts();
    assertThat(again.types()).containsExactly(17, 5);
    assertThat(stayed.types()).containsExactly(17, 5);
    hub.wait(Duration.ofSeconds(30));
    assertThat(hub.connect(ANN, "left").types()).containsExactly(17, 5);
  }

  @Test
  void memoryOfAccountsIsBounded() {
    for (int i = 0; i < 1000; i++) {
      hub.tellItem("user-" + i);
    }
    assertThat(hub.metrics.scrape()).contains("wardbell_users_remembered 100.0");
    assertThat(hub.connect("user-999").types()).containsExactly(17);
    assertThat(hub.connect("user-1").types()).isEmpty();
  }

  @Test
  void syncsOfOneClientAreTenSecondsApart() {
    TestHub.Peer peer = hub.connect(ANN);
    hub.tellAccount(UpdateType.SYNC_VAULT, ANN);
    assertThat(peer.types()).containsExactly(5);
    hub.tellAccount(UpdateType.SYNC_SETTINGS, ANN);
    hub.tellAccount(UpdateType.SYNC_CIPHERS, ANN);
    hub.wait(Duration.ofSeconds(9));
    assertThat(peer.types()).isEmpty();
    hub.wait(Duration.ofSeconds(1));
    assertThat(peer.types()).as("one for all that was asked").containsExactly(5);
    hub.wait(Duration.ofSeconds(60));
    assertThat(peer.types()).isEmpty();
  }

  @Test
  void strongestOfWhatWasAskedWins() {
    TestHub.Peer peer = hub.connect(ANN);
    hub.tellAccount(UpdateType.SYNC_VAULT, ANN);
    hub.tellAccount(UpdateType.SYNC_ORGANIZATIONS, ANN);
    hub.tellAccount(UpdateType.SYNC_VAULT, ANN);
    assertThat(peer.types()).containsExactly(5);
    hub.wait(Duration.ofSeconds(10));
    assertThat(peer.types()).containsExactly(17);
  }

  @Test
  void oldClientsGetTheOlderTypeToo() {
    TestHub.Peer peer = hub.connect(ANN);
    hub.revised(ANN, Duration.ofSeconds(1));
    hub.tellAccount(UpdateType.SYNC_ORGANIZATIONS, ANN);
    assertThat(peer.types()).containsExactly(17, 5);
    hub.wait(Duration.ofSeconds(20));
    hub.tellAccount(UpdateType.SYNC_ORGANIZATIONS, ANN);
    assertThat(peer.types()).as("the account's date did not move").containsExactly(17);
  }

  @Test
  void itemBehindASyncIsToldOnceMore() {
    TestHub.Peer peer = hub.connect(ANN);
    hub.tellAccount(UpdateType.SYNC_VAULT, ANN);
    hub.wait(Duration.ofSeconds(3));
    hub.tellItem(ANN);
    hub.tellItem(ANN);
    hub.tellItems(ANN);
    assertThat(peer.types()).containsExactly(5, 0, 0, 1);
    hub.wait(Duration.ofSeconds(6));
    assertThat(peer.types()).isEmpty();
    hub.wait(Duration.ofSeconds(1));
    assertThat(peer.types()).as("each once, and what is new with an update").containsExactly(1, 0);
    hub.wait(Duration.ofSeconds(11));
    hub.tellItem(ANN);
    hub.wait(Duration.ofSeconds(30));
    assertThat(peer.types()).as("later ones are not").containsExactly(0);
  }

  /// The sync of its login may have been read before the item, and arrive after it.
  @Test
  void itemBehindALoginIsToldOnceMore() {
    TestHub.Peer peer = hub.logIn(ANN);
    hub.wait(Duration.ofSeconds(2));
    hub.tellItem(ANN);
    assertThat(peer.types()).containsExactly(0);
    hub.wait(Duration.ofSeconds(9));
    assertThat(peer.types()).containsExactly(0);
    hub.wait(Duration.ofSeconds(11));
    hub.tellItem(ANN);
    hub.wait(Duration.ofSeconds(30));
    assertThat(peer.types()).as("later ones are not").containsExactly(0);
  }

  /// The whole process lets so many sync each second.
  @Test
  void whatIsToldOnceMoreDoesNotOvertakeWhatCameBehindIt() {
    TestHub many = new TestHub(500);
    TestHub.Peer peer = many.connect(ANN);
    many.tellAccount(UpdateType.SYNC_ORGANIZATIONS, ANN);
    many.wait(Duration.ofSeconds(5));
    many.tellGone(ANN);
    many.wait(Duration.ofSeconds(4));
    String[] others = new String[400];
    for (int i = 0; i < others.length; i++) {
      others[i] = "00000000-0000-4000-8000-0000000%05d".formatted(i);
      many.connect(others[i]);
    }
    many.tellAccount(UpdateType.SYNC_ORGANIZATIONS, others);
    many.wait(Duration.ofSeconds(2));
    assertThat(peer.types()).containsExactly(17, 2);
    many.tellItems(ANN); // it is there again
    many.wait(Duration.ofSeconds(14));
    assertThat(peer.types()).startsWith(1).doesNotContain(2);
  }

  @Test
  void whatIsToldOnceMoreGoesWithASyncThatIsAskedForMeanwhile() {
    TestHub.Peer peer = hub.connect(ANN);
    hub.tellAccount(UpdateType.SYNC_VAULT, ANN);
    hub.tellItem(ANN);
    hub.tellAccount(UpdateType.SYNC_VAULT, ANN);
    hub.wait(Duration.ofSeconds(30));
    assertThat(peer.types()).as("whatever the account's date says").containsExactly(5, 0, 17);
  }

  @Test
  void whoeverMayJustHaveSyncedIsToldToSyncAgain() {
    TestHub.Peer told = hub.connect(ANN, "desktop");
    TestHub.Peer quiet = hub.connect(BOB);
    TestHub.Peer another = hub.connect(BOB, "rbw"); // syncs at whatever it is told
    hub.wait(Duration.ofSeconds(20));
    TestHub.Peer login = hub.logIn(ANN);
    hub.wait(Duration.ofSeconds(1));
    hub.tellJustSynced(Duration.ofSeconds(2), ANN, BOB);
    assertThat(login.types()).containsExactly(17);
    assertThat(told.types()).isEmpty();
    hub.tellAuthRequest(BOB);
    hub.tellJustSynced(Duration.ofMillis(500), BOB);
    assertThat(another.types()).containsExactly(15, 17);
    assertThat(quiet.types()).containsExactly(15, 17);
  }

  /// A browser's tabs have one name.
  @Test
  void twoConnectionsOfOneDeviceAreToldToSyncAgainOnce() {
    TestHub.Peer one = hub.connect(ANN);
    TestHub.Peer two = hub.connect(ANN);
    hub.tellAuthRequest(ANN);
    hub.tellJustSynced(Duration.ofSeconds(1), ANN);
    hub.wait(Duration.ofSeconds(30));
    assertThat(one.types()).containsExactly(15, 17);
    assertThat(two.types()).containsExactly(15, 17);
  }

  @Test
  void syncThatALoginsMaySwallowIsToldAgain() {
    hub.connect(ANN).leave();
    hub.tellItem(ANN);
    TestHub.Peer peer = hub.logIn(ANN);
    assertThat(peer.types()).containsExactly(17);
    hub.wait(Duration.ofSeconds(11));
    assertThat(peer.types()).containsExactly(17);
    hub.wait(Duration.ofSeconds(60));
    assertThat(peer.types()).isEmpty();
  }

  @Test
  void steadyEditsDoNotMakeASteadyStreamOfSyncs() {
    TestHub.Peer peer = hub.connect(ANN);
    hub.tellAccount(UpdateType.SYNC_VAULT, ANN);
    assertThat(peer.types()).containsExactly(5);
    for (int second = 0; second < 300; second++) {
      hub.tellItem(ANN);
      hub.wait(Duration.ofSeconds(1));
      peer.say(Wire.PING);
    }
    assertThat(peer.types()).containsOnly(0).hasSizeBetween(300, 302);
  }

  @Test
  void allDevicesOfAnAccountAreTold() {
    TestHub.Peer desktop = hub.connect(ANN, "desktop");
    TestHub.Peer phone = hub.connect(ANN, "phone");
    hub.tellAccount(UpdateType.SYNC_VAULT, ANN);
    assertThat(desktop.types()).containsExactly(5);
    assertThat(phone.types()).containsExactly(5);
  }

  @Test
  void twoConnectionsOfOneDeviceAreToldOnceEach() {
    TestHub.Peer one = hub.connect(ANN);
    TestHub.Peer two = hub.connect(ANN);
    hub.tellAccount(UpdateType.SYNC_VAULT, ANN);
    hub.wait(Duration.ofSeconds(30));
    assertThat(one.types()).containsExactly(5);
    assertThat(two.types()).containsExactly(5);
  }

  @Test
  void fiftyASecondInTheWholeProcess() {
    TestHub many = new TestHub(400);
    for (int i = 0; i < 400; i++) {
      many.connect("user-" + i);
    }
    String[] users = new String[400];
    for (int i = 0; i < 400; i++) {
      users[i] = "user-" + i;
    }
    many.tellAccount(UpdateType.SYNC_VAULT, users);
    assertThat(many.queued("sync_vault")).isLessThanOrEqualTo(10);
    many.wait(Duration.ofSeconds(2));
    assertThat(many.queued("sync_vault")).isBetween(15L, 110L);
    for (int i = 0; i < 400; i++) {
      many.wait(Duration.ofMillis(20));
    }
    assertThat(many.queued("sync_vault")).isBetween(390L, 400L);
  }

  @Test
  void logOutCancelsWhatIsQueued() {
    TestHub.Peer peer = hub.connect(ANN);
    hub.tellAccount(UpdateType.SYNC_VAULT, ANN);
    hub.tellAccount(UpdateType.SYNC_VAULT, ANN);
    assertThat(peer.types()).containsExactly(5);
    hub.logOut(ANN, "new");
    assertThat(peer.types()).containsExactly(11);
    hub.wait(Duration.ofSeconds(30));
    assertThat(peer.types()).isEmpty();
  }
}
