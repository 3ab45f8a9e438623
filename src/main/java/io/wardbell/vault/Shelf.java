package io.wardbell.vault;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The rows of one plain table, each marked with the snapshot in which it was last seen, so that a
/// new snapshot is compared with memory without a second copy of it.
final class Shelf<K extends Kind, V> {
  private static final class Slot<V> {
    V value;
    int seen;

    Slot(V value, int seen) {
      this.value = value;
      this.seen = seen;
    }
  }

  private final Map<Id<K>, Slot<V>> slots = new HashMap<>();

  /// @return what was there before
  @Nullable V put(Id<K> id, V value, int generation) {
    @Nullable Slot<V> slot = slots.get(id);
    if (slot == null) {
      slots.put(id, new Slot<>(value, generation));
      return null;
    }
    V before = slot.value;
    slot.value = value;
    slot.seen = generation;
    return before;
  }

  @Nullable V get(Id<K> id) {
    @Nullable Slot<V> slot = slots.get(id);
    return slot == null ? null : slot.value;
  }

  /// @return what was there before
  @Nullable V remove(Id<K> id) {
    @Nullable Slot<V> slot = slots.remove(id);
    return slot == null ? null : slot.value;
  }

  /// Removes what was not seen in this snapshot.
  void sweep(int generation, BiConsumer<Id<K>, V> gone) {
    Iterator<Map.Entry<Id<K>, Slot<V>>> all = slots.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Id<K>, Slot<V>> entry = all.next();
      if (entry.getValue().seen != generation) {
        all.remove();
        gone.accept(entry.getKey(), entry.getValue().value);
      }
    }
  }

  void forEach(BiConsumer<Id<K>, V> each) {
    slots.forEach((id, slot) -> each.accept(id, slot.value));
  }
}
