package io.wardbell.server;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/// What the load's messages carry in the place of an id, of an id's length: a kind, a number and
/// the time when they were handed over.
///
/// @param kind `C` for a change of an item, `P` for a message that is not about the vault
/// @param nanos by the clock that all processes of one machine share
public record LoadMark(char kind, int number, long nanos) {
  private static final int LENGTH = 36;

  /// A new one, of now.
  public static String text(char kind, int number) {
    return "@%c%09d%025d".formatted(kind, number, System.nanoTime());
  }

  /// Begins so many messages, so many a second; late ones at once.
  public static void pace(double perSecond, int count, Runnable message)
      throws InterruptedException {
    long begun = System.nanoTime();
    for (int i = 0; i < count; i++) {
      long wait = begun + (long) (i * 1e9 / perSecond) - System.nanoTime();
      if (wait > 0) {
        TimeUnit.NANOSECONDS.sleep(wait);
      }
      message.run();
    }
  }

  /// The mark in a message; one of kind `-` if it has none.
  static LoadMark in(ByteBuffer message) {
    for (int i = message.position(); i + LENGTH <= message.limit(); i++) {
      if (message.get(i) == '@') {
        return new LoadMark(
            (char) message.get(i + 1),
            (int) digits(message, i + 2, 9),
            digits(message, i + 11, 25));
      }
    }
    return new LoadMark('-', 0, 0);
  }

  private static long digits(ByteBuffer message, int from, int count) {
    long value = 0;
    for (int i = from; i < from + count; i++) {
      value = value * 10 + message.get(i) - '0';
    }
    return value;
  }
}
