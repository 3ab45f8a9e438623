package io.wardbell.routing;

import static io.wardbell.change.Changes.*;
import static io.wardbell.routing.Stage.CONFIRMED;
import static io.wardbell.routing.Stage.T0;
import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.change.RowChange;
import io.wardbell.notification.Audience;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What one operation may cost all clients together, also where an organization is large and where
/// strangers are at work for a whole day. (What a burst costs one client: `BurstTest` of the hub.)
class BoundsTest {
  private static final int MEMBERS = 10_000;

  private final Stage stage = new Stage();

  private void large() {
    RowChange[] members = new RowChange[2 * MEMBERS];
    for (int i = 0; i < MEMBERS; i++) {
      members[2 * i] = user("user" + i, T0, "s", true);
      members[2 * i + 1] = member("m" + i, "user" + i, "org", CONFIRMED, true);
    }
    stage.begin(Stage.team(members)).pass(Duration.ofSeconds(60));
  }

  /// At the pace of a real server, which needs some 20 s for all of them.
  private void bumpEverybody() {
    for (int i = 0; i < MEMBERS; i++) {
      stage.commit(user("user" + i, stage.time(), "s", true)).pass(2);
    }
  }

  @Test
  void editIsOneMessageThoughTheBumpsTakeAWhile() {
    large();
    bumpEverybody();
    stage.commit(shared("item", "org", stage.time()));
    bumpEverybody();
    stage.pass(Duration.ofMinutes(2));
    assertThat(stage.told()).singleElement().asString().startsWith("0 item -> ");
    assertThat(((Audience.Users) stage.deliveries.getFirst().audience()).users())
        .hasSize(MEMBERS + 3);
  }

  @Test
  void aThousandItemsBeforeTenThousandEyesShareWhoIsTold() {
    large();
    RowChange[] items = new RowChange[2_000];
    for (int i = 0; i < items.length; i++) {
      items[i] = shared("i" + i / 2, "org", stage.time().plusMillis(i));
    }
    stage.commit(items);
    assertThat(stage.deliveries).hasSize(2_000);
    assertThat(audiences()).hasSizeLessThan(4);
    stage.forget().pass(Duration.ofSeconds(10));
    assertThat(stage.told())
        .as("what is told twice is confirmed, or makes sync where it is too much")
        .hasSizeLessThan(202)
        .anyMatch(line -> line.startsWith("17 -> "))
        .allMatch(line -> line.matches("(17|[01] i\\d+) -> .*"));
    assertThat(audiences()).hasSizeLessThan(4);
  }

  /// The sets of people in what was told, each once however often it is used.
  private Set<Set<?>> audiences() {
    Set<Set<?>> different = Collections.newSetFromMap(new IdentityHashMap<>());
    stage.deliveries.forEach(
        delivery -> different.add(((Audience.Users) delivery.audience()).users()));
    return different;
  }

  @Test
  void deletionIsAFewMessagesAndNoSync() {
    large();
    stage.commit(unlink("item", "shelf")).pass(5).commit(drop("ciphers", "item"));
    stage.pass(Duration.ofMinutes(2));
    List<String> told = stage.told();
    assertThat(told).hasSizeLessThan(6).allMatch(line -> line.matches("[02] item -> .*"));
  }

  @Test
  void collectionIsOneSyncOfThoseWhoSeeIt() {
    large();
    stage.commit(collection("new", "org"));
    bumpEverybody();
    stage.pass(Duration.ofMinutes(2));
    assertThat(stage.told()).singleElement().asString().startsWith("17 -> ");
  }

  @Test
  void strangersAtTwoSendsForADayMakeNoSync() {
    stage.begin(Stage.team(send("a", "alice", T0, 0), send("b", "alice", T0, 0)));
    stage.pass(Duration.ofSeconds(60));
    int opened = 0;
    for (int second = 0; second < 86_400; second += 5) {
      stage.commit(user("alice", stage.time(), "a", true));
      stage.commit(send(second % 2 == 0 ? "a" : "b", "alice", stage.time(), ++opened));
      stage.commit(user("alice", stage.time(), "a", true));
      stage.pass(5_000);
    }
    stage.pass(Duration.ofMinutes(3));
    List<String> told = stage.told();
    assertThat(told).allMatch(line -> line.startsWith("13 ")).hasSizeLessThan(2 * 2 * 24 * 60 + 4);
  }
}
