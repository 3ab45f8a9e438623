package io.wardbell.hub.signalr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
  private static final String END = "\u001e";

  private static String text(ServerMessage message) {
    return new String(Protocol.JSON.encode(message), StandardCharsets.UTF_8);
  }

  private static List<ClientMessage> decoded(String text) throws BadMessageException {
    return Protocol.JSON.decode(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void messagesAreWrittenAsTheOfficialServerDoes() {
    SequencedMap<String, Value> argument = new LinkedHashMap<>();
    argument.put("Type", new Value.Whole(0));
    argument.put("At", new Value.Date(Instant.parse("2026-11-24T10:00:00.123Z")));
    argument.put("ContextId", new Value.Nil());
    assertThat(text(new ServerMessage.Invocation("Receive", List.of(new Value.Fields(argument)))))
        .isEqualTo(
            "{\"type\":1,\"target\":\"Receive\",\"arguments\":[{\"Type\":0,"
                + "\"At\":\"2026-11-24T10:00:00.123Z\",\"ContextId\":null}]}"
                + END);
    assertThat(text(new ServerMessage.Ping())).isEqualTo("{\"type\":6}" + END);
    assertThat(text(new ServerMessage.Close(null))).isEqualTo("{\"type\":7}" + END);
    assertThat(text(new ServerMessage.Close("e"))).isEqualTo("{\"type\":7,\"error\":\"e\"}" + END);
    assertThat(text(new ServerMessage.Completion("1", "e")))
        .isEqualTo("{\"type\":3,\"invocationId\":\"1\",\"error\":\"e\"}" + END);
  }

  @Test
  void severalMessagesInOneFrameAreReadInOrder() throws BadMessageException {
    assertThat(
            decoded(
                "{\"type\":6}"
                    + END
                    + "{\"type\":1,\"target\":\"F\",\"arguments\":[]}"
                    + END
                    + "{\"type\":4,\"invocationId\":\"3\",\"target\":\"G\",\"arguments\":[]}"
                    + END
                    + "{\"type\":9,\"sequenceId\":1}"
                    + END
                    + "{\"type\":7}"
                    + END))
        .containsExactly(
            new ClientMessage.Ping(),
            new ClientMessage.Invocation(null, "F"),
            new ClientMessage.StreamInvocation("3", "G"),
            new ClientMessage.Other(9),
            new ClientMessage.Close());
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "`{\"type\":6}`, a message that does not end",
        "`{\u001e`, a message that is not JSON",
        "`{}\u001e`, a message without a type",
        "`\u001e`, a message without a type",
        "`[6]\u001e`, a message without a type",
        "`{\"type\":\"6\"}\u001e`, a message without a type",
        "`{\"type\":1}\u001e`, an invocation without target"
      })
  void faultIsNamed(String text, String fault) {
    assertThatThrownBy(() -> decoded(text))
        .isInstanceOf(BadMessageException.class)
        .hasMessage(fault);
  }
}
