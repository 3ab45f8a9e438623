package io.wardbell.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// How long it took, by the kind of fault.
final class Measures {
  private static final class Kind {
    final List<Long> noticed = new ArrayList<>();
    final List<Long> recovered = new ArrayList<>();
    int faults;
  }

  private final Map<String, Kind> kinds = new TreeMap<>();

  void count(String kind) {
    kinds.computeIfAbsent(kind, _ -> new Kind()).faults++;
  }

  /// @param noticed null if it need not be
  void add(String kind, @Nullable Duration noticed, Duration recovered) {
    count(kind);
    Kind entry = kinds.computeIfAbsent(kind, _ -> new Kind());
    if (noticed != null) {
      entry.noticed.add(noticed.toMillis());
    }
    entry.recovered.add(recovered.toMillis());
  }

  @Override
  public String toString() {
    StringBuilder lines =
        new StringBuilder(
            "%-44s %6s %22s %22s%n".formatted("fault", "times", "noticed, ms", "recovered, ms"));
    kinds.forEach((name, kind) ->
        lines.append(
            "%-44s %6d %22s %22s%n"
                .formatted(name, kind.faults, summary(kind.noticed), summary(kind.recovered))));
    return lines.toString();
  }

  private static String summary(List<Long> millis) {
    if (millis.isEmpty()) {
      return "-";
    }
    List<Long> sorted = millis.stream().sorted().toList();
    return sorted.get(sorted.size() / 2) + ", most " + sorted.getLast();
  }
}
