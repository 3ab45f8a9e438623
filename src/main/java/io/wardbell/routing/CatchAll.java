package io.wardbell.routing;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.vault.VaultChange;
import io.wardbell.vault.VaultModel;
import java.time.Duration;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Finds the changes that no rule knows: the server moved an account's revision date, and nothing
/// that was seen explains why.
///
/// The server bumps `users.updated_at` before almost every write and after many. A bump is
/// explained by any change in the user's own rows, or in an organization that he has to do with in
/// whatever status, from 30 s before the bump until bumps have been quiet for a second. So an edit
/// in an organization of a thousand members, which bumps all of them, makes nobody sync. What is
/// left, a changed profile among it, is told by a sync.
///
/// Quiet means that nobody was bumped who shares an organization with the user: of ten thousand
/// members the first is bumped half a minute before the write, and the last as long after it.
final class CatchAll {
  /// A write is bumped for long before it is made where many others are bumped, too.
  private static final long REACH = Duration.ofSeconds(30).toNanos();

  private static final long QUIET = Duration.ofSeconds(1).toNanos();

  /// Bumps that never become quiet are judged after this. Twice ten thousand members, at some
  /// milliseconds each.
  private static final long PATIENCE = Duration.ofMinutes(2).toNanos();

  /// Bumps are not judged more often than this, however many wait.
  private static final long PACE = Duration.ofMillis(50).toNanos();

  /// Explanations that are remembered, of users and of organizations each; bumps that wait.
  private static final int MAX = 200_000;

  private record Bump(long first, long due) {}

  private final VaultModel model;
  private final Map<Id<Kind.User>, Bump> bumps = new LinkedHashMap<>();
  private final Map<Id<Kind.User>, Long> users = new LinkedHashMap<>();
  private final Map<Id<Kind.Organization>, Long> organizations = new LinkedHashMap<>();

  /// When somebody of an organization was bumped last.
  private final Map<Id<Kind.Organization>, Long> bumpedIn = new LinkedHashMap<>();

  /// Whose bumps a gap kept from being judged.
  private final Set<Id<Kind.User>> doubtful = new HashSet<>();

  private long due = Long.MAX_VALUE;

  CatchAll(VaultModel model) {
    this.model = model;
  }

  /// Takes note of a change that explains bumps.
  void explain(VaultChange change, long now) {
    switch (change) {
      case VaultChange.CipherChanged(_, var before, var after, _, _) -> {
        item(before, now);
        item(after, now);
      }
      case VaultChange.FolderChanged(_, var before, var after) -> {
        user(before == null ? null : before.owner(), now);
        user(after == null ? null : after.owner(), now);
      }
      case VaultChange.SendChanged(_, var before, var after) -> {
        user(before == null ? null : before.owner(), now);
        user(after == null ? null : after.owner(), now);
      }
      case VaultChange.ItemStateChanged(var user, _, _) -> user(user, now);
      case VaultChange.AttachmentChanged(var cipher) -> item(model.item(cipher), now);
      case VaultChange.ItemMoved(var cipher) -> item(model.item(cipher), now);
      case VaultChange.OrganizationUnsettled(var organization) -> organization(organization, now);
      case VaultChange.MembershipChanged(var user, var organization) -> {
        user(user, now);
        organization(organization, now);
      }
      case VaultChange.EmergencyAccessChanged(var both) -> both.forEach(user -> user(user, now));
      case VaultChange.AccountChanged(var user, var before, var after) -> {
        // The row that is to be explained, unless it is told for what it shows.
        if (before != null && after != null && before.settings() != after.settings()) {
          user(user, now);
        }
      }
      case VaultChange.AuthRequestChanged _, VaultChange.Unreadable _ -> {
        // Written without a bump.
      }
    }
  }

  private void item(VaultChange.@Nullable Item item, long now) {
    if (item != null) {
      user(item.owner(), now);
      organization(item.organization(), now);
    }
  }

  private void user(@Nullable Id<Kind.User> user, long now) {
    if (user != null) {
      note(users, user, now);
    }
  }

  private void organization(@Nullable Id<Kind.Organization> organization, long now) {
    if (organization != null) {
      note(organizations, organization, now);
    }
  }

  /// Keeps the map in the order of time and bounded: an entry counts for as long as a bump may
  /// reach back to it.
  private static <K extends Kind> void note(Map<Id<K>, Long> times, Id<K> id, long now) {
    times.remove(id);
    times.put(id, now);
    Iterator<Long> eldest = times.values().iterator();
    while (eldest.hasNext()
        && (now - eldest.next() > REACH + PATIENCE + QUIET || times.size() > MAX)) {
      eldest.remove();
    }
  }

  /// The revision date of an account moved, or its row was written.
  void bumped(Id<Kind.User> user, long now) {
    if (bumps.size() >= MAX) {
      return; // Everybody is being bumped, and those that wait are told already.
    }
    bumps.compute(
        user,
        (_, known) -> {
          long first = known == null ? now : known.first();
          return new Bump(first, Math.min(now + QUIET, first + PATIENCE));
        });
    for (Id<Kind.Organization> organization : model.organizationsOf(user)) {
      note(bumpedIn, organization, now);
    }
    due = Math.min(due, now + QUIET);
  }

  /// What has happened to the account is told otherwise.
  void forget(Id<Kind.User> user) {
    bumps.remove(user);
  }

  /// The log was lost. Whoever's bump was still to be judged may miss what it announced: the next
  /// snapshot shows the date that is known already.
  void lost() {
    doubtful.addAll(bumps.keySet());
    bumps.clear();
  }

  /// Those who have to sync after a gap, whatever the snapshot shows.
  Set<Id<Kind.User>> doubtful() {
    Set<Id<Kind.User>> all = Set.copyOf(doubtful);
    doubtful.clear();
    return all;
  }

  long due() {
    return due;
  }

  /// Judges the bumps that have become quiet.
  ///
  /// @param unexplained is given a user, and when the bumps began
  void tick(long now, Consumer<Unexplained> unexplained) {
    if (due - now > 0) {
      return;
    }
    long next = Long.MAX_VALUE;
    Set<Unexplained> found = new HashSet<>();
    Iterator<Map.Entry<Id<Kind.User>, Bump>> all = bumps.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Id<Kind.User>, Bump> entry = all.next();
      Bump bump = entry.getValue();
      if (bump.due() - now > 0) {
        next = Math.min(next, bump.due());
        continue;
      }
      long quiet = Math.min(quietAt(entry.getKey(), now), bump.first() + PATIENCE);
      if (quiet - now > 0) {
        entry.setValue(new Bump(bump.first(), quiet));
        next = Math.min(next, quiet);
        continue;
      }
      all.remove();
      if (!explained(entry.getKey(), bump.first() - REACH)) {
        found.add(new Unexplained(entry.getKey(), bump.first()));
      }
    }
    due = next == Long.MAX_VALUE ? next : Math.max(next, now + PACE);
    found.forEach(unexplained);
  }

  /// When bumps will have been quiet around a user, if none comes any more.
  private long quietAt(Id<Kind.User> user, long now) {
    long quiet = now;
    for (Id<Kind.Organization> organization : model.organizationsOf(user)) {
      Long last = bumpedIn.get(organization);
      if (last != null) {
        quiet = Math.max(quiet, last + QUIET);
      }
    }
    return quiet;
  }

  /// A bump that nothing explains, and when it was seen first.
  record Unexplained(Id<Kind.User> user, long first) {}

  private boolean explained(Id<Kind.User> user, long since) {
    if (within(users.get(user), since)) {
      return true;
    }
    for (Id<Kind.Organization> organization : model.organizationsOf(user)) {
      if (within(organizations.get(organization), since)) {
        return true;
      }
    }
    return false;
  }

  private static boolean within(@Nullable Long time, long since) {
    return time != null && time - since >= 0;
  }
}
