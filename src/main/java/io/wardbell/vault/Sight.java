package io.wardbell.vault;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.vault.Relations.Cipher;
import io.wardbell.vault.Relations.Collection;
import io.wardbell.vault.Relations.Group;
import io.wardbell.vault.Relations.Link;
import io.wardbell.vault.Relations.Member;
import io.wardbell.vault.Relations.Organization;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Who sees an item.
///
/// The rules are the server's own for what `/api/sync` returns (`Cipher::find_by_user_visible`): a
/// *confirmed* member sees an item through access_all, through a row of `users_collections`, or,
/// where the server has groups enabled, through a group. Owners and administrators without any of
/// these do not have it in their vault. Read-only and the like never decide it.
///
/// Items in the same collections have the same audience, and share one immutable set of it for as
/// long as no relation is written: what is kept of a bulk operation grows with its items and with
/// the people, not with their product.
final class Sight {
  /// People in all remembered audiences; beyond, they are found anew.
  private static final int REMEMBERED_MAX = 200_000;

  /// All that decides who sees an organization's item, but for relations.
  private record Place(Organization organization, View view, List<Collection> collections) {}

  private final AccessGraph graph;
  private final boolean groupsEnabled;
  private final Map<Place, Set<Id<Kind.User>>> remembered = new HashMap<>();
  private int people;

  Sight(AccessGraph graph, boolean groupsEnabled) {
    this.graph = graph;
    this.groupsEnabled = groupsEnabled;
  }

  /// To be called whenever a relation was written: what was remembered may be wrong.
  void forget() {
    if (people > 0) {
      remembered.clear();
      people = 0;
    }
  }

  /// Everyone who sees this item in a view; not to be changed. Cost: the people behind the item's
  /// collections, unless it was asked of another item in them just before.
  Set<Id<Kind.User>> audience(Cipher cipher, View view) {
    if (!cipher.exists) {
      return Set.of();
    }
    @Nullable Id<Kind.User> owner = cipher.owner;
    @Nullable Organization organization = cipher.organization;
    if (organization == null) {
      return owner == null ? Set.of() : Set.of(owner);
    }
    Set<Id<Kind.User>> members = members(organization, collections(cipher, view), view);
    if (owner == null || members.contains(owner)) {
      return members;
    }
    Set<Id<Kind.User>> all = new HashSet<>(members);
    all.add(owner); // Written by hand: the server shows it to both.
    return Set.copyOf(all);
  }

  private static List<Collection> collections(Cipher cipher, View view) {
    List<Collection> collections = new ArrayList<>(cipher.links.length);
    for (Link link : cipher.links) {
      if (link.standing.in(view)) {
        collections.add(link.collection);
      }
    }
    return collections;
  }

  private Set<Id<Kind.User>> members(
      Organization organization, List<Collection> collections, View view) {
    Place place = new Place(organization, view, collections);
    @Nullable Set<Id<Kind.User>> known = remembered.get(place);
    if (known != null) {
      return known;
    }
    Set<Id<Kind.User>> found = Set.copyOf(find(organization, collections, view));
    if (people + found.size() >= REMEMBERED_MAX) {
      forget();
    }
    people += found.size() + 1;
    remembered.put(place, found);
    return found;
  }

  private Set<Id<Kind.User>> find(
      Organization organization, List<Collection> collections, View view) {
    Set<Id<Kind.User>> users = new HashSet<>();
    for (Member member : organization.seeingAll) {
      if (member.seesAll(view)) {
        users.add(member.user);
      }
    }
    for (Collection collection : collections) {
      addViewers(organization, collection, view, users);
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
    Set<Id<Kind.User>> informed = informed(cipher);
    if (now.equals(informed) || now.containsAll(informed)) {
      return now;
    }
    Set<Id<Kind.User>> all = new HashSet<>(informed);
    all.addAll(now);
    return Set.copyOf(all);
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
