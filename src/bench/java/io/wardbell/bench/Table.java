package io.wardbell.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/// The results of one benchmark.
final class Table {
  /// What a number is to be.
  ///
  /// @param percentile of all samples; 50 is the median
  record Goal(double percentile, boolean atMost, double value) {
    static Goal atMost(double percentile, double value) {
      return new Goal(percentile, true, value);
    }

    static Goal atLeast(double value) {
      return new Goal(50, false, value);
    }

    boolean isMet(Samples samples) {
      double measured = samples.percentile(percentile);
      return atMost ? measured <= value : measured >= value;
    }

    private String text(Samples samples) {
      return "p%.0f %s %s: %s"
          .formatted(
              percentile, atMost ? "≤" : "≥", number(value), isMet(samples) ? "yes" : "**no**");
    }
  }

  /// @param ratio how many times this line Wardbell is
  private record Line(
      String what,
      String who,
      String unit,
      Samples samples,
      @Nullable Double ratio,
      List<Goal> goals) {}

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
  void add(String what, String who, String unit, Samples samples, Goal... goals) {
    lines.add(new Line(what, who, unit, samples, null, List.of(goals)));
  }

  /// The first is Wardbell, the others are what it is measured beside.
  void compare(String what, String unit, Beside beside, Goal... goals) {
    Samples wardbell = beside.first();
    beside.forEach((who, samples) -> {
      boolean first = samples == wardbell;
      lines.add(
          new Line(
              what,
              who,
              unit,
              samples,
              first ? null : wardbell.ratioTo(samples),
              first ? List.of(goals) : List.of()));
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
      List<String> goals = line.goals().stream().map(goal -> goal.text(all)).toList();
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
      row.put("goalsMet", line.goals().stream().map(goal -> goal.isMet(line.samples())).toList());
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
