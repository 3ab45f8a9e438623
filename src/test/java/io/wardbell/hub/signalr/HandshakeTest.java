package io.wardbell.hub.signalr;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakeTest {
  private static final String END = "\u001e";

  private static Handshake read(String text) {
    return Handshake.read(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Protocol accepted(String text) {
    assertThat(read(text)).isInstanceOf(Handshake.Accepted.class);
    return ((Handshake.Accepted) read(text)).protocol();
  }

  private static String refused(String text) {
    assertThat(read(text)).isInstanceOf(Handshake.Refused.class);
    return ((Handshake.Refused) read(text)).error();
  }

  @Test
  void officialClientIsAccepted() {
    assertThat(accepted("{\"protocol\":\"messagepack\",\"version\":1}" + END))
        .isEqualTo(Protocol.MESSAGE_PACK);
    assertThat(accepted("{\"protocol\":\"json\",\"version\":1}" + END)).isEqualTo(Protocol.JSON);
  }

  @Test
  void endMayBeMissing() {
    assertThat(accepted("{\"protocol\":\"messagepack\",\"version\":1}"))
        .isEqualTo(Protocol.MESSAGE_PACK);
  }

  @Test
  void moreKeysAndAnyOrderAreSkipped() {
    assertThat(accepted("{\"version\":2, \"x\":[1,{}], \"protocol\":\"messagepack\"}" + END))
        .isEqualTo(Protocol.MESSAGE_PACK);
  }

  @Test
  void whatFollowsIsKept() {
    Handshake read = read("{\"protocol\":\"json\",\"version\":1}" + END + "{\"type\":6}" + END);
    assertThat(((Handshake.Accepted) read).rest())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("{\"type\":6}" + END);
  }

  @Test
  void unknownProtocolIsRefusedByName() {
    assertThat(refused("{\"protocol\":\"carrier\",\"version\":1}" + END))
        .isEqualTo("The protocol 'carrier' is not supported.");
  }

  @Test
  void versionOfTheFutureIsRefused() {
    assertThat(refused("{\"protocol\":\"messagepack\",\"version\":3}" + END))
        .isEqualTo("The server does not support version 3 of the 'messagepack' protocol.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        END,
        "{" + END,
        "[]" + END,
        "null" + END,
        "{\"protocol\":\"messagepack\"}" + END,
        "{\"version\":1}" + END,
        "{\"protocol\":1,\"version\":1}" + END,
        "{\"protocol\":\"messagepack\",\"version\":\"1\"}" + END,
        "{\"protocol\":\"messagepack\",\"version\":1} {}" + END,
        "\u0002\u0091\u0006"
      })
  void whatIsNoHandshakeIsRefused(String text) {
    assertThat(refused(text))
        .isEqualTo("An unexpected error occurred during connection handshake.");
  }

  @Test
  void answersEndWithTheSeparator() {
    assertThat(Handshake.Accepted.answer()).containsExactly('{', '}', 0x1e);
    assertThat(Handshake.Refused.LATE.answer())
        .asString(StandardCharsets.UTF_8)
        .isEqualTo("{\"error\":\"Handshake was canceled.\"}" + END);
  }
}
