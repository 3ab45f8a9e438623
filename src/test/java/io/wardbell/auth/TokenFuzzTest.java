package io.wardbell.auth;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/// Coverage-guided: `JAZZER_FUZZ=1 mvn test -Dtest=TokenFuzzTest#text`, one method at a time. Left
/// out otherwise, because the fuzzer rewrites the classes of the whole process; see
/// [HostileTokenTest].
@NullUnmarked
@EnabledIfEnvironmentVariable(named = "JAZZER_FUZZ", matches = "1")
class TokenFuzzTest {
  private static final AnyToken ANY = new AnyToken();

  @FuzzTest(maxDuration = "1m")
  void text(byte[] data) {
    ANY.text(data);
  }

  @FuzzTest(maxDuration = "1m")
  void claims(byte[] data) {
    ANY.claims(data);
  }
}
