package io.wardbell.vault;

import io.wardbell.change.Row;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.vault.Relations.Collection;
import io.wardbell.vault.Relations.Grant;
import io.wardbell.vault.Relations.Group;
import io.wardbell.vault.Relations.Member;
import io.wardbell.vault.Relations.Organization;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Organizations, memberships, collections and groups, as their rows come and go, in any order.
/// Each write returns the organization that it unsettles, or null. [Sight] reads it, [Settling]
/// makes the current view the settled one.
final class AccessGraph {
  /// The `seen` mark of a node whose own row is not there.
  static final int GONE = 0;

  private final Map<Id<Kind.Organization>, Organization> organizations = new HashMap<>();
  private final Map<Id<Kind.Membership>, Member> memberships = new HashMap<>();
  private final Map<Id<Kind.Collection>, Collection> collections = new HashMap<>();
  private final Map<Id<Kind.Group>, Group> groups = new HashMap<>();

  /// Memberships of one user, whatever their status.
  private final Map<Id<Kind.User>, Set<Member>> ofUser = new HashMap<>();

  /// While a table is read for the first time, whatever is read is settled.
  private boolean absorbing;

  void absorbing(boolean absorbing) {
    this.absorbing = absorbing;
  }

  @Nullable Member member(Id<Kind.Membership> id) {
    return memberships.get(id);
  }

  /// The organizations that a user has to do with, invited and revoked ones among them.
  Set<Id<Kind.Organization>> organizationsOf(Id<Kind.User> user) {
    Set<Id<Kind.Organization>> ids = new HashSet<>();
    ofUser.getOrDefault(user, Set.of()).forEach(member -> ids.add(member.organization.id));
    return ids;
  }

  Organization organization(Id<Kind.Organization> id) {
    return organizations.computeIfAbsent(id, Organization::new);
  }

  Collection collection(Id<Kind.Collection> id) {
    return collections.computeIfAbsent(id, Collection::new);
  }

  private Group group(Id<Kind.Group> id) {
    return groups.computeIfAbsent(id, Group::new);
  }

  // ---- rows ----

  /// Whether writing a row is news: it is new, or it was written in the stream. A snapshot shows
  /// all rows once, and those that the model had are marked with an earlier one.
  private static boolean news(int seen, int generation) {
    return seen == GONE || seen == generation;
  }

  @Nullable Organization putOrganization(Row row, int generation) {
    Organization organization = organization(Fields.id(row, "uuid"));
    boolean news = !absorbing && news(organization.seen, generation);
    organization.seen = generation;
    if (news) {
      organization.unsettled().everyone = true;
    }
    return organization;
  }

  @Nullable Organization removeOrganization(Row key) {
    @Nullable Organization organization =
        organizations.get(Fields.<Kind.Organization>id(key, "uuid"));
    if (organization == null) {
      return null;
    }
    organization.seen = GONE;
    organization.unsettled().everyone = true;
    return organization;
  }

  Organization policyChanged(Id<Kind.Organization> id) {
    Organization organization = organization(id);
    organization.unsettled().everyone = true;
    return organization;
  }

  Organization putMember(Row row, int generation) {
    Id<Kind.Membership> id = Fields.id(row, "uuid");
    Id<Kind.User> user = Fields.id(row, "user_uuid");
    Organization organization = organization(Fields.id(row, "org_uuid"));
    @Nullable Member known = memberships.get(id);
    if (known != null && (!known.user.equals(user) || known.organization != organization)) {
      removeMember(known);
      known = null;
    }
    Member member = known != null ? known : new Member(id, user, organization);
    memberships.put(id, member);
    organization.members.put(user, member);
    ofUser.computeIfAbsent(user, _ -> new HashSet<>(2)).add(member);
    long status = row.number("status", 0);
    long type = row.number("atype", 2);
    boolean seesAll = row.flag("access_all", false);
    member.touched =
        member.touched
            || (member.seen == generation
                && status == member.status
                && type == member.type
                && seesAll == member.seesAll);
    // One who was out for a moment heard nothing in that time, although nothing changed in the end.
    member.touched |= status != Relations.CONFIRMED && member.settledStatus == Relations.CONFIRMED;
    member.wasConfirmed |= status == Relations.CONFIRMED;
    member.status = status;
    member.type = type;
    member.seesAll = seesAll;
    member.seen = generation;
    if (seesAll || member.settledSeesAll) {
      organization.seeingAll.add(member);
    }
    if (absorbing) {
      member.settle();
    } else if (member.differs()) {
      organization.unsettled().members.add(member);
    }
    return organization;
  }

  /// The membership that a row of `users_organizations` is about; null if it is not known.
  @Nullable Member memberOf(Row row) {
    return memberships.get(Fields.<Kind.Membership>id(row, "uuid"));
  }

  @Nullable Organization removeMember(Row key) {
    @Nullable Member member = memberOf(key);
    return member == null ? null : removeMember(member);
  }

  private Organization removeMember(Member member) {
    Organization organization = member.organization;
    if (member.concerned()) {
      organization.unsettled().leavers.add(member.user);
    }
    memberships.remove(member.id);
    organization.members.remove(member.user, member);
    ofUser.computeIfPresent(
        member.user,
        (_, members) -> {
          members.remove(member);
          return members.isEmpty() ? null : members;
        });
    organization.seeingAll.remove(member);
    if (organization.unsettled != null) {
      organization.unsettled.members.remove(member);
    }
    return organization;
  }

  @Nullable Organization putCollection(Row row, int generation) {
    Collection collection = collection(Fields.id(row, "uuid"));
    collection.organization = organization(Fields.id(row, "org_uuid"));
    collection.touched |= !absorbing && news(collection.seen, generation);
    collection.seen = generation;
    return collection.touched ? unsettle(collection) : collection.organization;
  }

  @Nullable Organization removeCollection(Row key) {
    @Nullable Collection collection = collections.get(Fields.<Kind.Collection>id(key, "uuid"));
    if (collection == null) {
      return null;
    }
    collection.seen = GONE;
    collection.touched = true;
    return unsettle(collection);
  }

  @Nullable Organization putUserGrant(Row row, int generation) {
    Collection collection = collection(Fields.id(row, "collection_uuid"));
    Id<Kind.User> user = Fields.id(row, "user_uuid");
    return put(collection.users.computeIfAbsent(user, _ -> new Grant()), row, generation)
        ? unsettle(collection)
        : collection.organization;
  }

  @Nullable Organization removeUserGrant(Row key) {
    Collection collection = collection(Fields.id(key, "collection_uuid"));
    Id<Kind.User> user = Fields.id(key, "user_uuid");
    if (isNew(collection.users.get(user)) && collection.organization != null) {
      collection.organization.unsettled().glimpsers.add(user);
    }
    return remove(collection.users, user) ? unsettle(collection) : null;
  }

  @Nullable Organization putGroupGrant(Row row, int generation) {
    Collection collection = collection(Fields.id(row, "collections_uuid"));
    Group group = group(Fields.id(row, "groups_uuid"));
    return put(collection.groups.computeIfAbsent(group, _ -> new Grant()), row, generation)
        ? unsettle(collection)
        : collection.organization;
  }

  @Nullable Organization removeGroupGrant(Row key) {
    Collection collection = collection(Fields.id(key, "collections_uuid"));
    Group group = group(Fields.id(key, "groups_uuid"));
    if (isNew(collection.groups.get(group))) {
      group.members.keySet().forEach(this::glimpsed);
    }
    return remove(collection.groups, group) ? unsettle(collection) : null;
  }

  private static boolean isNew(@Nullable Grant grant) {
    return grant != null && grant.standing == Standing.ARRIVED;
  }

  private void glimpsed(Id<Kind.Membership> id) {
    @Nullable Member member = member(id);
    if (member != null) {
      member.organization.unsettled().glimpsers.add(member.user);
    }
  }

  @Nullable Organization putGroup(Row row, int generation) {
    Group group = group(Fields.id(row, "uuid"));
    Organization organization = organization(Fields.id(row, "organizations_uuid"));
    boolean unplaced = group.organization == null;
    if (unplaced) {
      group.organization = organization;
      organization.groups.add(group);
    }
    group.seen = generation;
    group.seesAll = row.flag("access_all", false);
    if (absorbing) {
      group.settledSeesAll = group.seesAll;
    }
    boolean unsettled = group.seesAll != group.settledSeesAll;
    return unsettled || (unplaced && !group.members.isEmpty()) ? unsettle(group) : organization;
  }

  @Nullable Organization removeGroup(Row key) {
    @Nullable Group group = groups.get(Fields.<Kind.Group>id(key, "uuid"));
    if (group == null) {
      return null;
    }
    group.seesAll = false;
    group.seen = GONE;
    return unsettle(group);
  }

  @Nullable Organization putGroupMember(Row row, int generation) {
    Group group = group(Fields.id(row, "groups_uuid"));
    Id<Kind.Membership> member = Fields.id(row, "users_organizations_uuid");
    return put(group.members.computeIfAbsent(member, _ -> new Grant()), row, generation)
        ? unsettle(group)
        : group.organization;
  }

  @Nullable Organization removeGroupMember(Row key) {
    Group group = group(Fields.id(key, "groups_uuid"));
    Id<Kind.Membership> member = Fields.id(key, "users_organizations_uuid");
    if (isNew(group.members.get(member))) {
      glimpsed(member);
    }
    return remove(group.members, member) ? unsettle(group) : null;
  }

  /// @return whether it differs from the settled view
  private boolean put(Grant grant, Row row, int generation) {
    grant.written(row, generation);
    if (absorbing) {
      grant.settle();
    }
    return grant.differs();
  }

  private static <K> boolean remove(Map<K, Grant> grants, K key) {
    @Nullable Grant grant = grants.get(key);
    if (grant == null) {
      return false;
    }
    if (grant.standing == Standing.ARRIVED) {
      grants.remove(key); // It never was in the settled view.
    } else {
      grant.standing = Standing.DEPARTED;
    }
    return true;
  }

  private @Nullable Organization unsettle(Collection collection) {
    @Nullable Organization organization = collection.organization;
    if (organization != null) {
      organization.unsettled().collections.add(collection);
    }
    return organization;
  }

  private @Nullable Organization unsettle(Group group) {
    @Nullable Organization organization = group.organization;
    if (organization != null) {
      organization.unsettled().groups.add(group);
      return organization;
    }
    return null;
  }

  // ---- after a snapshot ----

  /// Takes out what the snapshot did not show, of the tables that it covered.
  void sweep(int generation, Set<String> tables) {
    if (tables.contains(VaultTables.MEMBERSHIPS)) {
      for (Member member : List.copyOf(memberships.values())) {
        if (member.seen != generation) {
          removeMember(member);
        }
      }
    }
    for (Organization organization : organizations.values()) {
      if (tables.contains(VaultTables.ORGANIZATIONS) && missed(organization.seen, generation)) {
        organization.seen = GONE;
        organization.unsettled().everyone = true;
      }
    }
    for (Collection collection : collections.values()) {
      boolean changed =
          tables.contains(VaultTables.COLLECTIONS) && missed(collection.seen, generation);
      if (changed) {
        collection.seen = GONE;
        collection.touched = true;
      }
      if (tables.contains(VaultTables.USERS_COLLECTIONS)) {
        changed |= sweep(collection.users, generation);
      }
      if (tables.contains(VaultTables.COLLECTIONS_GROUPS)) {
        changed |= sweep(collection.groups, generation);
      }
      if (changed) {
        unsettle(collection);
      }
    }
    for (Group group : groups.values()) {
      boolean changed = tables.contains(VaultTables.GROUPS) && missed(group.seen, generation);
      if (changed) {
        group.seen = GONE;
        group.seesAll = false;
      }
      if (tables.contains(VaultTables.GROUPS_USERS)) {
        changed |= sweep(group.members, generation);
      }
      if (changed) {
        unsettle(group);
      }
    }
  }

  private static boolean missed(int seen, int generation) {
    return seen != GONE && seen != generation;
  }

  private static <K> boolean sweep(Map<K, Grant> grants, int generation) {
    boolean changed = false;
    for (K key : List.copyOf(grants.keySet())) {
      Grant grant = grants.get(key);
      if (grant != null && grant.standing != Standing.DEPARTED && grant.seen != generation) {
        changed |= remove(grants, key);
      }
    }
    return changed;
  }

  /// Every organization with something unsettled.
  List<Organization> unsettled() {
    return organizations.values().stream().filter(o -> o.unsettled != null).toList();
  }

  /// Drops a collection of which no row is left.
  void forgetIfGone(Collection collection) {
    if (collection.seen == GONE && !collection.isNamed()) {
      collections.remove(collection.id);
    }
  }

  /// Drops a group of which no row is left.
  void forgetIfGone(Group group) {
    if (group.seen == GONE && group.members.isEmpty()) {
      groups.remove(group.id);
      if (group.organization != null) {
        group.organization.groups.remove(group);
      }
    }
  }
}
