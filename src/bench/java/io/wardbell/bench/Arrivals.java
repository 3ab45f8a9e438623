package io.wardbell.bench;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/// What a listener heard and when, until somebody asks.
final class Arrivals {
  /// In the place of an item: something changed.
  static final String ANY = "*";

  /// In the place of a time.
  static final long NEVER = Long.MIN_VALUE;

  private record Arrival(long nanos, String text) {}

  private final BlockingQueue<Arrival> queue = new LinkedBlockingQueue<>();
  private volatile boolean ended;

  void heard(long nanos, String text) {
    queue.add(new Arrival(nanos, text));
  }

  /// Nothing more will come.
  void end() {
    ended = true;
  }

  /// When it heard of an item, after what came before; [#NEVER] if it does not in that time.
  ///
  /// @param since an event that names no item counts from then on
  long of(String item, long since, Duration patience) throws InterruptedException {
    long giveUp = System.nanoTime() + patience.toNanos();
    while (!ended) {
      Arrival arrival = queue.poll(giveUp - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (arrival == null) {
        return NEVER;
      }
      boolean about = arrival.text().equals(ANY) || arrival.text().contains(item);
      if (about && arrival.nanos() - since >= 0) {
        return arrival.nanos();
      }
    }
    throw new IllegalStateException("the listener has ended");
  }
}
