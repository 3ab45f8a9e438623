package io.wardbell.vault;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/// Counts the people in the audiences that are kept. One that several items share counts once.
final class People {
  /// More than this are not kept: some ten megabytes.
  private static final int MAX = 500_000;

  private final Set<Set<Id<Kind.User>>> counted =
      Collections.newSetFromMap(new IdentityHashMap<>());
  private long people;

  /// @return whether that is not too many
  boolean add(Set<Id<Kind.User>> audience) {
    if (audience.size() > 1 && counted.add(audience)) {
      people += audience.size();
    }
    return people <= MAX;
  }

  void clear() {
    counted.clear();
    people = 0;
  }
}
