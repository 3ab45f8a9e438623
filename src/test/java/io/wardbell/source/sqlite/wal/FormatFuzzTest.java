package io.wardbell.source.sqlite.wal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/// Coverage-guided: `JAZZER_FUZZ=1 mvn test -Dtest=FormatFuzzTest#pages`, one method at a time.
/// Left out otherwise, because the fuzzer rewrites the classes of the whole process.
@NullUnmarked
@EnabledIfEnvironmentVariable(named = "JAZZER_FUZZ", matches = "1")
class FormatFuzzTest {
  @FuzzTest
  void pages(byte[] data) {
    byte[] page = Arrays.copyOf(data, 512);
    for (int number = 1; number <= 2; number++) {
      for (boolean index : new boolean[] {false, true}) {
        try {
          BTreePage parsed = BTreePage.parse(number, page, 512, index);
          parsed.children();
          for (int i = 0; parsed.hasRows() && i < parsed.cells(); i++) {
            parsed.cell(i);
            assertThat(parsed.localBytes()).isLessThanOrEqualTo(parsed.payloadBytes());
          }
        } catch (MalformedPageException | IndexOutOfBoundsException _) {
          // The two ways in which a page may be refused.
        }
      }
    }
  }

  @FuzzTest
  void logs(byte[] data) throws Exception {
    MemoryFile log = new MemoryFile(() -> {});
    log.write(data, 0);
    WalHeader header = WalHeader.read(log);
    if (header != null) {
      int[] last = {0};
      new FrameScan(log, header)
          .run(
              Integer.MAX_VALUE,
              found -> {
                assertThat(found.first()).isEqualTo(last[0] + 1);
                last[0] = found.last();
              });
    }
  }

  @FuzzTest
  void statements(byte[] data) {
    try {
      CreateTable.parse(new String(data, StandardCharsets.UTF_8));
    } catch (MalformedPageException _) {
      // Not understood, and said so.
    }
  }
}
