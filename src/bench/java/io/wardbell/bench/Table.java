package io.wardbell.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// The results of one benchmark.
final class Table {
  /// What Wardbell's number is to be.
  interface Goal {
    Verdict of(Beside beside);

    /// @param percent of all samples that are to be so small
    static Goal atMost(int percent, double value) {
      return beside -> {
        boolean met = beside.first().percentile(percent) <= value;
        return new Verdict("p%d ≤ %s".formatted(percent, number(value)), met);
      };
    }

    /// So many times what another does.
    static Goal atLeast(double ratio, String who) {
      return beside -> {
        boolean met = beside.first().ratioTo(beside.of(who)) >= ratio;
        return new Verdict("≥ %s of %s".formatted(number(ratio), who), met);
      };
    }
  }

  /// Whether it is so.
  record Verdict(String goal, boolean met) {
    @Override
    public String toString() {
      return goal + (met ? ": yes" : ": **no**");
    }
  }

  /// @param ratio how many times this line Wardbell is; null for its own
  private record Line(
      String what,
      String who,
      String unit,
      Samples samples,
      @Nullable Double ratio,
      List<Verdict> verdicts) {}

  private static final String HEAD =
      """
      | what | who | unit | n | p50 | p95 | p99 | rounds' medians | Wardbell ÷ this | goal |
      |---|---|---|--:|--:|--:|--:|--:|--:|---|
      """;

  private final String name;
  private final SequencedMap<String, String> machine;
  private final List<Line> lines = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  Table(String name, SequencedMap<String, String> machine, long seed) {
    this.name = name;
    this.machine = machine;
    machine.put("seed", Long.toString(seed));
  }

  /// How to read the table.
  void note(String text) {
    notes.add(text);
  }

  /// One number, beside nothing.
  void add(String what, String unit, Samples samples, Goal... goals) {
    Beside alone = new Beside();
    alone.put("Wardbell", samples);
    compare(what, unit, alone, goals);
  }

  /// The first is Wardbell, the others are what it is measured beside.
  void compare(String what, String unit, Beside beside, Goal... goals) {
    Samples wardbell = beside.first();
    List<Verdict> verdicts = Arrays.stream(goals).map(goal -> goal.of(beside)).toList();
    beside.forEach((who, samples) -> {
      boolean first = samples == wardbell;
      Double ratio = first ? null : wardbell.ratioTo(samples);
      lines.add(new Line(what, who, unit, samples, ratio, first ? verdicts : List.of()));
    });
  }

  String markdown() {
    StringBuilder text = new StringBuilder("# Benchmark: " + name + "\n\n");
    machine.forEach(
        (key, value) -> text.append("- ").append(key).append(": ").append(value).append('\n'));
    text.append("- load at the end: ").append(Machine.load()).append("\n\n");
    notes.forEach(note -> text.append(note).append("\n\n"));
    text.append(HEAD);
    for (Line line : lines) {
      Samples all = line.samples();
      double[] medians = all.medians();
      List<String> goals = line.verdicts().stream().map(Verdict::toString).toList();
      text.append(
          "| %s | %s | %s | %d | %s | %s | %s | %s | %s | %s |\n"
              .formatted(
                  line.what(),
                  line.who(),
                  line.unit(),
                  all.count(),
                  number(all.median()),
                  all.count() < 20 ? "" : number(all.percentile(95)),
                  all.count() < 100 ? "" : number(all.percentile(99)),
                  medians.length < 2
                      ? ""
                      : number(medians[0]) + "–" + number(medians[medians.length - 1]),
                  line.ratio() == null || line.ratio().isInfinite() ? "" : number(line.ratio()),
                  String.join("; ", goals)));
    }
    return text.toString();
  }

  /// Three figures.
  private static String number(double value) {
    double size = Math.abs(value);
    String form = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, form, value);
  }

  /// Replaces what an earlier run wrote.
  void write(Path folder) throws IOException {
    Files.writeString(folder.resolve(name + ".md"), markdown());
    List<SequencedMap<String, @Nullable Object>> rows = new ArrayList<>();
    for (Line line : lines) {
      SequencedMap<String, @Nullable Object> row = new LinkedHashMap<>();
      row.put("what", line.what());
      row.put("who", line.who());
      row.put("unit", line.unit());
      row.put("n", line.samples().count());
      for (int percent : new int[] {50, 95, 99}) {
        row.put("p" + percent, line.samples().percentile(percent));
      }
      row.put("medians", line.samples().medians());
      row.put("wardbellToThis", line.ratio());
      row.put("goals", line.verdicts());
      rows.add(row);
    }
    SequencedMap<String, Object> all = new LinkedHashMap<>();
    all.put("benchmark", name);
    all.put("machine", machine);
    all.put("notes", notes);
    all.put("rows", rows);
    new ObjectMapper()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .writeValue(folder.resolve(name + ".json").toFile(), all);
  }
}
