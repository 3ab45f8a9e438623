package io.wardbell;

import java.util.Arrays;
import java.util.Random;

/// Bytes that are almost right: a sample with a few changes of the kinds that break readers.
public final class Mutations {
  private static final byte[] TELLING = {
    0,
    1,
    0x1e,
    '"',
    '{',
    '[',
    ',',
    '\\',
    0x7f,
    (byte) 0x80,
    (byte) 0x90,
    (byte) 0xc0,
    (byte) 0xc1,
    (byte) 0xc9,
    (byte) 0xdb,
    (byte) 0xdd,
    (byte) 0xdf,
    (byte) 0xff
  };

  private final Random random;

  public Mutations(Random random) {
    this.random = random;
  }

  /// A sample, changed up to eight times.
  public byte[] of(byte[][] samples) {
    byte[] data = samples[random.nextInt(samples.length)].clone();
    for (int i = random.nextInt(9); i > 0; i--) {
      data = changed(data, samples);
    }
    return data;
  }

  private byte[] changed(byte[] data, byte[][] samples) {
    int at = random.nextInt(data.length + 1);
    return switch (random.nextInt(6)) {
      case 0 -> Arrays.copyOf(data, at);
      case 1 -> joined(data, at, new byte[] {TELLING[random.nextInt(TELLING.length)]}, at);
      case 2 -> joined(data, at, samples[random.nextInt(samples.length)], at);
      case 3 -> joined(data, at, new byte[0], Math.min(data.length, at + random.nextInt(1, 5)));
      case 4 ->
          joined(data, at, new byte[] {(byte) random.nextInt()}, Math.min(data.length, at + 1));
      default -> {
        byte[] run = new byte[random.nextInt(1, 400)];
        Arrays.fill(run, TELLING[random.nextInt(TELLING.length)]);
        yield joined(data, at, run, at);
      }
    };
  }

  private static byte[] joined(byte[] data, int end, byte[] middle, int start) {
    byte[] all = Arrays.copyOf(data, end + middle.length + data.length - start);
    System.arraycopy(middle, 0, all, end, middle.length);
    System.arraycopy(data, start, all, end + middle.length, data.length - start);
    return all;
  }
}
