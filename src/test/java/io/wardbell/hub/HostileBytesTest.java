package io.wardbell.hub;

import io.wardbell.Mutations;
import io.wardbell.hub.signalr.Protocol;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Any bytes end in messages, a refusal or a close. More with `-Dprotocol.fuzz.rounds=`, a failure
/// again with `-Dprotocol.fuzz.seed=`; guided by coverage in [ProtocolFuzzTest].
class HostileBytesTest {
  private static final int ROUNDS = Integer.getInteger("protocol.fuzz.rounds", 5_000);
  private static final long SEED = Long.getLong("protocol.fuzz.seed", new Random().nextInt());

  private static final byte[][] HANDSHAKES = {
    Wire.handshake("messagepack"),
    Wire.handshake("json"),
    Wire.handshake("blazorpack"),
    utf8("{\"version\":2,\"x\":[{\"y\":1.5e3}],\"protocol\":\"json\"}\u001e\u0002\u0091\u0006"),
  };

  private static final byte[][] MESSAGE_PACK = {
    Wire.hex("029106"),
    Wire.hex("039207c0"),
    Wire.hex("0a950180a137a3466f6f90"),
    Wire.hex("0b960480a139a3466f6f9090"),
    Wire.hex("09950180c0a3466f6f90"),
    Wire.hex("1795018181a161a162a137a3466f6f91c70500010203040590"),
  };

  private static final byte[][] JSON = {
    utf8("{\"type\":6}\u001e"),
    utf8("{\"type\":7,\"error\":\"gone\"}\u001e"),
    utf8("{\"type\":1,\"invocationId\":\"7\",\"target\":\"Foo\",\"arguments\":[1,[2],{}]}\u001e"),
    utf8("{\"type\":4,\"invocationId\":\"7\",\"target\":\"\\u00e9\",\"arguments\":[]}\u001e"),
  };

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void attack(String what, byte[][] samples, Consumer<byte[]> target) {
    for (int round = 0; round < ROUNDS; round++) {
      long seed = SEED + round;
      byte[] data = new Mutations(new Random(seed)).of(samples);
      try {
        target.accept(data);
      } catch (RuntimeException | AssertionError | StackOverflowError e) {
        throw new AssertionError(
            "%s, again with -Dprotocol.fuzz.rounds=1 -Dprotocol.fuzz.seed=%d".formatted(what, seed),
            e);
      }
    }
  }

  @Test
  void handshakes() {
    attack("a handshake", HANDSHAKES, new AnyBytes()::handshake);
  }

  @Test
  void messagePack() {
    AnyBytes any = new AnyBytes();
    attack("MessagePack", MESSAGE_PACK, data -> any.messages(Protocol.MESSAGE_PACK, data));
  }

  @Test
  void json() {
    AnyBytes any = new AnyBytes();
    attack("JSON", JSON, data -> any.messages(Protocol.JSON, data));
  }

  @Test
  void wholeConnections() {
    byte[][] conversations = new byte[MESSAGE_PACK.length + JSON.length][];
    for (int i = 0; i < conversations.length; i++) {
      boolean text = i >= MESSAGE_PACK.length;
      byte[] first = Wire.handshake(text ? "json" : "messagepack");
      byte[] then = text ? JSON[i - MESSAGE_PACK.length] : MESSAGE_PACK[i];
      byte[] all = new byte[first.length + then.length + 2];
      all[0] = (byte) (0x80 | first.length);
      System.arraycopy(first, 0, all, 1, first.length);
      all[1 + first.length] = (byte) ((text ? 0x80 : 0) | then.length);
      System.arraycopy(then, 0, all, 2 + first.length, then.length);
      conversations[i] = all;
    }
    attack("a connection", conversations, new AnyBytes()::session);
  }
}
