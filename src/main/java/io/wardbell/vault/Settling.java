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
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The net effect of what happened to an organization's relations, and its end: the server often
/// deletes all rows of a relation and inserts them anew, which must say nothing.
final class Settling {
  private final AccessGraph graph;
  private final boolean groupsEnabled;

  Settling(AccessGraph graph, boolean groupsEnabled) {
    this.graph = graph;
    this.groupsEnabled = groupsEnabled;
  }

  /// Those who have to sync because of what is unsettled in an organization.
  Set<Id<Kind.User>> concerned(Organization organization) {
    @Nullable Unsettled unsettled = organization.unsettled;
    if (unsettled == null) {
      return Set.of();
    }
    Set<Id<Kind.User>> users = new HashSet<>(unsettled.leavers);
    if (unsettled.everyone) {
      organization.members.values().stream()
          .filter(Member::concerned)
          .forEach(member -> users.add(member.user));
    }
    for (Member member : unsettled.members) {
      if (member.concerned() && member.differs()) {
        users.add(member.user);
      }
    }
    for (Collection collection : unsettled.collections) {
      addConcerned(organization, collection, users);
    }
    for (Group group : unsettled.groups) {
      boolean all = group.seesAll != group.settledSeesAll;
      group.members.forEach((id, grant) -> {
        if (all || grant.differs()) {
          addConcerned(graph.member(id), users);
        }
      });
    }
    return users;
  }

  private void addConcerned(
      Organization organization, Collection collection, Set<Id<Kind.User>> users) {
    boolean all = collection.touched;
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
