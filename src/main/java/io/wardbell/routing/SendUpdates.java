package io.wardbell.routing;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.vault.VaultChange.Send;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Keeps strangers who open a Send from making its owner's clients fetch for ever: of one Send,
/// accesses are told at most once in 30 s, the last of them at the end of that time. An edit is
/// told at once, unless there were several in that time (an access to a file used to save the whole
/// row, which looks like an edit).
final class SendUpdates {
  private static final long SPACING = Duration.ofSeconds(30).toNanos();

  /// A bump of the owner so long after an access still is that access.
  private static final long MEMORY = Duration.ofSeconds(60).toNanos();

  private static final int EDITS = 5;

  /// Sends that are remembered at a time; more are told without a limit.
  private static final int MAX = 20_000;

  private static final class Told {
    final Id<Kind.User> owner;
    long windowSince;
    int inWindow;
    boolean held;
    @Nullable Long accessed;
    long seen;

    Told(Id<Kind.User> owner, long now) {
      this.owner = owner;
      windowSince = now;
      seen = now;
    }
  }

  /// In the order in which their windows began.
  private final Map<Id<Kind.Send>, Told> sends = new LinkedHashMap<>();

  /// Those of one owner that were opened.
  private final Map<Id<Kind.User>, Set<Id<Kind.Send>>> opened = new HashMap<>();

  private long due = Long.MAX_VALUE;

  /// Whether an update may be told now; if not, it is told later.
  boolean mayTell(Id<Kind.Send> id, @Nullable Send before, Send after, long now) {
    @Nullable Id<Kind.User> owner = after.owner();
    if (before == null || owner == null) {
      return true;
    }
    boolean access = after.accessCount() > before.accessCount();
    return mayTell(id, owner, access, now);
  }

  private boolean mayTell(Id<Kind.Send> id, Id<Kind.User> owner, boolean access, long now) {
    @Nullable Told told = sends.get(id);
    if (told == null) {
      if (sends.size() >= MAX) {
        return true;
      }
      told = new Told(owner, now);
      sends.put(id, told);
    }
    told.seen = now;
    if (access) {
      told.accessed = now;
      opened.computeIfAbsent(owner, _ -> new HashSet<>(2)).add(id);
    }
    if (now - told.windowSince >= SPACING) {
      told.windowSince = now;
      told.inWindow = 0;
    }
    due = Math.min(due, told.windowSince + SPACING);
    if (told.inWindow < (access ? 1 : EDITS)) {
      told.inWindow++;
      return true;
    }
    told.held = true;
    return false;
  }

  /// The Sends of a user that were opened shortly before that time.
  List<Id<Kind.Send>> accessed(Id<Kind.User> owner, long at) {
    List<Id<Kind.Send>> found = new ArrayList<>();
    for (Id<Kind.Send> id : opened.getOrDefault(owner, Set.of())) {
      @Nullable Told told = sends.get(id);
      if (told != null && told.accessed != null && at - told.accessed <= MEMORY) {
        found.add(id);
      }
    }
    return found;
  }

  /// As another access, which only a bump has shown.
  boolean mayTellAgain(Id<Kind.Send> id, Id<Kind.User> owner, long now) {
    return mayTell(id, owner, true, now);
  }

  void forget(Id<Kind.Send> id) {
    @Nullable Told told = sends.remove(id);
    if (told != null) {
      forgetOpened(id, told.owner);
    }
  }

  private void forgetOpened(Id<Kind.Send> id, Id<Kind.User> owner) {
    opened.computeIfPresent(
        owner,
        (_, ids) -> {
          ids.remove(id);
          return ids.isEmpty() ? null : ids;
        });
  }

  long due() {
    return due;
  }

  /// Tells what was held back, and forgets Sends that were left alone.
  void tick(long now, Consumer<Id<Kind.Send>> tell) {
    if (due - now > 0) {
      return;
    }
    long next = Long.MAX_VALUE;
    Iterator<Map.Entry<Id<Kind.Send>, Told>> all = sends.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Id<Kind.Send>, Told> entry = all.next();
      Told told = entry.getValue();
      if (told.held && told.windowSince + SPACING - now <= 0) {
        told.held = false;
        told.windowSince = now;
        told.inWindow = 1;
        tell.accept(entry.getKey());
      }
      if (!told.held && now - told.seen > MEMORY) {
        all.remove();
        forgetOpened(entry.getKey(), told.owner);
      } else {
        next = Math.min(next, told.held ? told.windowSince + SPACING : told.seen + MEMORY + 1);
      }
    }
    due = next;
  }
}
