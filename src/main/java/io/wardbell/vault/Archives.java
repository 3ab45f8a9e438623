package io.wardbell.vault;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.vault.Belongings.UserItem;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// Who has archived what: rows that go with their item or their user, on some databases without a
/// word in the log.
final class Archives {
  private final Marks<UserItem> marks = new Marks<>();
  private final Map<Id<Kind.Cipher>, Set<UserItem>> ofItem = new HashMap<>();

  /// @return whether it is new
  boolean put(UserItem mark, int generation) {
    ofItem.computeIfAbsent(mark.cipher(), _ -> new HashSet<>(2)).add(mark);
    return marks.put(mark, generation);
  }

  /// @return whether it was there
  boolean remove(UserItem mark) {
    forgetOfItem(mark);
    return marks.remove(mark);
  }

  private void forgetOfItem(UserItem mark) {
    ofItem.computeIfPresent(
        mark.cipher(), (_, all) -> all.remove(mark) && all.isEmpty() ? null : all);
  }

  /// Drops all of one item.
  void forget(Id<Kind.Cipher> cipher) {
    Set<UserItem> all = ofItem.remove(cipher);
    if (all != null) {
      all.forEach(marks::remove);
    }
  }

  /// Drops all of one user. Looks at every archive there is; users go rarely.
  void forgetUser(Id<Kind.User> user) {
    List<UserItem> all =
        ofItem.values().stream().flatMap(Set::stream).filter(m -> m.user().equals(user)).toList();
    all.forEach(this::remove);
  }

  /// Removes what was not seen in this snapshot.
  void sweep(int generation, Consumer<UserItem> gone) {
    marks.sweep(
        generation,
        mark -> {
          forgetOfItem(mark);
          gone.accept(mark);
        });
  }
}
