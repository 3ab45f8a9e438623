package io.wardbell.hub;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.wardbell.hub.signalr.Protocol;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;

/// Coverage-guided: `JAZZER_FUZZ=1 mvn test -Dtest=ProtocolFuzzTest#handshake`, one method at a
/// time. Left out otherwise, because the fuzzer rewrites the classes of the whole process; see
/// [HostileBytesTest].
@NullUnmarked
@EnabledIfEnvironmentVariable(named = "JAZZER_FUZZ", matches = "1")
class ProtocolFuzzTest {
  private static final AnyBytes ANY = new AnyBytes();

  @FuzzTest(maxDuration = "1m")
  void handshake(byte[] data) {
    ANY.handshake(data);
  }

  @FuzzTest(maxDuration = "1m")
  void messagePack(byte[] data) {
    ANY.messages(Protocol.MESSAGE_PACK, data);
  }

  @FuzzTest(maxDuration = "1m")
  void json(byte[] data) {
    ANY.messages(Protocol.JSON, data);
  }

  @FuzzTest(maxDuration = "1m")
  void session(byte[] data) {
    ANY.session(data);
  }
}
