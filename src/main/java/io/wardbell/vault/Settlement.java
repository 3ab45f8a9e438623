package io.wardbell.vault;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import java.util.List;
import java.util.Set;

/// The net effect of what happened to an organization's relations while they were unsettled.
///
/// @param resync users for whom more changed than items can tell: a collection, a flag, a policy, a
///   membership
/// @param rewritten users whose own relations were written, with an effect or without: what their
///   clients fetched meanwhile may show what never was
/// @param relinked items of the organization's that were put into collections or taken out, with an
///   effect or without
/// @param onlookers members, if an item was in a collection only for a moment, or out of one, which
///   a sync of any of them may have shown
/// @param items the items whose collections changed
public record Settlement(
    Id<Kind.Organization> organization,
    Set<Id<Kind.User>> resync,
    Set<Id<Kind.User>> rewritten,
    Set<Id<Kind.Cipher>> relinked,
    Set<Id<Kind.User>> onlookers,
    List<Item> items) {
  /// An item, and who sees it differently. Nobody is in two of the sets.
  ///
  /// @param item as it is now
  /// @param gained those who see it now and did not
  /// @param lost those who saw it and do not now
  /// @param kept those who see it in other collections than before
  public record Item(
      Id<Kind.Cipher> cipher,
      VaultChange.Item item,
      Set<Id<Kind.User>> gained,
      Set<Id<Kind.User>> lost,
      Set<Id<Kind.User>> kept) {
    int people() {
      return gained.size() + lost.size() + kept.size();
    }
  }

  int people() {
    return items.stream().mapToInt(Item::people).sum();
  }
}
