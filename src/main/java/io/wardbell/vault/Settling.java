package io.wardbell.vault;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.vault.Relations.Cipher;
import io.wardbell.vault.Relations.Collection;
import io.wardbell.vault.Relations.Grant;
import io.wardbell.vault.Relations.Group;
import io.wardbell.vault.Relations.Member;
import io.wardbell.vault.Relations.Organization;
import io.wardbell.vault.Relations.Unsettled;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The net effect of what happened to an organization's relations, and its end: the server often
/// deletes all rows of a relation and inserts them anew, which must say nothing.
final class Settling {
  private final AccessGraph graph;

  /// Beyond so many items that moved at once it is cheaper that those who see them sync.
  private static final int ITEMS_MAX = 100;

  /// The same, of the people who see each of them.
  static final int PEOPLE_MAX = 100_000;

  private final Sight sight;
  private final boolean groupsEnabled;

  Settling(AccessGraph graph, Sight sight, boolean groupsEnabled) {
    this.graph = graph;
    this.sight = sight;
    this.groupsEnabled = groupsEnabled;
  }

  /// Makes the current view the settled one.
  ///
  /// @param told items that are told otherwise
  /// @param room how many people may be told of items one by one, each as often as he is
  /// @return what that changes for whom
  Settlement settlement(Organization organization, Set<Id<Kind.Cipher>> told, int room) {
    Set<Id<Kind.User>> resync = concerned(organization);
    Set<Id<Kind.User>> rewritten = rewritten(organization);
    Set<Id<Kind.Cipher>> relinked = new HashSet<>();
    Set<Id<Kind.User>> onlookers = new HashSet<>();
    List<Settlement.Item> moved = new ArrayList<>();
    if (organization.unsettled != null) {
      organization.unsettled.relinked.forEach(cipher -> relinked.add(cipher.id));
      if (organization.unsettled.flickered) {
        organization.members.values().forEach(member -> addConcerned(member, onlookers));
      }
      Set<Cipher> ciphers = new HashSet<>(organization.unsettled.ciphers);
      ciphers.addAll(organization.unsettled.fresh.keySet());
      ciphers.removeIf(
          cipher -> told.contains(cipher.id) || !isNews(cipher, organization.unsettled));
      if (!moved(ciphers, resync, room, moved)) {
        moved.clear();
        resync(ciphers, resync);
      }
    }
    settle(organization);
    return new Settlement(organization.id, resync, rewritten, relinked, onlookers, moved);
  }

  private static boolean isNews(Cipher cipher, Unsettled unsettled) {
    return cipher.exists && (cipher.moved() || unsettled.fresh.containsKey(cipher));
  }

  /// @return false if it is cheaper that those concerned sync
  private boolean moved(
      Set<Cipher> ciphers, Set<Id<Kind.User>> resync, int room, List<Settlement.Item> moved) {
    if (ciphers.size() > ITEMS_MAX) {
      return false;
    }
    int people = 0;
    for (Cipher cipher : ciphers) {
      Settlement.Item item = moved(cipher, resync);
      moved.add(item);
      people += item.people();
      if (people > room) {
        return false;
      }
    }
    return true;
  }

  /// Has everybody sync who saw an item that moved, or sees it now. Items share their audiences.
  private void resync(Set<Cipher> ciphers, Set<Id<Kind.User>> resync) {
    Set<Set<Id<Kind.User>>> added = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Cipher cipher : ciphers) {
      Set<Id<Kind.User>> before = sight.informed(cipher);
      Set<Id<Kind.User>> now = sight.audience(cipher, View.CURRENT);
      if (!cipher.moved() && before.equals(now)) {
        continue;
      }
      for (Set<Id<Kind.User>> audience : List.of(before, now)) {
        if (audience.size() < 2 || added.add(audience)) {
          resync.addAll(audience);
        }
      }
    }
  }

  private Settlement.Item moved(Cipher cipher, Set<Id<Kind.User>> resync) {
    Set<Id<Kind.User>> before = sight.informed(cipher);
    Set<Id<Kind.User>> now = sight.audience(cipher, View.CURRENT);
    Set<Id<Kind.User>> gained = new HashSet<>(now);
    gained.removeAll(before);
    gained.removeAll(resync);
    Set<Id<Kind.User>> lost = new HashSet<>(before);
    lost.removeAll(now);
    lost.removeAll(resync);
    Set<Id<Kind.User>> kept = cipher.moved() ? new HashSet<>(now) : new HashSet<>();
    kept.retainAll(before);
    kept.removeAll(resync);
    VaultChange.@Nullable Item state = Items.state(cipher);
    if (state == null) {
      throw new IllegalStateException("an item that is gone cannot move");
    }
    return new Settlement.Item(cipher.id, state, gained, lost, kept);
  }

  /// Those who have to sync because of what is unsettled in an organization.
  private Set<Id<Kind.User>> concerned(Organization organization) {
    return users(organization, false);
  }

  /// Those whose relations were written, whether they differ from what they were or not.
  private Set<Id<Kind.User>> rewritten(Organization organization) {
    return users(organization, true);
  }

  private Set<Id<Kind.User>> users(Organization organization, boolean written) {
    @Nullable Unsettled unsettled = organization.unsettled;
    if (unsettled == null) {
      return Set.of();
    }
    Set<Id<Kind.User>> users = new HashSet<>(unsettled.leavers);
    if (written) {
      users.addAll(unsettled.glimpsers);
    }
    if (unsettled.everyone) {
      organization.members.values().stream()
          .filter(Member::concerned)
          .forEach(member -> users.add(member.user));
    }
    for (Member member : unsettled.members) {
      if (member.concerned() && (written || member.differs())) {
        users.add(member.user);
      }
    }
    for (Collection collection : unsettled.collections) {
      addConcerned(organization, collection, written, users);
    }
    for (Group group : unsettled.groups) {
      boolean all = written || group.seesAll != group.settledSeesAll;
      group.members.forEach((id, grant) -> {
        if (all || grant.differs()) {
          addConcerned(graph.member(id), users);
        }
      });
    }
    return users;
  }

  private void addConcerned(
      Organization organization, Collection collection, boolean written, Set<Id<Kind.User>> users) {
    boolean all = written || collection.touched;
    collection.users.forEach((user, grant) -> {
      if (all || grant.differs()) {
        addConcerned(organization.members.get(user), users);
      }
    });
    if (groupsEnabled) {
      collection.groups.forEach((group, grant) -> {
        if (all || grant.differs()) {
          group.members.keySet().forEach(id -> addConcerned(graph.member(id), users));
        }
      });
    }
    if (all) {
      organization.seeingAll.forEach(member -> addConcerned(member, users));
      if (groupsEnabled) {
        for (Group group : organization.groups) {
          if (group.seesAll || group.settledSeesAll) {
            group.members.keySet().forEach(id -> addConcerned(graph.member(id), users));
          }
        }
      }
    }
  }

  private static void addConcerned(@Nullable Member member, Set<Id<Kind.User>> users) {
    if (member != null && member.concerned()) {
      users.add(member.user);
    }
  }

  /// Makes the current view the settled one.
  void settle(Organization organization) {
    @Nullable Unsettled unsettled = organization.unsettled;
    if (unsettled == null) {
      return;
    }
    sight.forget();
    unsettled.ciphers.forEach(Cipher::settle);
    for (Member member : unsettled.members) {
      member.settle();
      if (!member.seesAll) {
        organization.seeingAll.remove(member);
      }
    }
    for (Collection collection : unsettled.collections) {
      settle(collection.users);
      settle(collection.groups);
      collection.touched = false;
      graph.forgetIfGone(collection);
    }
    for (Group group : unsettled.groups) {
      group.settledSeesAll = group.seesAll;
      settle(group.members);
      graph.forgetIfGone(group);
    }
    organization.unsettled = null;
  }

  private static <K> void settle(Map<K, Grant> grants) {
    grants.values().removeIf(grant -> grant.standing == Standing.DEPARTED);
    grants.values().forEach(Grant::settle);
  }
}
