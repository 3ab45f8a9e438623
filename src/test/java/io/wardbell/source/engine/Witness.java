package io.wardbell.source.engine;

import io.wardbell.change.ChangeSink;
import io.wardbell.change.RowChange;
import io.wardbell.change.SourceEvent;
import io.wardbell.vault.Reconciliation;
import io.wardbell.vault.VaultChange;
import io.wardbell.vault.VaultModel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A sink that holds what [Writers] wrote against what is told: a row's number may only grow, and a
/// row may only go if it was there. Keeps its rows over any number of sources. Synchronised.
final class Witness implements ChangeSink {
  private final VaultModel model = new VaultModel(true, Duration.ofSeconds(1));
  private final Map<String, Long> highest = new HashMap<>();
  private final List<String> lies = new ArrayList<>();
  private Map<String, Long> rows = new HashMap<>();
  private Map<String, Long> before = Map.of();
  private boolean following;
  private long marker = -1;
  private long differences;
  private long streamed;

  @Override
  public synchronized boolean offer(SourceEvent event, Duration patience) {
    switch (event) {
      case SourceEvent.SnapshotBegun(var tables, _) -> {
        following = false;
        before = rows;
        rows = new HashMap<>();
        model.beginSnapshot(tables);
      }
      case SourceEvent.Rows(var changes, _) -> changes.forEach(this::fold);
      case SourceEvent.SnapshotDone() -> caughtUp();
      case SourceEvent.Unreadable(var table, var why) -> lies.add(table + ": " + why);
      case SourceEvent.Lost _ -> following = false;
    }
    return true;
  }

  private void fold(RowChange change) {
    List<VaultChange> news = model.apply(change);
    @Nullable String key = key(change);
    if (key == null) {
      return;
    }
    @Nullable Long number = number(change);
    if (following) {
      streamed++;
      if (news.size() != 1) {
        lies.add(change + " means " + news);
      }
      if (number == null ? !rows.containsKey(key) : number <= highest.getOrDefault(key, -1L)) {
        lies.add("streamed " + key + "=" + number + " after " + highest.get(key));
      }
    }
    if (number == null) {
      rows.remove(key);
    } else {
      rows.put(key, number);
      if (following) {
        highest.put(key, number);
      }
    }
  }

  private @Nullable String key(RowChange change) {
    return switch (change) {
      case RowChange.Upserted(var table, var row) -> key(table, row.text("uuid"));
      case RowChange.Replaced(var table, var row) -> key(table, row.text("uuid"));
      case RowChange.Deleted(var table, var row) -> key(table, row.text("uuid"));
    };
  }

  private @Nullable String key(String table, @Nullable String id) {
    if (table.equals("folders")) {
      marker = Long.parseLong(Objects.requireNonNull(id));
    }
    return table.equals("sends") || table.equals("ciphers") ? table + "/" + id : null;
  }

  private static @Nullable Long number(RowChange change) {
    return switch (change) {
      case RowChange.Upserted(var table, var row) -> number(table, row);
      case RowChange.Replaced(var table, var row) -> number(table, row);
      case RowChange.Deleted _ -> null;
    };
  }

  private static Long number(String table, io.wardbell.change.Row row) {
    return table.equals("sends")
        ? row.number("access_count", -1)
        : Objects.requireNonNull(row.date("updated_at")).getEpochSecond();
  }

  private void caughtUp() {
    long told = 0;
    for (Map.Entry<String, Long> row : rows.entrySet()) {
      @Nullable Long old = before.get(row.getKey());
      if (!row.getValue().equals(old)) {
        told++;
        if (row.getValue() <= highest.getOrDefault(row.getKey(), -1L)) {
          lies.add("told " + row + " after " + highest.get(row.getKey()));
        }
      }
      highest.put(row.getKey(), row.getValue());
    }
    told += before.keySet().stream().filter(key -> !rows.containsKey(key)).count();
    Reconciliation reconciliation = model.endSnapshot();
    if (!reconciliation.first()) {
      differences += told;
      long changed = reconciliation.changes().stream().filter(Witness::differs).count();
      if (changed != told) {
        lies.add("the model told " + changed + " differences of " + told);
      }
    }
    following = true;
  }

  /// Whole seconds may hide a change: such rows are told although they look the same.
  private static boolean differs(VaultChange change) {
    return switch (change) {
      case VaultChange.CipherChanged(_, var before, var after, _, _) ->
          !Objects.equals(before, after);
      case VaultChange.SendChanged(_, var before, var after) -> !Objects.equals(before, after);
      default -> false;
    };
  }

  /// Another source is going to start.
  synchronized void expectSnapshot() {
    following = false;
  }

  synchronized boolean following() {
    return following;
  }

  synchronized long marker() {
    return marker;
  }

  synchronized Map<String, Long> rows() {
    return Map.copyOf(rows);
  }

  synchronized List<String> lies() {
    return List.copyOf(lies);
  }

  synchronized long differences() {
    return differences;
  }

  synchronized long streamed() {
    return streamed;
  }

  synchronized int modelItems() {
    return model.items();
  }
}
