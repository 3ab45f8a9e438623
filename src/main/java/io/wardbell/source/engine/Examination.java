package io.wardbell.source.engine;

import java.util.List;

/// What a database that can be followed is like, in plain words.
///
/// @param good what is as it has to be
/// @param faults what is missing, so that some changes are not heard of, with what mends it
/// @param advice what works and could be better, with what would make it so
public record Examination(List<String> good, List<String> faults, List<String> advice) {
  /// Defensive copies.
  public Examination {
    good = List.copyOf(good);
    faults = List.copyOf(faults);
    advice = List.copyOf(advice);
  }
}
