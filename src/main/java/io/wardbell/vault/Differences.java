package io.wardbell.vault;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.vault.VaultChange.AccountChanged;
import io.wardbell.vault.VaultChange.AttachmentChanged;
import io.wardbell.vault.VaultChange.AuthRequestChanged;
import io.wardbell.vault.VaultChange.CipherChanged;
import io.wardbell.vault.VaultChange.EmergencyAccessChanged;
import io.wardbell.vault.VaultChange.FolderChanged;
import io.wardbell.vault.VaultChange.ItemMoved;
import io.wardbell.vault.VaultChange.ItemStateChanged;
import io.wardbell.vault.VaultChange.MembershipChanged;
import io.wardbell.vault.VaultChange.OrganizationUnsettled;
import io.wardbell.vault.VaultChange.SendChanged;
import io.wardbell.vault.VaultChange.Unreadable;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a running snapshot has shown to be different so far. Several changes of one thing fold to
/// one: the first state that people knew, and the last. It outlives a snapshot that was cut short,
/// because the model has taken the rows over by then.
final class Differences {
  private final int limit;
  private final Map<Object, VaultChange> changes = new LinkedHashMap<>();
  private final People people = new People();
  private boolean overwhelmed;

  /// Keys of what counts as changed although it looks as it did.
  private final Set<Object> rewritten = new HashSet<>();

  /// @param limit how many things may differ before it is cheaper that everybody syncs; so it is if
  ///   too many people see them
  Differences(int limit) {
    this.limit = limit;
  }

  /// @param hidden whether the row may have been written although it looks as it did before
  void add(VaultChange change, boolean hidden) {
    if (hidden && !overwhelmed) {
      rewritten.add(key(change));
    }
    switch (change) {
      case CipherChanged(var id, var before, var after, var saw, var sees) -> {
        if (known(id) instanceof CipherChanged first) {
          put(id, new CipherChanged(id, first.before(), after, first.saw(), sees));
        } else if (hidden || !Objects.equals(before, after)) {
          put(id, new CipherChanged(id, before, after, saw, sees));
        }
      }
      case FolderChanged(var id, var before, var after) -> {
        if (known(id) instanceof FolderChanged first) {
          put(id, new FolderChanged(id, first.before(), after));
        } else if (hidden || !Objects.equals(before, after)) {
          put(id, change);
        }
      }
      case SendChanged(var id, var before, var after) -> {
        if (known(id) instanceof SendChanged first) {
          put(id, new SendChanged(id, first.before(), after));
        } else if (hidden || !Objects.equals(before, after)) {
          put(id, change);
        }
      }
      case AuthRequestChanged(var id, var before, var after) -> {
        if (known(id) instanceof AuthRequestChanged first) {
          put(id, new AuthRequestChanged(id, first.before(), after));
        } else if (hidden || !Objects.equals(before, after)) {
          put(id, change);
        }
      }
      case AccountChanged(var id, var before, var after) -> {
        if (known(id) instanceof AccountChanged first) {
          put(id, new AccountChanged(id, first.before(), after));
        } else if (hidden || !Objects.equals(before, after)) {
          put(id, change);
        }
      }
      case ItemStateChanged _, AttachmentChanged _, EmergencyAccessChanged _, Unreadable _ ->
          put(change, change);
      case ItemMoved _, OrganizationUnsettled _, MembershipChanged _ -> {
        // The settlements at the end tell these.
      }
    }
  }

  private static Object key(VaultChange change) {
    return switch (change) {
      case CipherChanged(var id, _, _, _, _) -> id;
      case FolderChanged(var id, _, _) -> id;
      case SendChanged(var id, _, _) -> id;
      case AuthRequestChanged(var id, _, _) -> id;
      case AccountChanged(var id, _, _) -> id;
      case ItemStateChanged _,
          AttachmentChanged _,
          EmergencyAccessChanged _,
          Unreadable _,
          ItemMoved _,
          OrganizationUnsettled _,
          MembershipChanged _ ->
          change;
    };
  }

  private @Nullable VaultChange known(Object key) {
    return changes.get(key);
  }

  private void put(Object key, VaultChange change) {
    if (overwhelmed) {
      return;
    }
    changes.put(key, change);
    boolean fits =
        !(change instanceof CipherChanged item)
            || (people.add(item.saw()) && people.add(item.sees()));
    if (!fits || changes.size() > limit) {
      clear();
      overwhelmed = true;
    }
  }

  boolean overwhelmed() {
    return overwhelmed;
  }

  /// The items that differ by their own row.
  Set<Id<Kind.Cipher>> ciphers() {
    Set<Id<Kind.Cipher>> ids = new HashSet<>();
    for (VaultChange change : changes.values()) {
      if (change instanceof CipherChanged(var id, _, _, _, _)) {
        ids.add(id);
      }
    }
    return ids;
  }

  /// All that differs in the end, and forgets it.
  List<VaultChange> drain() {
    List<VaultChange> all = new ArrayList<>();
    for (VaultChange change : changes.values()) {
      if (rewritten.contains(key(change)) || !unchanged(change)) {
        all.add(change);
      }
    }
    clear();
    overwhelmed = false;
    return all;
  }

  private void clear() {
    changes.clear();
    rewritten.clear();
    people.clear();
  }

  private static boolean unchanged(VaultChange change) {
    return switch (change) {
      case CipherChanged(_, var before, var after, var saw, var sees) ->
          Objects.equals(before, after) && saw.equals(sees);
      case FolderChanged(_, var before, var after) -> Objects.equals(before, after);
      case SendChanged(_, var before, var after) -> Objects.equals(before, after);
      case AuthRequestChanged(_, var before, var after) -> Objects.equals(before, after);
      case AccountChanged(_, var before, var after) -> Objects.equals(before, after);
      case ItemStateChanged _,
          AttachmentChanged _,
          EmergencyAccessChanged _,
          Unreadable _,
          ItemMoved _,
          OrganizationUnsettled _,
          MembershipChanged _ ->
          false;
    };
  }
}
