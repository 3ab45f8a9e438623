package io.wardbell.hub;

import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.KnownAccounts;
import io.wardbell.ManualClock;
import io.wardbell.auth.Principal;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.id.StampHash;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import io.wardbell.observe.Count;
import io.wardbell.observe.Metrics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The hub with connections in memory and a clock that the test moves.
class HubTest {
  static final String ANN = "00000000-0000-4000-8000-00000000000a";
  static final String BOB = "00000000-0000-4000-8000-00000000000b";
  private static final Id<Kind.Cipher> CIPHER = Id.of("00000000-0000-4000-8000-0000000000c1");
  private static final HubConfig LIMITS =
      new HubConfig(20, 3, 10, 2, 5, 15, 1024, 20, 32, 4096, 30, 60, 100, 100);

  private final ManualClock clock = new ManualClock();
  private final KnownAccounts accounts = new KnownAccounts();
  private final Metrics metrics = new Metrics();
  private final Hub hub = new Hub(LIMITS, accounts, metrics, clock);

  /// A client and its connection.
  private record Peer(FakeTransport transport, Link link) {
    void say(String hex) {
      link.received(Wire.hex(hex), false);
    }

    List<String> taken() {
      return transport.taken();
    }
  }

  @BeforeEach
  void completeModel() {
    accounts.put(ANN, "stamp");
    accounts.put(BOB, "stamp");
    accounts.asOf(clock.now());
  }

  private Caller.Account caller(String user, String stamp) {
    Instant issued = clock.now().minusSeconds(60);
    return new Caller.Account(new Principal(Id.of(user), StampHash.of(stamp), "device", issued));
  }

  private Peer open(Caller caller) {
    Admission admission = hub.admit(caller, "192.0.2.1");
    assertThat(admission).isInstanceOf(Admission.Ticket.class);
    FakeTransport transport = new FakeTransport();
    Peer peer = new Peer(transport, hub.open((Admission.Ticket) admission, transport));
    transport.run();
    return peer;
  }

  /// A client that shook hands and pinged.
  private Peer connect(Caller caller) {
    Peer peer = open(caller);
    peer.link().received(Wire.handshake("messagepack"), true);
    assertThat(peer.taken()).containsExactly(Wire.OK);
    peer.say(Wire.PING);
    peer.taken();
    return peer;
  }

  private Peer connect(String user) {
    return connect(caller(user, "stamp"));
  }

  private void tick(Duration by) {
    clock.advance(by);
    hub.duties().release();
    hub.duties().look();
  }

  private static Notification item() {
    return new Notification.OfCipher(
        UpdateType.SYNC_CIPHER_UPDATE,
        CIPHER,
        Id.of(ANN),
        null,
        null,
        Instant.parse("2026-11-24T10:00:00Z"));
  }

  private void tell(Notification notification, String... users) {
    Set<Id<Kind.User>> ids = new HashSet<>();
    for (String user : users) {
      ids.add(Id.of(user));
    }
    hub.deliver(new Delivery(notification, new Audience.Users(ids)));
  }

  @Test
  void itemReachesEverySessionOfTheAudienceAndNobodyElse() {
    Peer desktop = connect(ANN);
    Peer phone = connect(ANN);
    Peer other = connect(BOB);
    tell(item(), ANN);
    String expected =
        "[1,{},null,\"ReceiveMessage\",[{\"Type\":0,\"Payload\":{\"Id\":\""
            + CIPHER
            + "\",\"UserId\":\""
            + ANN
            + "\",\"OrganizationId\":null,\"CollectionIds\":null,\"RevisionDate\":";
    assertThat(desktop.taken())
        .hasSize(1)
        .allSatisfy(hex -> assertThat(Wire.json(hex)).startsWith(expected));
    assertThat(phone.taken()).hasSize(1);
    assertThat(other.taken()).isEmpty();
  }

  @Test
  void accountMessageNamesEachRecipient() {
    String odd = "Not-A-Uuid";
    accounts.put(odd, "stamp");
    Peer ann = connect(ANN);
    Peer third = connect(odd);
    tell(new Notification.OfAccount(UpdateType.SYNC_SETTINGS, clock.now()), ANN, odd);
    assertThat(Wire.json(ann.taken().getFirst())).contains("\"UserId\":\"" + ANN + "\",\"Date\":");
    assertThat(Wire.json(third.taken().getFirst())).contains("\"UserId\":\"" + odd + "\"");
  }

  @Test
  void jsonClientGetsText() {
    Peer peer = open(caller(ANN, "stamp"));
    peer.link().received(Wire.handshake("json"), true);
    assertThat(peer.transport().text).containsExactly(true);
    peer.taken();
    tell(new Notification.OfAccount(UpdateType.SYNC_SETTINGS, clock.now()), ANN);
    peer.transport().run();
    assertThat(peer.transport().text).containsExactly(true);
    assertThat(peer.transport().sent.getFirst())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo(
            "{\"type\":1,\"target\":\"ReceiveMessage\",\"arguments\":[{\"Type\":10,\"Payload\":"
                + "{\"UserId\":\""
                + ANN
                + "\",\"Date\":\"2026-11-24T10:00:00Z\"},\"ContextId\":null}]}\u001e");
  }

  @Test
  void messagesBeforeTheHandshakeWaitForIt() {
    Peer peer = open(caller(ANN, "stamp"));
    tell(item(), ANN);
    assertThat(peer.taken()).isEmpty();
    peer.link().received(Wire.handshake("messagepack"), false);
    assertThat(peer.taken()).hasSize(2).first().isEqualTo(Wire.OK);
  }

  @Test
  void orderIsTheDeliverersOrder() {
    Peer peer = connect(ANN);
    tell(
        new Notification.OfFolder(
            UpdateType.SYNC_FOLDER_CREATE, Id.of("f"), Id.of(ANN), clock.now()),
        ANN);
    tell(item(), ANN);
    tell(
        new Notification.OfSend(UpdateType.SYNC_SEND_CREATE, Id.of("s"), Id.of(ANN), clock.now()),
        ANN);
    assertThat(
            peer.taken().stream()
                .map(Wire::json)
                .map(json -> json.replaceAll(".*\"Type\":(\\d+).*", "$1")))
        .containsExactly("7", "0", "12");
  }

  @Test
  void staleSessionsAreToldToLogOutAndClosed() {
    Peer old = connect(ANN);
    accounts.put(ANN, "new");
    Peer fresh = connect(caller(ANN, "new"));
    hub.deliver(
        new Delivery(
            new Notification.OfAccount(UpdateType.LOG_OUT, clock.now()),
            new Audience.StaleSessions(Id.of(ANN), StampHash.of("new"))));
    List<String> taken = old.taken();
    assertThat(Wire.json(taken.getFirst())).contains("\"Type\":11");
    assertThat(taken).last().isEqualTo("039207c0");
    assertThat(old.transport().closeCode).isEqualTo(1000);
    assertThat(fresh.taken()).isEmpty();
  }

  @Test
  void staleTokenGetsHandshakeThenLogOutThenClose() {
    Peer peer = open(caller(ANN, "older"));
    assertThat(peer.taken()).isEmpty();
    peer.link().received(Wire.handshake("messagepack"), true);
    List<String> taken = peer.taken();
    assertThat(taken).hasSize(3).startsWith(Wire.OK).endsWith("039207c0");
    assertThat(Wire.json(taken.get(1))).contains("\"Type\":11");
  }

  @Test
  void withoutAModelEverybodyIsLetInAndCheckedLater() {
    accounts.asOf(null);
    accounts.remove(ANN);
    Peer peer = connect(ANN);
    tick(Duration.ofSeconds(2));
    assertThat(peer.taken()).isEmpty();
    accounts.asOf(clock.now());
    hub.recheckAccounts();
    assertThat(Wire.json(peer.taken().getFirst())).contains("\"Type\":11");
  }

  @Test
  void tokenNewerThanTheModelIsCheckedOnceTheModelKnowsMore() {
    Peer peer =
        connect(
            new Caller.Account(
                new Principal(Id.of(ANN), StampHash.of("new"), "device", clock.now())));
    tick(Duration.ofSeconds(1));
    assertThat(peer.taken()).isEmpty();
    accounts.asOf(clock.now().plusSeconds(60));
    hub.duties().release();
    hub.duties().look();
    assertThat(Wire.json(peer.taken().getFirst())).contains("\"Type\":11");
  }

  /// The server writes nothing else: no later commit would ever settle it.
  @Test
  void whoWasCurrentIsLoggedOutByTheNextStampHoweverFreshTheLogin() {
    clock.advance(Duration.ofHours(1));
    Peer peer =
        connect(
            new Caller.Account(
                new Principal(Id.of(ANN), StampHash.of("stamp"), "device", clock.now())));
    accounts.put(ANN, "new");
    hub.deliver(
        new Delivery(
            new Notification.OfAccount(UpdateType.LOG_OUT, clock.now()),
            new Audience.StaleSessions(Id.of(ANN), StampHash.of("new"))));
    assertThat(Wire.json(peer.taken().getFirst())).contains("\"Type\":11");
    assertThat(peer.transport().closeCode).isEqualTo(1000);
  }

  @Test
  void approvalReachesAllWhoWaitEvenThoseWhoComeLate() {
    Caller waiting = new Caller.Waiting("request");
    Peer early = connect(waiting);
    Notification approval =
        new Notification.OfAuthRequest(
            UpdateType.AUTH_REQUEST_RESPONSE, Id.of("request"), Id.of(ANN), "device");
    hub.deliver(new Delivery(approval, new Audience.Anonymous(Id.of("request"))));
    String expected =
        "[1,{},null,\"AuthRequestResponseRecieved\",[{\"Type\":16,\"Payload\":{\"Id\":\"request\","
            + "\"UserId\":\""
            + ANN
            + "\"},\"UserId\":\""
            + ANN
            + "\"}],[]]";
    assertThat(early.taken()).singleElement().extracting(Wire::json).isEqualTo(expected);

    Peer late = open(waiting);
    late.link().received(Wire.handshake("messagepack"), true);
    assertThat(late.taken()).as("not right behind the handshake").containsExactly(Wire.OK);
    late.say(Wire.PING);
    assertThat(late.taken()).singleElement().extracting(Wire::json).isEqualTo(expected);
  }

  @Test
  void approvalIsForgottenAfterTheRequestsLife() {
    Notification approval =
        new Notification.OfAuthRequest(
            UpdateType.AUTH_REQUEST_RESPONSE, Id.of("request"), Id.of(ANN), null);
    hub.deliver(new Delivery(approval, new Audience.Anonymous(Id.of("request"))));
    clock.advance(Duration.ofMinutes(15).plusSeconds(1));
    Peer late = open(new Caller.Waiting("request"));
    late.link().received(Wire.handshake("messagepack"), true);
    late.say(Wire.PING);
    assertThat(late.taken()).containsExactly(Wire.OK);
  }

  @Test
  void silentHubPingsWithinFifteenSeconds() {
    Peer peer = connect(ANN);
    for (int second = 0; second < 14; second++) {
      tick(Duration.ofSeconds(1));
    }
    assertThat(peer.taken()).containsExactly(Wire.PING);
  }

  @Test
  void clientThatNeverPingedIsNeverCut() {
    Peer peer = open(caller(ANN, "stamp"));
    peer.link().received(Wire.handshake("messagepack"), true);
    for (int minute = 0; minute < 60; minute++) {
      tick(Duration.ofMinutes(1));
      peer.transport().run();
    }
    assertThat(peer.transport().closeCode).isNull();
    assertThat(peer.transport().aborted).isFalse();
  }

  @Test
  void clientThatPingedAndFellSilentIsCutAfterAMinute() {
    Peer peer = connect(ANN);
    tick(Duration.ofSeconds(60));
    peer.transport().run();
    assertThat(peer.transport().closeCode).isNull();
    tick(Duration.ofSeconds(1));
    peer.transport().run();
    assertThat(peer.transport().closeCode).isEqualTo(CloseReason.SILENT.wsCode());
    tick(Duration.ofSeconds(6)); // it does not answer that either
    peer.transport().run();
    assertThat(peer.transport().aborted).isTrue();
    assertThat(metrics.counted(Count.SESSIONS_CLOSED)).containsExactly(Map.entry("silent", 1L));
  }

  @Test
  void lateHandshakeIsRefused() {
    Peer peer = open(caller(ANN, "stamp"));
    tick(Duration.ofSeconds(16));
    peer.transport().run();
    assertThat(peer.transport().sent.getFirst())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("{\"error\":\"Handshake was canceled.\"}\u001e");
    assertThat(peer.transport().closeCode).isEqualTo(1008);
  }

  @Test
  void readerThatStoppedGetsOneSyncForItsBacklog() {
    Peer peer = connect(ANN);
    peer.transport().stalled = true;
    tell(item(), ANN);
    peer.transport().run();
    for (int i = 0; i < 50; i++) {
      tell(item(), ANN);
    }
    assertThat(peer.taken()).hasSize(1);
    peer.transport().unstall();
    assertThat(peer.taken())
        .singleElement()
        .satisfies(hex -> assertThat(Wire.json(hex)).contains("\"Type\":17"));
    tick(Duration.ofSeconds(5)); // so many messages were a burst
    tell(item(), ANN);
    assertThat(peer.taken()).as("and goes on as before").hasSize(1);
  }

  @Test
  void readerThatStaysStuckIsCut() {
    Peer peer = connect(ANN);
    peer.transport().stalled = true;
    tell(item(), ANN);
    peer.transport().run();
    tick(Duration.ofSeconds(31));
    peer.transport().run();
    assertThat(peer.transport().aborted).isTrue();
    assertThat(hub.sessions()).isZero();
  }

  @Test
  void callOfAMethodIsAnsweredWithAnErrorIfAnAnswerIsWanted() {
    Peer peer = connect(ANN);
    peer.say("0a950180a137a3466f6f90");
    assertThat(Wire.json(peer.taken().getFirst()))
        .isEqualTo("[3,{},\"7\",1,\"Unknown hub method 'Foo'\"]");
    peer.say("09950180c0a3466f6f90");
    assertThat(peer.taken()).isEmpty();
    peer.say("0b960480a139a3466f6f9090");
    assertThat(Wire.json(peer.taken().getFirst()))
        .isEqualTo("[3,{},\"9\",1,\"Unknown hub method 'Foo'\"]");
  }

  @Test
  void otherTypesAreIgnored() {
    Peer peer = connect(ANN);
    for (String type : List.of("029102", "029103", "029105", "03920801", "03920901")) {
      peer.say(type);
    }
    assertThat(peer.taken()).isEmpty();
    assertThat(peer.transport().closeCode).isNull();
  }

  @Test
  void brokenMessageIsAnsweredWithCloseAndError() {
    Peer peer = connect(ANN);
    peer.say("0391");
    assertThat(Wire.json(peer.taken().getFirst()))
        .isEqualTo("[7,\"Connection closed with an error.\"]");
    assertThat(peer.transport().closeCode).isEqualTo(1002);
  }

  @Test
  void messageThatIsTooLargeIsAnsweredWithCloseAndError() {
    Peer peer = connect(ANN);
    peer.link().receivedTooMuch();
    assertThat(Wire.json(peer.taken().getFirst()))
        .isEqualTo("[7,\"Connection closed with an error.\"]");
  }

  @Test
  void jsonInABinaryMessageIsReadAsTheJavaClientSendsIt() {
    Peer peer = open(caller(ANN, "stamp"));
    peer.link().received(Wire.handshake("json"), false);
    peer.link().received("{\"type\":6}\u001e".getBytes(StandardCharsets.UTF_8), false);
    peer.taken();
    tell(item(), ANN);
    assertThat(peer.taken()).hasSize(1);
    assertThat(peer.transport().closeCode).isNull();
  }

  @Test
  void textAfterAMessagePackHandshakeIsBroken() {
    Peer peer = connect(ANN);
    peer.link().received(Wire.hex(Wire.PING), true);
    assertThat(peer.taken()).isNotEmpty();
    assertThat(peer.transport().closeCode).isEqualTo(1002);
  }

  @Test
  void clientThatSendsTooMuchIsCut() {
    Peer peer = connect(ANN);
    for (int i = 0; i < 30; i++) {
      peer.say(Wire.PING);
    }
    assertThat(peer.transport().closeCode).isEqualTo(1008);
  }

  @Test
  void closeOfTheClientIsAnsweredWithTheWebSocketsClose() {
    Peer peer = connect(ANN);
    peer.say("039207c0");
    tell(item(), ANN);
    assertThat(peer.taken()).as("nothing more").isEmpty();
    assertThat(peer.transport().closeCode).isEqualTo(1000);
    peer.link().closed(true);
    assertThat(hub.sessions()).isZero();
  }

  @Test
  void oneMoreThanAnAccountMayHaveClosesTheOldest() {
    Peer oldest = connect(ANN);
    connect(ANN);
    connect(ANN);
    connect(ANN);
    oldest.transport().run();
    assertThat(oldest.transport().closeCode).isEqualTo(CloseReason.REPLACED.wsCode());
  }

  /// None of them answers the close.
  @Test
  void accountThatOpensManyAtOnceKeepsAsManyAsItMay() {
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      peers.add(connect(ANN));
    }
    peers.forEach(peer -> peer.transport().run());
    tick(Duration.ofSeconds(6));
    peers.forEach(peer -> peer.transport().run());
    assertThat(hub.sessions()).isEqualTo(LIMITS.connectionsPerUserMax());
  }

  @Test
  void oneThatGivesWayBeforeItsHandshakeIsGoneAtOnce() {
    Peer oldest = open(caller(ANN, "stamp"));
    for (int i = 0; i < LIMITS.connectionsPerUserMax(); i++) {
      open(caller(ANN, "stamp"));
    }
    oldest.transport().run();
    assertThat(oldest.transport().aborted).isTrue();
    assertThat(hub.sessions()).isEqualTo(LIMITS.connectionsPerUserMax());
  }

  @Test
  void answerCostsNoMoreThanItsQuestion() {
    Peer peer = connect(ANN);
    peer.say("b9ea01" + "950180a137da7530" + "ff".repeat(30_000) + "90");
    assertThat(peer.taken()).singleElement().asString().hasSizeLessThan(1_000);
  }

  @Test
  void answersThatNobodyReadsAreBounded() {
    Peer peer = connect(ANN);
    peer.transport().stalled = true;
    for (int i = 0; i < 12; i++) {
      peer.say("db0f" + "950180da07d0" + "61".repeat(2_000) + "a3466f6f" + "90");
    }
    tick(Duration.ofSeconds(6));
    peer.transport().run();
    assertThat(peer.transport().aborted).isTrue();
    assertThat(metrics.counted(Count.SESSIONS_CLOSED))
        .containsExactly(Map.entry("too_many_messages", 1L));
  }

  @Test
  void addressesAreLimitedAndPlacesComeBack() {
    List<Peer> peers = new ArrayList<>();
    peers.add(connect(new Caller.Waiting("r")));
    peers.add(connect(new Caller.Waiting("r")));
    assertThat(hub.admit(new Caller.Waiting("r"), "192.0.2.1"))
        .isEqualTo(new Admission.Refused(429, "anonymous"));
    assertThat(hub.admit(new Caller.Waiting("r"), "192.0.2.2"))
        .isInstanceOf(Admission.Ticket.class);
    peers.getFirst().link().closed(true);
    assertThat(hub.admit(new Caller.Waiting("r"), "192.0.2.1"))
        .isInstanceOf(Admission.Ticket.class);
  }

  @Test
  void wayToTheSocketIsTimedForTheFirstOfManyClientsAndThenEach64th() {
    TestHub crowd = new TestHub(200);
    for (int i = 0; i < 130; i++) {
      crowd.connect(ANN, "device-" + i);
    }
    crowd.tellAuthRequest(ANN);
    crowd.wait(Duration.ofMillis(1));
    assertThat(crowd.metrics.scrape()).contains("wardbell_routed_to_sent_seconds_count 3\n");
  }

  @Test
  void unfinishedHandshakesAreLimited() {
    for (int i = 0; i < 5; i++) {
      open(caller(ANN, "stamp"));
    }
    assertThat(hub.admit(caller(BOB, "stamp"), "192.0.2.9"))
        .isEqualTo(new Admission.Refused(503, "handshakes"));
  }

  @Test
  void ticketsThatLedToNoSessionGiveTheirPlaceBack() {
    for (int i = 0; i < 50; i++) {
      Admission admission = hub.admit(caller(ANN, "stamp"), "192.0.2.1");
      assertThat(admission).isInstanceOf(Admission.Ticket.class);
      ((Admission.Ticket) admission).release();
      ((Admission.Ticket) admission).release();
    }
  }
}
