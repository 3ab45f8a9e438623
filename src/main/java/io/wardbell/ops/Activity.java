package io.wardbell.ops;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/// What happened lately: the last events, and notifications by type over five minutes. Written by
/// the pipeline's thread, at the cost of a few assignments; made into text for who looks.
public final class Activity {
  private static final int EVENTS_MAX = 40;
  private static final int SECONDS = 2;
  private static final int BUCKETS = 150;

  private final ArrayDeque<Supplier<Event>> events = new ArrayDeque<>(EVENTS_MAX);

  /// By type: a ring of counts, of which those before [#newest] minus its length are stale. There
  /// are as many types as the protocol has.
  private final TreeMap<String, long[]> counts = new TreeMap<>();

  private long newest = Long.MIN_VALUE;

  /// Counts over time.
  ///
  /// @param seconds a bucket's length
  /// @param types counts by type, the oldest bucket first, the last one still filling
  public record Chart(int seconds, SortedMap<String, List<Long>> types) {}

  /// Something happened. The event is made when somebody looks.
  public synchronized void add(Supplier<Event> event) {
    if (events.size() == EVENTS_MAX) {
      events.removeLast();
    }
    events.addFirst(event);
  }

  /// A notification was made.
  public synchronized void notified(String type, Instant at) {
    long bucket = advance(at);
    counts.computeIfAbsent(type, _ -> new long[BUCKETS])[(int) (bucket % BUCKETS)]++;
  }

  private long advance(Instant at) {
    long bucket = Math.max(0, at.getEpochSecond() / SECONDS);
    if (newest == Long.MIN_VALUE) {
      newest = bucket;
    }
    if (bucket - newest >= BUCKETS) {
      counts.values().forEach(ring -> Arrays.fill(ring, 0));
      newest = bucket;
    }
    while (newest < bucket) {
      newest++;
      for (long[] ring : counts.values()) {
        ring[(int) (newest % BUCKETS)] = 0;
      }
    }
    return newest;
  }

  /// The last events, newest first.
  List<Event> events() {
    List<Supplier<Event>> some;
    synchronized (this) {
      some = List.copyOf(events);
    }
    return some.stream().map(Supplier::get).toList();
  }

  /// The last five minutes.
  synchronized Chart chart(Instant now) {
    long last = advance(now);
    SortedMap<String, List<Long>> types = new TreeMap<>();
    counts.forEach((type, ring) -> {
      List<Long> inOrder = new ArrayList<>(BUCKETS);
      for (long bucket = last - BUCKETS + 1; bucket <= last; bucket++) {
        inOrder.add(ring[(int) Math.floorMod(bucket, (long) BUCKETS)]);
      }
      if (inOrder.stream().anyMatch(count -> count > 0)) {
        types.put(type, inOrder);
      }
    });
    return new Chart(SECONDS, types);
  }
}
