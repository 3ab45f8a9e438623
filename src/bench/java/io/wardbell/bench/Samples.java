package io.wardbell.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// What was measured of one thing, in rounds.
final class Samples {
  private final List<double[]> rounds = new ArrayList<>();

  void round(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    rounds.add(sorted);
  }

  int count() {
    return rounds.stream().mapToInt(round -> round.length).sum();
  }

  /// Of all rounds together.
  double percentile(double percent) {
    double[] all = rounds.stream().flatMapToDouble(Arrays::stream).sorted().toArray();
    return at(all, percent);
  }

  private static double at(double[] sorted, double percent) {
    int index = (int) Math.ceil(sorted.length * percent / 100) - 1;
    return sorted[Math.clamp(index, 0, sorted.length - 1)];
  }

  double median() {
    return percentile(50);
  }

  /// The rounds' medians, smallest first.
  double[] medians() {
    return rounds.stream().mapToDouble(round -> at(round, 50)).sorted().toArray();
  }

  /// How many times the other this is: the median of the rounds that were beside each other.
  double ratioTo(Samples other) {
    if (rounds.size() != other.rounds.size()) {
      return median() / other.median();
    }
    Samples ratios = new Samples();
    for (int i = 0; i < rounds.size(); i++) {
      ratios.round(at(rounds.get(i), 50) / at(other.rounds.get(i), 50));
    }
    return ratios.median();
  }
}
