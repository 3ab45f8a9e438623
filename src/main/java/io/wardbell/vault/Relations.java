package io.wardbell.vault;

import io.wardbell.change.Row;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The mutable nodes and edges of who sees what. Each edge knows whether it is there in the settled
/// and in the current [View]; `seen` is the snapshot in which its row was last found.
final class Relations {
  private Relations() {}

  /// Membership status 2; a revoked one has 128 taken off (`MembershipStatus`).
  static final long CONFIRMED = 2;

  /// An organization, known as soon as any row names it.
  static final class Organization {
    final Id<Kind.Organization> id;
    final Map<Id<Kind.User>, Member> members = new HashMap<>();

    /// Those with access_all in either view: all items are theirs to see.
    final Set<Member> seeingAll = new HashSet<>();

    final List<Group> groups = new ArrayList<>();
    @Nullable Unsettled unsettled;
    int seen;

    Organization(Id<Kind.Organization> id) {
      this.id = id;
    }

    Unsettled unsettled() {
      if (unsettled == null) {
        unsettled = new Unsettled();
      }
      return unsettled;
    }
  }

  /// What changed in an organization since it was last settled. Bounded by what the changes name.
  static final class Unsettled {
    final Set<Id<Kind.User>> leavers = new HashSet<>();

    /// Those who were given something and lost it again: of that no relation is left to tell.
    final Set<Id<Kind.User>> glimpsers = new HashSet<>();

    final Set<Member> members = new HashSet<>();
    final Set<Collection> collections = new HashSet<>();
    final Set<Group> groups = new HashSet<>();
    final Set<Cipher> ciphers = new HashSet<>();

    /// Those among them that were the organization's already.
    final Set<Cipher> relinked = new HashSet<>();

    /// Whether an item was in a collection only for a moment, or out of one.
    boolean flickered;

    /// Items that are new here, with those who have been told of them: of a new item nobody may
    /// hear who only saw things in the settled view.
    final Map<Cipher, Set<Id<Kind.User>>> fresh = new HashMap<>();

    boolean everyone;

    /// More new items than this are not told one by one.
    private static final int FRESH_MAX = 100;

    void fresh(Cipher cipher, Set<Id<Kind.User>> told) {
      if (fresh.size() < FRESH_MAX) {
        fresh.put(cipher, told);
      } else {
        everyone = true;
      }
    }
  }

  /// A row of `users_organizations`.
  static final class Member {
    final Id<Kind.Membership> id;
    final Id<Kind.User> user;
    final Organization organization;
    long status;
    long type;
    boolean seesAll;
    long settledStatus = Long.MIN_VALUE;
    long settledType;
    boolean settledSeesAll;
    boolean touched;

    /// Whether it was Confirmed at any time since it was last settled: clients may have fetched.
    boolean wasConfirmed;

    int seen;

    Member(Id<Kind.Membership> id, Id<Kind.User> user, Organization organization) {
      this.id = id;
      this.user = user;
      this.organization = organization;
    }

    /// A membership that fell below Confirmed counts at once, in both views.
    boolean confirmed(View view) {
      return status == CONFIRMED && (view == View.CURRENT || settledStatus == CONFIRMED);
    }

    boolean seesAll(View view) {
      return confirmed(view) && (view == View.CURRENT ? seesAll : settledSeesAll);
    }

    /// Whether this user's client has, or had, anything of the organization's to show.
    boolean concerned() {
      return wasConfirmed || status == CONFIRMED || settledStatus == CONFIRMED;
    }

    boolean differs() {
      return touched || status != settledStatus || type != settledType || seesAll != settledSeesAll;
    }

    void settle() {
      settledStatus = status;
      settledType = type;
      settledSeesAll = seesAll;
      wasConfirmed = false;
      touched = false;
    }
  }

  /// A collection, known as soon as any row names it.
  static final class Collection {
    final Id<Kind.Collection> id;
    @Nullable Organization organization;
    final Map<Id<Kind.User>, Grant> users = new HashMap<>(2);
    final Map<Group, Grant> groups = new HashMap<>(0);

    /// Whether its own row came, went or was written since it was last settled.
    boolean touched;

    /// How many items' links lead here: while there are any, this object must stay the one.
    int links;

    int seen;

    Collection(Id<Kind.Collection> id) {
      this.id = id;
    }

    /// Whether any row of another table names it.
    boolean isNamed() {
      return links > 0 || !users.isEmpty() || !groups.isEmpty();
    }
  }

  /// A row of `groups`.
  static final class Group {
    final Id<Kind.Group> id;
    @Nullable Organization organization;
    boolean seesAll;
    boolean settledSeesAll;
    final Map<Id<Kind.Membership>, Grant> members = new HashMap<>(2);
    int seen;

    Group(Id<Kind.Group> id) {
      this.id = id;
    }

    boolean seesAll(View view) {
      return view == View.CURRENT ? seesAll : settledSeesAll;
    }
  }

  /// An edge: `users_collections`, `collections_groups` or `groups_users`.
  static final class Grant {
    Standing standing = Standing.ARRIVED;
    int flags;
    int settledFlags;
    int seen;

    void written(Row row, int generation) {
      standing = standing.afterInsert();
      flags =
          (row.flag("read_only", false) ? 1 : 0)
              | (row.flag("hide_passwords", false) ? 2 : 0)
              | (row.flag("manage", false) ? 4 : 0);
      seen = generation;
    }

    boolean differs() {
      return standing != Standing.KEPT || flags != settledFlags;
    }

    void settle() {
      standing = Standing.KEPT;
      settledFlags = flags;
    }
  }

  /// An item: a row of `ciphers`. There may be a million, so it is packed.
  static final class Cipher {
    final Id<Kind.Cipher> id;
    @Nullable Id<Kind.User> owner;
    @Nullable Organization organization;
    long updatedAtMicros;
    boolean exists;
    boolean trashed;
    int seen;
    Link[] links = NONE;

    private static final Link[] NONE = new Link[0];

    Cipher(Id<Kind.Cipher> id) {
      this.id = id;
    }

    @Nullable Link link(Collection collection) {
      for (Link link : links) {
        if (link.collection == collection) {
          return link;
        }
      }
      return null;
    }

    void add(Link link) {
      Link[] more = java.util.Arrays.copyOf(links, links.length + 1);
      more[links.length] = link;
      links = more;
      link.collection.links++;
    }

    void remove(Link gone) {
      Link[] fewer = new Link[links.length - 1];
      int i = 0;
      for (Link link : links) {
        if (link != gone) {
          fewer[i++] = link;
        }
      }
      links = fewer.length == 0 ? NONE : fewer;
      gone.collection.links--;
    }

    boolean moved() {
      for (Link link : links) {
        if (link.standing != Standing.KEPT) {
          return true;
        }
      }
      return false;
    }

    void settle() {
      for (Link link : links) {
        if (link.standing == Standing.DEPARTED) {
          remove(link);
        } else {
          link.standing = Standing.KEPT;
        }
      }
    }
  }

  /// A row of `ciphers_collections`.
  static final class Link {
    final Collection collection;
    Standing standing = Standing.ARRIVED;
    int seen;

    Link(Collection collection) {
      this.collection = collection;
    }
  }
}
