package io.wardbell.source.engine;

import io.wardbell.change.ChangeSink;
import io.wardbell.change.RowChange;
import io.wardbell.change.SourceEvent;
import io.wardbell.vault.Reconciliation;
import io.wardbell.vault.VaultChange;
import io.wardbell.vault.VaultModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// A sink that folds events into a model and keeps what it says. Synchronised: tests look in.
final class Fold implements ChangeSink {
  private final VaultModel model = new VaultModel(true, Duration.ofSeconds(1));
  private final List<VaultChange> news = new ArrayList<>();
  private final List<Reconciliation> reconciliations = new ArrayList<>();
  private final List<SourceEvent.Lost> losses = new ArrayList<>();
  private final List<RowChange> rows = new ArrayList<>();
  private boolean following;

  @Override
  public synchronized boolean offer(SourceEvent event, Duration patience) {
    switch (event) {
      case SourceEvent.SnapshotBegun(var tables, _) -> model.beginSnapshot(tables);
      case SourceEvent.Rows(var changes, _) -> {
        for (RowChange change : changes) {
          news.addAll(model.apply(change));
          if (following) {
            rows.add(change);
          }
        }
      }
      case SourceEvent.SnapshotDone() -> {
        reconciliations.add(model.endSnapshot());
        following = true;
      }
      case SourceEvent.Unreadable(var table, var why) ->
          throw new AssertionError("a row of " + table + ": " + why);
      case SourceEvent.Lost lost -> {
        losses.add(lost);
        model.lost(lost.quiet());
        following = false;
      }
    }
    return true;
  }

  synchronized boolean following() {
    return following;
  }

  /// What the log has said since the last call.
  synchronized List<VaultChange> news() {
    List<VaultChange> all = List.copyOf(news);
    news.clear();
    return all;
  }

  synchronized List<RowChange> rows() {
    List<RowChange> all = List.copyOf(rows);
    rows.clear();
    return all;
  }

  synchronized List<Reconciliation> reconciliations() {
    return List.copyOf(reconciliations);
  }

  synchronized List<SourceEvent.Lost> losses() {
    return List.copyOf(losses);
  }

  synchronized VaultModel model() {
    return model;
  }
}
