package io.wardbell.bench;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.BiConsumer;

/// One thing measured of several: Wardbell first, then what it is measured beside.
final class Beside {
  private final SequencedMap<String, Samples> all = new LinkedHashMap<>();

  /// What was measured of one of them, in the order in which they were first asked for.
  Samples of(String who) {
    return all.computeIfAbsent(who, _ -> new Samples());
  }

  void put(String who, Samples samples) {
    all.put(who, samples);
  }

  Samples first() {
    return all.firstEntry().getValue();
  }

  void forEach(BiConsumer<String, Samples> each) {
    all.forEach(each);
  }
}
