package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class JsonLinesTest {
  @Test
  void anEventIsOneLineWithItsCodeAndItsException() throws Exception {
    LoggerContext context = new LoggerContext();
    LoggingEvent event =
        new LoggingEvent(
            "here",
            context.getLogger("io.wardbell.Some"),
            Level.WARN,
            "a \"table\"\nof two lines [WB-PG-14]",
            new IllegalStateException("odd"),
            new Object[0]);
    String line = new String(new JsonLines().encode(event), StandardCharsets.UTF_8);
    assertThat(line).endsWith("}\n").hasLineCount(1);
    JsonNode read = new ObjectMapper().readTree(line);
    assertThat(read.path("level").asText()).isEqualTo("WARN");
    assertThat(read.path("message").asText()).contains("\"table\"\nof two lines");
    assertThat(read.path("code").asText()).isEqualTo("WB-PG-14");
    assertThat(read.path("exception").asText()).contains("IllegalStateException: odd");
  }
}
