package io.wardbell.auth;

import io.wardbell.Mutations;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Whatever stands in the place of a token is judged. More with `-Dprotocol.fuzz.rounds=`, a
/// failure again with `-Dprotocol.fuzz.seed=`; guided by coverage in [TokenFuzzTest].
class HostileTokenTest {
  private static final int ROUNDS = Integer.getInteger("protocol.fuzz.rounds", 5_000) / 10;
  private static final long SEED = Long.getLong("protocol.fuzz.seed", new Random().nextInt());

  private final AnyToken any = new AnyToken();

  private static void attack(byte[][] samples, Consumer<byte[]> target) {
    for (int round = 0; round <= ROUNDS; round++) {
      long seed = SEED + round;
      byte[] data = new Mutations(new Random(seed)).of(samples);
      try {
        target.accept(data);
      } catch (RuntimeException | AssertionError | StackOverflowError e) {
        throw new AssertionError(
            "again with -Dprotocol.fuzz.rounds=1 -Dprotocol.fuzz.seed=" + seed, e);
      }
    }
  }

  @Test
  void spoiltTokens() {
    attack(
        new byte[][] {any.sample(), "eyJhbGciOiJub25lIn0.e30.".getBytes(StandardCharsets.US_ASCII)},
        any::text);
  }

  @Test
  void strangeClaimsWithTheRightSignature() {
    String claims =
        "{\"iss\":\"https://vault.example.org|login\",\"sub\":\"user\",\"nbf\":1,\"exp\":%s,"
            + "\"sstamp\":\"s\",\"device\":\"d\",\"email\":\"e\",\"scope\":[\"api\"],\"iat\":%s}";
    String[] numbers = {"99999999999", "1e300", "-9223372036854775808", "\"1\"", "1.5", "null"};
    byte[][] samples = new byte[numbers.length * 2][];
    for (int i = 0; i < samples.length; i++) {
      String number = numbers[i / 2];
      samples[i] =
          (i % 2 == 0 ? claims.formatted(number, "1") : claims.formatted("9999999999", number))
              .getBytes(StandardCharsets.UTF_8);
    }
    attack(samples, any::claims);
  }
}
