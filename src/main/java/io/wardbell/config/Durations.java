package io.wardbell.config;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as people write them: `500ms`, `15s`, `2m`, `1h`, `1d`, or ISO 8601 (`PT15S`).
final class Durations {
  private record Unit(String name, long millis) {}

  private static final List<Unit> UNITS =
      List.of(
          new Unit("d", 86_400_000),
          new Unit("h", 3_600_000),
          new Unit("m", 60_000),
          new Unit("s", 1_000),
          new Unit("ms", 1));

  private static final Pattern SHORT = Pattern.compile("(\\d{1,12}) ?(ms|s|m|h|d)");

  private Durations() {}

  /// @throws IllegalArgumentException if it is none of the forms, or negative
  static Duration parse(String text) {
    Matcher matcher = SHORT.matcher(text);
    if (matcher.matches()) {
      long amount = Long.parseLong(matcher.group(1));
      for (Unit unit : UNITS) {
        if (unit.name().equals(matcher.group(2))) {
          return Duration.ofMillis(Math.multiplyExact(amount, unit.millis()));
        }
      }
    }
    return iso(text);
  }

  private static Duration iso(String text) {
    Duration duration;
    try {
      duration = Duration.parse(text);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(e);
    }
    if (duration.isNegative()) {
      throw new IllegalArgumentException();
    }
    return duration;
  }

  /// The short form, in the largest unit that needs no fraction; ISO 8601 below a millisecond.
  static String print(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    if (!Duration.ofMillis(duration.toMillis()).equals(duration)) {
      return duration.toString();
    }
    long millis = duration.toMillis();
    for (Unit unit : UNITS) {
      if (millis % unit.millis() == 0) {
        return millis / unit.millis() + unit.name();
      }
    }
    return duration.toString();
  }
}
