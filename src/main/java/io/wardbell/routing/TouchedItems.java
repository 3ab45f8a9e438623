package io.wardbell.routing;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Items about which something changed that their own row does not show: a favorite, a folder, an
/// archive, an attachment. They wait a moment for each other, since the server writes several for
/// one request.
final class TouchedItems {
  /// More than this go at once, eldest first.
  private static final int MAX = 50_000;

  /// @param users who is to be told; with the folder that the item left, if that is all that
  ///   happened
  /// @param everyone whether all who see it are
  private record Touched(
      Map<Id<Kind.User>, Optional<Id<Kind.Folder>>> users, boolean everyone, long due) {
    @Nullable Set<Id<Kind.User>> whose() {
      return everyone ? null : users.keySet();
    }
  }

  /// Told of an item, and for whom something about it changed: null for all who see it.
  interface Told {
    void tell(Id<Kind.Cipher> cipher, @Nullable Set<Id<Kind.User>> whose);
  }

  private final long quietNanos;
  private final Map<Id<Kind.Cipher>, Touched> items = new LinkedHashMap<>();
  private long due = Long.MAX_VALUE;

  TouchedItems(long quietNanos) {
    this.quietNanos = quietNanos;
  }

  /// Something changed for one user.
  ///
  /// @param left the folder that the item was taken out of, if that is all
  void touch(Id<Kind.Cipher> cipher, Id<Kind.User> user, @Nullable Id<Kind.Folder> left, long now) {
    touched(cipher, false, now)
        .users()
        .merge(user, Optional.ofNullable(left), (_, _) -> Optional.empty());
  }

  /// Something changed for all who see the item.
  void touch(Id<Kind.Cipher> cipher, long now) {
    var _ = touched(cipher, true, now);
  }

  private Touched touched(Id<Kind.Cipher> cipher, boolean everyone, long now) {
    @Nullable Touched known = items.get(cipher);
    if (known != null && (known.everyone() || !everyone)) {
      return known;
    }
    long at = known != null ? known.due() : items.size() >= MAX ? now : now + quietNanos;
    Touched touched = new Touched(known != null ? known.users() : new HashMap<>(2), everyone, at);
    items.put(cipher, touched);
    due = Math.min(due, at);
    return touched;
  }

  boolean has(Id<Kind.Cipher> cipher) {
    return items.containsKey(cipher);
  }

  /// A folder is gone: clients take its items out of it by themselves.
  ///
  /// @return its items
  Set<Id<Kind.Cipher>> folderGone(Id<Kind.User> owner, Id<Kind.Folder> folder) {
    Optional<Id<Kind.Folder>> reason = Optional.of(folder);
    Set<Id<Kind.Cipher>> left = new HashSet<>();
    items.forEach((cipher, touched) -> {
      if (touched.users().remove(owner, reason)) {
        left.add(cipher);
      }
    });
    items.values().removeIf(touched -> touched.users().isEmpty() && !touched.everyone());
    return left;
  }

  /// All about it has been told.
  ///
  /// @return whether something was waiting
  boolean forget(Id<Kind.Cipher> cipher) {
    @Nullable Touched touched = items.remove(cipher);
    return touched != null;
  }

  long due() {
    return due;
  }

  /// @param waits items that are not told yet at all
  void tick(long now, Predicate<Id<Kind.Cipher>> waits, Told told) {
    if (due - now > 0) {
      return;
    }
    long next = Long.MAX_VALUE;
    Iterator<Map.Entry<Id<Kind.Cipher>, Touched>> all = items.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Id<Kind.Cipher>, Touched> entry = all.next();
      if (waits.test(entry.getKey())) {
        continue; // Forgotten as soon as that is told.
      }
      if (entry.getValue().due() - now > 0) {
        next = Math.min(next, entry.getValue().due());
      } else {
        all.remove();
        told.tell(entry.getKey(), entry.getValue().whose());
      }
    }
    due = next;
  }
}
