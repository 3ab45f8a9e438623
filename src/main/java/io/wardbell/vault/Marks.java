package io.wardbell.vault;

import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The rows of a table that consists of its key alone, each marked with the snapshot in which it
/// was last seen.
final class Marks<T> {
  private final Map<T, Integer> seen = new HashMap<>();

  /// @return whether it is new
  boolean put(T row, int generation) {
    @Nullable Integer before = seen.put(row, generation);
    return before == null;
  }

  /// @return whether it was there
  boolean remove(T row) {
    @Nullable Integer before = seen.remove(row);
    return before != null;
  }

  /// Removes what was not seen in this snapshot.
  void sweep(int generation, Consumer<T> gone) {
    Iterator<Map.Entry<T, Integer>> all = seen.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<T, Integer> entry = all.next();
      if (entry.getValue() != generation) {
        all.remove();
        gone.accept(entry.getKey());
      }
    }
  }
}
