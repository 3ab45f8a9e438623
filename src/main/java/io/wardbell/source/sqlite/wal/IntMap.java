package io.wardbell.source.sqlite.wal;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Page numbers to things, without an object for each number. Page numbers are never 0.
final class IntMap<V> {
  private int[] keys = new int[16];
  private @Nullable Object[] values = new Object[16];
  private int size;

  int size() {
    return size;
  }

  private int slot(int key) {
    return mix(key) & (keys.length - 1);
  }

  private static int mix(int key) {
    int h = key * 0x9E3779B9;
    return h ^ (h >>> 15);
  }

  @SuppressWarnings("unchecked")
  @Nullable V get(int key) {
    for (int i = slot(key); keys[i] != 0; i = (i + 1) & (keys.length - 1)) {
      if (keys[i] == key) {
        return (V) values[i];
      }
    }
    return null;
  }

  void put(int key, V value) {
    if (key == 0) {
      throw new IllegalArgumentException("page 0");
    }
    if (size * 2 >= keys.length) {
      grow();
    }
    int i = slot(key);
    while (keys[i] != 0 && keys[i] != key) {
      i = (i + 1) & (keys.length - 1);
    }
    if (keys[i] == 0) {
      keys[i] = key;
      size++;
    }
    values[i] = value;
  }

  private void grow() {
    int[] oldKeys = keys;
    @Nullable Object[] oldValues = values;
    keys = new int[oldKeys.length * 2];
    values = new Object[keys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != 0) {
        int j = slot(oldKeys[i]);
        while (keys[j] != 0) {
          j = (j + 1) & (keys.length - 1);
        }
        keys[j] = oldKeys[i];
        values[j] = oldValues[i];
      }
    }
  }

  /// Removes, and moves up what would otherwise no longer be found.
  void remove(int key) {
    int i = slot(key);
    while (keys[i] != key) {
      if (keys[i] == 0) {
        return;
      }
      i = (i + 1) & (keys.length - 1);
    }
    size--;
    int hole = i;
    for (int j = (hole + 1) & (keys.length - 1); keys[j] != 0; j = (j + 1) & (keys.length - 1)) {
      int home = slot(keys[j]);
      boolean stays = hole <= j ? (hole < home && home <= j) : (hole < home || home <= j);
      if (!stays) {
        keys[hole] = keys[j];
        values[hole] = values[j];
        hole = j;
      }
    }
    keys[hole] = 0;
    values[hole] = null;
  }

  void clear() {
    if (size > 0) {
      if (keys.length > 1 << 16) {
        keys = new int[16];
        values = new Object[16];
      } else {
        Arrays.fill(keys, 0);
        Arrays.fill(values, null);
      }
      size = 0;
    }
  }

  @SuppressWarnings("unchecked")
  void forEach(Consumer<? super V> each) {
    for (int i = 0; i < keys.length; i++) {
      if (keys[i] != 0) {
        each.accept((V) java.util.Objects.requireNonNull(values[i]));
      }
    }
  }
}
