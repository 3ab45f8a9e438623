package io.wardbell.sim;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// One request to the server, as a list of steps that other requests may come between. A step may
/// add steps, which come next: so what an operation reads, it reads when it gets there.
final class Request {
  final String name;
  private final Deque<Runnable> steps = new ArrayDeque<>();
  private List<Runnable> added;
  private boolean wrote;

  Request(String name) {
    this.name = name;
  }

  void then(Runnable step) {
    if (added != null) {
      added.add(step);
    } else {
      steps.addLast(step);
    }
  }

  /// Runs up to and including the next statement.
  ///
  /// @return whether more is to be done
  boolean advance(Database db) {
    int before = db.statements;
    int changes = db.changes;
    while (db.statements == before) {
      Runnable step = steps.pollFirst();
      if (step == null) {
        return false;
      }
      added = new ArrayList<>();
      step.run();
      for (Runnable next : added.reversed()) {
        steps.addFirst(next);
      }
      added = null;
    }
    wrote |= db.changes > changes;
    return !steps.isEmpty();
  }

  /// Whether it changed anything but revision dates: a request that did not is announced to nobody.
  boolean wrote() {
    return wrote;
  }
}
