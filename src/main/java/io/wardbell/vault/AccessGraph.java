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

  @Nullable Member member(Id<Kind.Membership> id) {
    return memberships.get(id);
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
    boolean news = news(organization.seen, generation);
    organization.seen = generation;
    if (news) {
      organization.unsettled().everyone = true;
    }
    return organization;
  }

  @Nullable Organization removeOrganization(Row key) {
    Organization organization = organization(Fields.id(key, "uuid"));
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
    long status = row.number("status", 0);
    long type = row.number("atype", 2);
    boolean seesAll = row.flag("access_all", false);
    member.touched =
        member.touched
            || (member.seen == generation
                && status == member.status
                && type == member.type
                && seesAll == member.seesAll);
    member.status = status;
    member.type = type;
    member.seesAll = seesAll;
    member.seen = generation;
    if (seesAll || member.settledSeesAll) {
      organization.seeingAll.add(member);
    }
    if (member.differs()) {
      organization.unsettled().members.add(member);
    }
    return organization;
  }

  @Nullable Organization removeMember(Row key) {
    @Nullable Member member = memberships.get(Fields.<Kind.Membership>id(key, "uuid"));
    return member == null ? null : removeMember(member);
  }

  private Organization removeMember(Member member) {
    Organization organization = member.organization;
    if (member.concerned()) {
      organization.unsettled().leavers.add(member.user);
    }
    memberships.remove(member.id);
    organization.members.remove(member.user, member);
    organization.seeingAll.remove(member);
    if (organization.unsettled != null) {
      organization.unsettled.members.remove(member);
    }
    return organization;
  }

  @Nullable Organization putCollection(Row row, int generation) {
    Collection collection = collection(Fields.id(row, "uuid"));
    collection.organization = organization(Fields.id(row, "org_uuid"));
    collection.touched |= news(collection.seen, generation);
    collection.seen = generation;
    return collection.touched ? unsettle(collection) : null;
  }

  @Nullable Organization removeCollection(Row key) {
    Collection collection = collection(Fields.id(key, "uuid"));
    collection.seen = GONE;
    collection.touched = true;
    return unsettle(collection);
  }

  @Nullable Organization putUserGrant(Row row, int generation) {
    Collection collection = collection(Fields.id(row, "collection_uuid"));
    Id<Kind.User> user = Fields.id(row, "user_uuid");
    return put(collection.users.computeIfAbsent(user, _ -> new Grant()), row, generation)
        ? unsettle(collection)
        : null;
  }

  @Nullable Organization removeUserGrant(Row key) {
    Collection collection = collection(Fields.id(key, "collection_uuid"));
    return remove(collection.users, Fields.id(key, "user_uuid")) ? unsettle(collection) : null;
  }

  @Nullable Organization putGroupGrant(Row row, int generation) {
    Collection collection = collection(Fields.id(row, "collections_uuid"));
    Group group = group(Fields.id(row, "groups_uuid"));
    return put(collection.groups.computeIfAbsent(group, _ -> new Grant()), row, generation)
        ? unsettle(collection)
        : null;
  }

  @Nullable Organization removeGroupGrant(Row key) {
    Collection collection = collection(Fields.id(key, "collections_uuid"));
    return remove(collection.groups, group(Fields.id(key, "groups_uuid")))
        ? unsettle(collection)
        : null;
  }

  @Nullable Organization putGroup(Row row, int generation) {
    Group group = group(Fields.id(row, "uuid"));
    Organization organization = organization(Fields.id(row, "organizations_uuid"));
    if (group.organization == null) {
      group.organization = organization;
      organization.groups.add(group);
    }
    group.seen = generation;
    group.seesAll = row.flag("access_all", false);
    return group.seesAll != group.settledSeesAll ? unsettle(group) : null;
  }

  @Nullable Organization removeGroup(Row key) {
    Group group = group(Fields.id(key, "uuid"));
    group.seesAll = false;
    group.seen = GONE;
    return unsettle(group);
  }

  @Nullable Organization putGroupMember(Row row, int generation) {
    Group group = group(Fields.id(row, "groups_uuid"));
    Id<Kind.Membership> member = Fields.id(row, "users_organizations_uuid");
    return put(group.members.computeIfAbsent(member, _ -> new Grant()), row, generation)
        ? unsettle(group)
        : null;
  }

  @Nullable Organization removeGroupMember(Row key) {
    Group group = group(Fields.id(key, "groups_uuid"));
    return remove(group.members, Fields.id(key, "users_organizations_uuid"))
        ? unsettle(group)
        : null;
  }

  private static boolean put(Grant grant, Row row, int generation) {
    grant.standing = grant.standing.afterInsert();
    grant.flags =
        (row.flag("read_only", false) ? 1 : 0)
            | (row.flag("hide_passwords", false) ? 2 : 0)
            | (row.flag("manage", false) ? 4 : 0);
    grant.seen = generation;
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
    if (collection.seen == GONE && collection.users.isEmpty() && collection.groups.isEmpty()) {
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
