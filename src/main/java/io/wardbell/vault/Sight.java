package io.wardbell.vault;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.vault.Relations.Cipher;
import io.wardbell.vault.Relations.Collection;
import io.wardbell.vault.Relations.Group;
import io.wardbell.vault.Relations.Link;
import io.wardbell.vault.Relations.Member;
import io.wardbell.vault.Relations.Organization;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who sees an item.
///
/// The rules are the server's own for what `/api/sync` returns (`Cipher::find_by_user_visible`): a
/// *confirmed* member sees an item through access_all, through a row of `users_collections`, or,
/// where the server has groups enabled, through a group. Owners and administrators without any of
/// these do not have it in their vault. Read-only and the like never decide it.
final class Sight {
  private final AccessGraph graph;
  private final boolean groupsEnabled;

  Sight(AccessGraph graph, boolean groupsEnabled) {
    this.graph = graph;
    this.groupsEnabled = groupsEnabled;
  }

  /// Everyone who sees this item in a view. Cost: the people behind the item's collections.
  Set<Id<Kind.User>> audience(Cipher cipher, View view) {
    if (!cipher.exists) {
      return Set.of();
    }
    @Nullable Id<Kind.User> owner = cipher.owner;
    @Nullable Organization organization = cipher.organization;
    if (organization == null) {
      return owner == null ? Set.of() : Set.of(owner);
    }
    Set<Id<Kind.User>> users = new HashSet<>();
    for (Member member : organization.seeingAll) {
      if (member.seesAll(view)) {
        users.add(member.user);
      }
    }
    for (Link link : cipher.links) {
      if (link.standing.in(view)) {
        addViewers(organization, link.collection, view, users);
      }
    }
    if (groupsEnabled) {
      for (Group group : organization.groups) {
        if (group.seesAll(view)) {
          addMembers(organization, group, view, users);
        }
      }
    }
    return users;
  }

  private void addViewers(
      Organization organization, Collection collection, View view, Set<Id<Kind.User>> users) {
    collection.users.forEach((user, grant) -> {
      @Nullable Member member = organization.members.get(user);
      if (grant.standing.in(view) && member != null && member.confirmed(view)) {
        users.add(user);
      }
    });
    if (groupsEnabled) {
      collection.groups.forEach((group, grant) -> {
        if (grant.standing.in(view)) {
          addMembers(organization, group, view, users);
        }
      });
    }
  }

  /// A leftover link may lead to a collection of another organization, whose groups' members are
  /// not members here.
  private void addMembers(
      Organization organization, Group group, View view, Set<Id<Kind.User>> users) {
    group.members.forEach((id, grant) -> {
      @Nullable Member member = graph.member(id);
      if (grant.standing.in(view)
          && member != null
          && member.organization == organization
          && member.confirmed(view)) {
        users.add(member.user);
      }
    });
  }

  /// The union of both views, or of those who were told and the current one for an item that is new
  /// since they differ: nobody misses an edit while relations are being rewritten.
  Set<Id<Kind.User>> everyoneSeeing(Cipher cipher) {
    Set<Id<Kind.User>> now = audience(cipher, View.CURRENT);
    @Nullable Organization organization = cipher.organization;
    if (organization == null || (organization.unsettled == null && !cipher.moved())) {
      return now;
    }
    Set<Id<Kind.User>> all = new HashSet<>(informed(cipher));
    all.addAll(now);
    return all;
  }

  /// Those who were told of an item, or had it in their last sync.
  Set<Id<Kind.User>> informed(Cipher cipher) {
    @Nullable Organization organization = cipher.organization;
    @Nullable Set<Id<Kind.User>> told =
        organization == null || organization.unsettled == null
            ? null
            : organization.unsettled.fresh.get(cipher);
    return told != null ? told : audience(cipher, View.SETTLED);
  }
}
