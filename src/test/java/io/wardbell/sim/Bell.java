package io.wardbell.sim;

import io.wardbell.change.RowChange;
import io.wardbell.routing.Router;
import io.wardbell.routing.RoutingConfig;
import io.wardbell.vault.Reconciliation;
import io.wardbell.vault.VaultChange;
import io.wardbell.vault.VaultModel;
import io.wardbell.vault.VaultTables;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/// The pipeline without its thread: takes commits in order, a little later, and can lose the log.
final class Bell {
  private record Commit(List<RowChange> changes, Instant at) {}

  private final Timeline time;
  private final Database db;
  private final VaultModel model;
  private final Router router;
  private final Hub hub;
  private final Deque<Commit> queue = new ArrayDeque<>();
  private final Set<String> tables;
  private long takes;
  private boolean gap;
  private boolean snapshotting;

  Bell(Timeline time, Database db, boolean groups, Set<String> tables, Hub hub) {
    this.time = time;
    this.db = db;
    this.hub = hub;
    this.tables = tables;
    Duration step = Duration.ofNanos(Math.max(1_000_000, db.dialect.dateMicros * 1_000));
    model = new VaultModel(groups, step);
    router = new Router(model, RoutingConfig.defaults());
  }

  /// The first snapshot.
  void start() {
    snapshot(db.snapshot(tables));
    db.onCommit(this::committed);
  }

  private void committed(List<RowChange> changes) {
    List<RowChange> read = changes.stream().filter(c -> tables.contains(c.table())).toList();
    if (gap || read.isEmpty()) {
      return;
    }
    queue.add(new Commit(read, time.now()));
    takes = Math.max(takes + 1, time.micros() + time.between(0.3, time.once(50) ? 40 : 4));
    time.in(takes - time.micros(), this::take);
  }

  private void take() {
    if (snapshotting || queue.isEmpty()) {
      return;
    }
    Commit commit = queue.remove();
    model.apply(
        commit.changes(),
        meaning -> {
          if (meaning instanceof VaultChange.AccountChanged(var id, _, var after)) {
            hub.account(id, after);
          }
          router.route(meaning, commit.at(), time.nanos(), hub::deliver);
        });
    hub.knownAsOf(commit.at());
    wake();
  }

  private void wake() {
    long due = router.due();
    if (due != Long.MAX_VALUE) {
      time.in((due - time.nanos() + 999) / 1_000, this::tick);
    }
  }

  private void tick() {
    if (snapshotting || router.due() - time.nanos() > 0) {
      return; // Not now, or done by an earlier one.
    }
    router.tick(time.now(), time.nanos(), hub::deliver);
    wake();
  }

  /// Commits are lost until the next snapshot.
  void lose() {
    if (!gap) {
      time.tell("== the log is lost");
      gap = true;
      queue.clear();
      router.lost(time.nanos());
    }
  }

  /// A snapshot of this instant that takes a while; what is committed meanwhile follows it.
  void recover() {
    List<RowChange> rows = db.snapshot(tables);
    time.tell("== a snapshot of now");
    gap = false;
    snapshotting = true;
    boolean cutShort = time.once(4);
    time.in(
        time.between(1, 300),
        () -> {
          if (cutShort) {
            model.beginSnapshot(tables);
            rows.subList(0, time.below(rows.size() + 1)).forEach(model::apply);
            time.tell("== it is cut short");
            queue.clear();
            snapshotting = false;
            gap = true;
            recover();
            return;
          }
          snapshot(rows);
          snapshotting = false;
          while (!queue.isEmpty()) {
            take();
          }
          wake();
        });
  }

  private void snapshot(List<RowChange> rows) {
    model.beginSnapshot(tables);
    rows.forEach(model::apply);
    Reconciliation reconciliation = model.endSnapshot();
    hub.forgetAccounts();
    model.accounts(hub::account);
    hub.knownAsOf(time.now());
    router.reconciled(reconciliation, time.now(), time.nanos(), hub::deliver);
    hub.caughtUp();
  }

  static Set<String> allTables() {
    return VaultTables.CAPTURE.tables().keySet();
  }
}
