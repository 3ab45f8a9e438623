package io.wardbell.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// The known name that a mistyped one was probably meant to be.
final class NearestName {
  private NearestName() {}

  /// Empty only if nothing is known.
  static Optional<String> of(String name, Collection<String> known) {
    return known.stream()
        .min(
            Comparator.<String>comparingInt(k -> distance(name, k))
                .thenComparing(Comparator.naturalOrder()));
  }

  /// Edits (insert, delete, replace) between two names, by Wagner and Fischer.
  static int distance(String a, String b) {
    int[] above = new int[b.length() + 1];
    for (int j = 0; j < above.length; j++) {
      above[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[above.length];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replace = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replace, Math.min(above[j], row[j - 1]) + 1);
      }
      above = row;
    }
    return above[b.length()];
  }
}
