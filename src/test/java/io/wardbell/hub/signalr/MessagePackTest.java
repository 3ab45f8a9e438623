package io.wardbell.hub.signalr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The bytes are those of facts measured with the official client.
class MessagePackTest {
  private static final String USER = "0b6c5a4e-0000-4000-8000-00000000000a";

  private static String hex(ServerMessage message) {
    return HexFormat.of().formatHex(Protocol.MESSAGE_PACK.encode(message));
  }

  private static List<ClientMessage> decoded(String hex) throws BadMessageException {
    return Protocol.MESSAGE_PACK.decode(HexFormat.of().parseHex(hex));
  }

  @Test
  void pingIsThreeBytes() {
    assertThat(hex(new ServerMessage.Ping())).isEqualTo("029106");
  }

  @Test
  void closeCarriesNilOrTheError() {
    assertThat(hex(new ServerMessage.Close(null))).isEqualTo("039207c0");
    assertThat(hex(new ServerMessage.Close("x"))).isEqualTo("049207a178");
  }

  @Test
  void completionCarriesTheError() {
    assertThat(hex(new ServerMessage.Completion("7", "no"))).isEqualTo("09950380a13701a26e6f");
  }

  @Test
  void invocationIsWhatTheOfficialServerWrites() {
    SequencedMap<String, Value> payload = new LinkedHashMap<>();
    payload.put("userId", new Value.Text(USER));
    SequencedMap<String, Value> argument = new LinkedHashMap<>();
    argument.put("Type", new Value.Whole(5));
    argument.put("Payload", new Value.Fields(payload));
    argument.put("ContextId", new Value.Nil());
    String ascii = HexFormat.of().formatHex(USER.getBytes(StandardCharsets.US_ASCII));
    assertThat(
            hex(
                new ServerMessage.Invocation(
                    "ReceiveMessage", List.of(new Value.Fields(argument)))))
        .isEqualTo(
            "5d960180c0ae526563656976654d6573736167659183a45479706505a75061796c6f616481a6757365724964"
                + "d924"
                + ascii
                + "a9436f6e746578744964c090");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-24T10:00:00.123Z, d7ff1d5353006b056020",
    "2026-11-24T10:00:00Z, d7ff000000006b056020",
    "1969-01-01T00:00:00Z, d7ff0000000000000000",
    "2999-01-01T00:00:00Z, d7ff00000003ffffffff"
  })
  void dateIsAlwaysTimestamp64(Instant date, String bytes) {
    assertThat(hex(new ServerMessage.Invocation("t", List.of(new Value.Date(date)))))
        .contains("91" + bytes + "90");
  }

  @Test
  void longMessageHasALengthOfTwoBytes() {
    byte[] frame = Protocol.MESSAGE_PACK.encode(new ServerMessage.Completion("i", "e".repeat(300)));
    assertThat((frame[0] & 0x7f) | (frame[1] << 7)).isEqualTo(frame.length - 2);
    assertThat(frame[0]).isNegative();
  }

  @Test
  void severalMessagesInOneFrameAreReadInOrder() throws BadMessageException {
    assertThat(decoded("029106" + "039207c0"))
        .containsExactly(new ClientMessage.Ping(), new ClientMessage.Close());
  }

  @Test
  void emptyFrameHoldsNothing() throws BadMessageException {
    assertThat(decoded("")).isEmpty();
  }

  @Test
  void invocationGivesIdAndTarget() throws BadMessageException {
    assertThat(decoded("0a950180a137a3466f6f90"))
        .containsExactly(new ClientMessage.Invocation("7", "Foo"));
    assertThat(decoded("09950180c0a3466f6f90"))
        .containsExactly(new ClientMessage.Invocation(null, "Foo"));
  }

  @Test
  void streamInvocationGivesIdAndTarget() throws BadMessageException {
    assertThat(decoded("0b960480a139a3466f6f9090"))
        .containsExactly(new ClientMessage.StreamInvocation("9", "Foo"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"029102", "029103", "029105", "03920801", "03920901", "02914d"})
  void typesThatDoNotConcernTheHubAreOthers(String hex) throws BadMessageException {
    assertThat(decoded(hex)).hasSize(1).first().isInstanceOf(ClientMessage.Other.class);
  }

  @ParameterizedTest
  @CsvSource({
    "80, a length that does not end",
    "ffffffffff01, a length that does not end",
    "0391, a message shorter than its length says",
    "ffffffff7f91, a message shorter than its length says",
    "0190, a message without a type",
    "01c0, a message that is not MessagePack",
    "029101, an invocation with too few items",
    "00, a message that is not MessagePack",
    "06950180d9ff61, a text that is longer than its message",
    "0a950180dbffffffff616161, a message that is not MessagePack"
  })
  void faultIsNamed(String hex, String fault) {
    assertThatThrownBy(() -> decoded(hex))
        .isInstanceOf(BadMessageException.class)
        .hasMessage(fault);
  }
}
