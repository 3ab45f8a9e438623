package io.wardbell.sim;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.Random;

/// Virtual time, chance, and what happened: one seed gives one course of events.
final class Timeline {
  private static final Instant START = Instant.parse("2026-11-24T10:00:00Z");
  private static final int LINES = 4_000;

  private record Event(long at, long number, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int byTime = Long.compare(at, other.at);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  final Random chance;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Deque<String> story = new ArrayDeque<>();
  private long micros;
  private long number;

  Timeline(long seed) {
    chance = new Random(seed);
  }

  long micros() {
    return micros;
  }

  long nanos() {
    return micros * 1_000;
  }

  Instant now() {
    return START.plusNanos(micros * 1_000);
  }

  /// Does something so many microseconds from now.
  void in(long delay, Runnable action) {
    events.add(new Event(micros + Math.max(0, delay), number++, action));
  }

  /// A time between these, in microseconds; milliseconds are given.
  long between(double least, double most) {
    return (long) ((least + chance.nextDouble() * (most - least)) * 1_000);
  }

  int below(int bound) {
    return chance.nextInt(bound);
  }

  boolean once(int in) {
    return chance.nextInt(in) == 0;
  }

  /// Runs until nothing is left to happen.
  void settle() {
    int steps = 0;
    while (!events.isEmpty()) {
      Event event = events.remove();
      micros = event.at();
      event.action().run();
      if (++steps > 2_000_000) {
        throw new AssertionError("it never becomes quiet\n" + story());
      }
    }
  }

  void pause(long millis) {
    micros += millis * 1_000;
  }

  void tell(String line) {
    story.add("%10.3f s  %s".formatted(micros / 1e6, line));
    if (story.size() > LINES) {
      story.remove();
    }
  }

  /// Begins the story anew: what came before led to nothing bad.
  void forget() {
    story.clear();
  }

  String story() {
    return String.join("\n", story);
  }

  /// The lines that speak of one of these.
  String story(Iterable<String> about) {
    StringBuilder lines = new StringBuilder();
    for (String line : story) {
      boolean wanted = line.contains("==");
      for (String word : about) {
        wanted |= line.contains(word);
      }
      if (wanted) {
        lines.append(line).append('\n');
      }
    }
    return lines.toString();
  }
}
