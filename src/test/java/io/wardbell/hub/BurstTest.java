package io.wardbell.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.notification.UpdateType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Bulk operations: the first few messages go out one by one, the rest is one message to sync.
class BurstTest {
  private static final String ANN = TestHub.ANN;
  private static final String BOB = TestHub.BOB;

  /// What the server needs for the statements of one item.
  private static final Duration ONE_ITEM = Duration.ofMillis(20);

  private final TestHub hub = new TestHub();

  /// So many items are written one after the other; what the client got meanwhile.
  private List<Integer> bulk(TestHub.Peer peer, int items) {
    List<Integer> got = new ArrayList<>();
    for (int i = 0; i < items; i++) {
      hub.tellItem(ANN);
      hub.wait(ONE_ITEM);
      if (i % 50 == 0) {
        peer.say(Wire.PING);
      }
      got.addAll(peer.types());
    }
    return got;
  }

  private static int count(List<Integer> types, int type) {
    return Collections.frequency(types, type);
  }

  @Test
  void importOfTwoThousandItemsIsTenRequestsAndAFewSyncs() {
    TestHub.Peer peer = hub.connect(ANN);
    List<Integer> during = bulk(peer, 2_000); // 40 s
    assertThat(during.subList(0, 10)).containsOnly(0);
    assertThat(count(during, 0)).as("requests").isLessThanOrEqualTo(3 * HubConfig.BURST_MESSAGES);
    assertThat(count(during, 17)).as("syncs while it goes on").isLessThanOrEqualTo(3);
    hub.wait(Duration.ofSeconds(10));
    assertThat(peer.types()).as("one when it is over").containsExactly(17);
    for (int i = 0; i < 8; i++) {
      hub.wait(Duration.ofSeconds(40));
      peer.say(Wire.PING);
    }
    assertThat(peer.types()).isEmpty();
    hub.tellItem(ANN);
    assertThat(peer.types()).as("afterwards all is as before").containsExactly(0);
  }

  @Test
  void burstIsOverTwoSecondsAfterItsLastMessage() {
    TestHub.Peer peer = hub.connect(ANN);
    assertThat(bulk(peer, 50)).hasSize(10).containsOnly(0);
    hub.wait(Duration.ofMillis(950));
    hub.wait(Duration.ofMillis(950));
    assertThat(peer.types()).isEmpty();
    hub.wait(Duration.ofMillis(100));
    assertThat(peer.types()).containsExactly(17);
    hub.wait(Duration.ofMinutes(1));
    assertThat(peer.types()).isEmpty();
  }

  @Test
  void aHandfulGoesOutAsItIs() {
    TestHub.Peer peer = hub.connect(ANN);
    assertThat(bulk(peer, 10)).hasSize(10);
    hub.wait(Duration.ofMinutes(1));
    assertThat(peer.types()).isEmpty();
  }

  @Test
  void oneItemASecondGoesOutForEver() {
    TestHub.Peer peer = hub.connect(ANN);
    List<Integer> got = new ArrayList<>();
    for (int second = 0; second < 600; second++) {
      hub.tellItem(ANN);
      hub.wait(Duration.ofSeconds(1));
      peer.say(Wire.PING);
      got.addAll(peer.types());
    }
    assertThat(got).hasSize(600).containsOnly(0);
  }

  @Test
  void itemsThatNeverStopMakeASyncEveryEightySeconds() {
    TestHub.Peer peer = hub.connect(ANN);
    bulk(peer, 10_000); // 200 s
    List<Integer> tenMinutes = bulk(peer, 30_000);
    assertThat(count(tenMinutes, 17)).isBetween(6, 9);
    assertThat(count(tenMinutes, 0)).as("requests").isLessThan(110);
  }

  @Test
  void foldersAndSendsCountLoginRequestsDoNot() {
    TestHub.Peer peer = hub.connect(ANN);
    for (int i = 0; i < 5; i++) {
      hub.tellFolder(ANN);
      assertThat(peer.types()).containsExactly(8);
      hub.tellSend(ANN);
      assertThat(peer.types()).containsExactly(13);
    }
    hub.tellSend(ANN);
    assertThat(peer.types()).isEmpty();
    hub.tellAuthRequest(ANN);
    assertThat(peer.types()).containsExactly(15);
    hub.wait(Duration.ofSeconds(2));
    assertThat(peer.types()).containsExactly(17);
  }

  @Test
  void everyClientOfAnAccountHasItsOwnCountHoweverManyConnections() {
    TestHub.Peer one = hub.connect(ANN, "desktop");
    TestHub.Peer two = hub.connect(ANN, "desktop");
    TestHub.Peer phone = hub.connect(ANN, "phone");
    TestHub.Peer bob = hub.connect(BOB);
    List<Integer> ones = new ArrayList<>();
    List<Integer> twos = new ArrayList<>();
    List<Integer> phones = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      hub.tellItems(ANN);
      ones.addAll(one.types());
      twos.addAll(two.types());
      phones.addAll(phone.types());
    }
    assertThat(ones).hasSize(10);
    assertThat(twos).hasSize(10);
    assertThat(phones).hasSize(10);
    hub.tellItems(ANN, BOB);
    assertThat(bob.types()).as("somebody else's burst").containsExactly(1);
    hub.wait(Duration.ofSeconds(3));
    assertThat(one.types()).containsExactly(17);
    assertThat(two.types()).containsExactly(17);
    assertThat(phone.types()).containsExactly(17);
  }

  @Test
  void syncThatWasAskedForDoesNotWaitForTheEndOfABurst() {
    TestHub.Peer peer = hub.connect(ANN);
    bulk(peer, 20);
    hub.tellAccount(UpdateType.SYNC_ORGANIZATIONS, ANN);
    assertThat(peer.types()).containsExactly(17);
    bulk(peer, 20);
    hub.wait(Duration.ofSeconds(10));
    assertThat(peer.types()).as("the rest, ten seconds later").containsExactly(17);
  }

  @Test
  void weakerSyncThatWaitsBecomesOneThatAlwaysSyncs() {
    TestHub.Peer peer = hub.connect(ANN);
    hub.tellAccount(UpdateType.SYNC_VAULT, ANN);
    hub.tellAccount(UpdateType.SYNC_VAULT, ANN);
    peer.types();
    hub.tellItem(ANN);
    assertThat(peer.types()).containsExactly(0);
    hub.wait(Duration.ofSeconds(10));
    assertThat(peer.types()).containsExactly(17);
  }

  @Test
  void whatWasKeptFromAClientThatLeftIsOwedToIt() {
    TestHub.Peer peer = hub.connect(ANN);
    bulk(peer, 20);
    peer.leave();
    hub.wait(Duration.ofMinutes(1));
    assertThat(hub.connect(ANN).types()).containsExactly(17);
  }

  @Test
  void tenThousandMembersAreToldOfAnEditAndNobodySyncs() {
    TestHub many = new TestHub(10_000);
    String[] members = new String[10_000];
    for (int i = 0; i < members.length; i++) {
      members[i] = "user-" + i;
      many.connect(members[i]);
    }
    many.tellItems(members);
    many.wait(Duration.ofSeconds(30));
    assertThat(many.queued("sync_cipher_create")).isEqualTo(10_000);
    assertThat(many.queued("sync_organizations")).isZero();
    assertThat(many.queued("sync_vault")).isZero();
  }

  @Test
  void importForTenThousandMembersMakesFiftySyncsASecond() {
    TestHub many = new TestHub(10_000);
    String[] members = new String[10_000];
    for (int i = 0; i < members.length; i++) {
      members[i] = "user-" + i;
      many.connect(members[i]);
    }
    for (int i = 0; i < 100; i++) {
      many.tellItems(members);
      many.wait(Duration.ofMillis(1));
    }
    assertThat(many.queued("sync_cipher_create")).isEqualTo(10_000 * HubConfig.BURST_MESSAGES);
    long most = 0;
    long before = 0;
    for (int second = 0; second < 220; second++) {
      for (int i = 0; i < 50; i++) {
        many.clock.advance(Duration.ofMillis(20));
        many.hub.duties().release();
      }
      long now = many.queued("sync_organizations");
      most = Math.max(most, now - before);
      before = now;
    }
    assertThat(most).as("syncs in a second").isLessThanOrEqualTo(60);
    assertThat(before).as("everybody's").isEqualTo(10_000);
  }
}
