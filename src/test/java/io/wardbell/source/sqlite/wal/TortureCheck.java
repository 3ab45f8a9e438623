package io.wardbell.source.sqlite.wal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.NullUnmarked;

/// Compares what a reader tells with what writers wrote down, transaction by transaction.
@NullUnmarked
final class TortureCheck {
  /// What is expected of one row over one transaction or several: `-` or `whole:kept`.
  private record Change(String before, String after) {}

  private final Map<Integer, Path> truthFiles;
  private final Map<Integer, Long> truthRead = new HashMap<>();
  private final Map<Integer, Map<Long, Map<String, Change>>> truth = new HashMap<>();
  private final Map<Integer, Long> seen = new HashMap<>();
  private final Map<String, Long> rows = new HashMap<>();
  long exact;
  long coalesced;

  TortureCheck(Map<Integer, Path> truthFiles) {
    this.truthFiles = truthFiles;
  }

  /// Everything but the columns that only the hash of a record covers.
  static Selection selection() {
    return new Selection() {
      @Override
      public boolean includesTable(String table) {
        return table.equals("meta")
            || TortureModel.TABLES.stream().anyMatch(t -> t.name().equals(table));
      }

      @Override
      public boolean includesColumn(String table, String column) {
        return table.equals("meta")
            || TortureModel.TABLES.stream()
                .anyMatch(t -> t.name().equals(table) && t.kept().contains(column));
      }
    };
  }

  /// A new reader begins: what it reads is what is so.
  void snapshot(Transaction transaction) {
    rows.clear();
    for (RowEvent event : transaction.rows()) {
      List<Object> after = Follower.plain(event.after());
      if (event.table().name().equals("meta")) {
        seen.put(((Long) after.get(0)).intValue(), (Long) after.get(1));
      } else {
        assertThat(rows.put(id(event.table(), after), TortureModel.keptCrc(after))).isNull();
      }
    }
  }

  private static String id(TableLayout table, List<Object> values) {
    StringBuilder id = new StringBuilder(table.name()).append('\t');
    for (int i = 0; i < table.key().size(); i++) {
      // The key's columns come first in these tables.
      id.append(i > 0 ? "~" : "").append(values.get(i));
    }
    return id.toString();
  }

  void transaction(Transaction transaction) throws IOException {
    Map<String, Change> told = new TreeMap<>();
    Map<Integer, Long> seqs = new TreeMap<>();
    for (RowEvent event : transaction.rows()) {
      List<Object> before = Follower.plain(event.before());
      List<Object> after = Follower.plain(event.after());
      if (event.table().name().equals("meta")) {
        seqs.put(((Long) after.get(0)).intValue(), (Long) after.get(1));
        continue;
      }
      String id = id(event.table(), before == null ? after : before);
      String was = before == null ? "-" : "" + TortureModel.keptCrc(before);
      String is = after == null ? "-" : "" + TortureModel.keptCrc(after);
      assertThat(told.put(id, new Change(was, is))).as("twice: %s", id).isNull();
      Long known = after == null ? rows.remove(id) : rows.put(id, Long.valueOf(is));
      assertThat(was).as("before of %s", id).isEqualTo(known == null ? "-" : "" + known);
    }
    boolean one = transaction.kind() == Transaction.Kind.COMMIT;
    if (seqs.isEmpty()) {
      assertThat(told).as("rows of no transaction, %s", transaction).isEmpty();
      return;
    }
    if (one) {
      assertThat(seqs).hasSize(1);
    }
    compare(transaction, one, told, seqs);
  }

  private void compare(
      Transaction transaction, boolean one, Map<String, Change> told, Map<Integer, Long> seqs)
      throws IOException {
    Map<String, Change> expected = new TreeMap<>();
    for (Map.Entry<Integer, Long> e : seqs.entrySet()) {
      long last = seen.getOrDefault(e.getKey(), 0L);
      if (one) {
        assertThat(e.getValue()).as("the next transaction of %s", e.getKey()).isEqualTo(last + 1);
      }
      for (long seq = last + 1; seq <= e.getValue(); seq++) {
        truth(e.getKey(), seq)
            .forEach((id, change) ->
                expected.merge(id, change, (a, b) -> new Change(a.before(), b.after())));
        if (one) {
          exact++;
        } else {
          coalesced++;
        }
      }
      seen.put(e.getKey(), e.getValue());
    }
    List<String> wrong = new ArrayList<>();
    expected.forEach((id, change) -> {
      Change is = told.remove(id);
      boolean quiet = change.before().equals(change.after());
      boolean keptEqual = kept(change.before()).equals(kept(change.after()));
      if (is == null && !quiet && !(keptEqual && !one)) {
        wrong.add("missed " + id + " " + change);
      } else if (is != null && quiet) {
        wrong.add("phantom " + id + " " + change);
      } else if (is != null
          && !is.equals(new Change(kept(change.before()), kept(change.after())))) {
        wrong.add("wrong " + id + " " + change + " told " + is);
      }
    });
    told.forEach((id, change) -> wrong.add("phantom " + id + " " + change));
    assertThat(wrong).as("%s of %s", transaction.kind(), seqs).isEmpty();
  }

  private static String kept(String state) {
    return state.substring(state.indexOf(':') + 1);
  }

  private Map<String, Change> truth(int proc, long seq) throws IOException {
    Map<Long, Map<String, Change>> known = truth.computeIfAbsent(proc, _ -> new HashMap<>());
    readTruth(proc, known); // what was written again after a kill is what counts
    Map<String, Change> of = known.remove(seq);
    assertThat(of).as("truth of %s %s", proc, seq).isNotNull();
    return of;
  }

  private void readTruth(int proc, Map<Long, Map<String, Change>> known) throws IOException {
    long at = truthRead.getOrDefault(proc, 0L);
    if (Files.size(truthFiles.get(proc)) == at) {
      return;
    }
    byte[] bytes;
    try (var file = Files.newByteChannel(truthFiles.get(proc))) {
      file.position(at);
      bytes = new byte[(int) (file.size() - at)];
      file.read(java.nio.ByteBuffer.wrap(bytes));
    }
    int end = bytes.length;
    while (end > 0 && bytes[end - 1] != '\n') {
      end--;
    }
    truthRead.put(proc, at + end);
    if (end == 0) {
      return;
    }
    for (String line : new String(bytes, 0, end, StandardCharsets.UTF_8).lines().toList()) {
      if (line.isEmpty()) {
        continue;
      }
      String[] f = line.split("\t", -1);
      Map<String, Change> changes = new HashMap<>();
      for (int i = 1; i + 3 < f.length; i += 4) {
        changes.put(f[i] + "\t" + f[i + 1], new Change(f[i + 2], f[i + 3]));
      }
      known.put(Long.valueOf(f[0]), changes); // a killed writer's last may be written again
    }
  }

  /// All that writers left is known, and nothing else.
  void finish(List<Path> ends) throws IOException {
    Map<String, Long> left = new HashMap<>();
    for (Path end : ends) {
      for (String line : Files.readAllLines(end)) {
        int cut = line.lastIndexOf('\t');
        left.put(line.substring(0, cut), Long.valueOf(line.substring(cut + 1)));
      }
    }
    Map<String, String> differ = new TreeMap<>();
    left.forEach((id, crc) -> {
      if (!crc.equals(rows.get(id))) {
        differ.put(id, rows.containsKey(id) ? "old" : "missing");
      }
    });
    rows.forEach(
        (id, crc) -> differ.computeIfAbsent(id, i -> left.containsKey(i) ? null : "extra"));
    assertThat(differ).as("seen %s", seen).isEmpty();
  }

  long seen(int proc) {
    return seen.getOrDefault(proc, 0L);
  }
}
