package io.wardbell.hub;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.observe.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// Login screens that wait for an approval, and the approvals of the last quarter of an hour, for a
/// screen whose connection breaks just then: it has no other way to learn of it. Any thread; few
/// come here, so one lock does.
final class WaitingRoom {
  /// The vault server deletes a login request 15 minutes after it was made.
  private static final long KEPT_NANOS = Duration.ofMinutes(15).toNanos();

  private static final int KEPT_MAX = 10_000;

  private record Approval(Message message, long at) {}

  private final Clock clock;
  private final Map<Id<Kind.AuthRequest>, List<Session>> waiting = new HashMap<>();
  private final SequencedMap<Id<Kind.AuthRequest>, Approval> approvals = new LinkedHashMap<>();

  WaitingRoom(Clock clock) {
    this.clock = clock;
  }

  /// Adds a session, and gives it the approval if there has been one.
  synchronized void add(Id<Kind.AuthRequest> request, Session session) {
    forget();
    waiting.computeIfAbsent(request, _ -> new ArrayList<>(1)).add(session);
    Approval approval = approvals.get(request);
    if (approval != null) {
      session.offer(approval.message());
    }
  }

  synchronized void remove(Id<Kind.AuthRequest> request, Session session) {
    List<Session> sessions = waiting.get(request);
    if (sessions != null && sessions.remove(session) && sessions.isEmpty()) {
      waiting.remove(request);
    }
  }

  /// Keeps an approval and gives it to those who wait for it.
  ///
  /// @return how many those are
  synchronized int approve(Id<Kind.AuthRequest> request, Message message) {
    forget();
    if (approvals.size() == KEPT_MAX) {
      approvals.pollFirstEntry();
    }
    approvals.putLast(request, new Approval(message, clock.nanoTime()));
    List<Session> sessions = waiting.getOrDefault(request, List.of());
    sessions.forEach(session -> session.offer(message));
    return sessions.size();
  }

  private void forget() {
    Iterator<Approval> oldest = approvals.values().iterator();
    while (oldest.hasNext() && clock.nanoTime() - oldest.next().at() > KEPT_NANOS) {
      oldest.remove();
    }
  }
}
