package io.wardbell.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.demo.TestBinlogServer;
import io.wardbell.demo.TestPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/// A kind of database to be played on.
record ChaosKind(String name, Starter starter) {
  interface Starter {
    Target start(Path folder) throws Exception;
  }

  /// What a build has time for: one whose log is read over the network, and one that is a file.
  static final String IN_EACH_BUILD = "postgresql,sqlite";

  /// All that there are.
  static final String ALL = "postgresql,mariadb,mysql,sqlite";

  /// Those that this run is for and whose programs are there.
  ///
  /// @param usual their names, if `-Dwardbell.database` does not give any
  static Stream<ChaosKind> selected(String usual) {
    List<String> only = List.of(System.getProperty("wardbell.database", usual).split(","));
    Stream<ChaosKind> binlog =
        TestBinlogServer.Product.selected()
            .map(product ->
                new ChaosKind(
                    product.name().toLowerCase(Locale.ROOT), _ -> new BinlogTarget(product)));
    return Stream.of(
            Stream.of(
                new ChaosKind("postgresql", _ -> new PostgresTarget(TestPostgres.Version.NEWEST))),
            binlog,
            Stream.of(new ChaosKind("sqlite", SqliteTarget::new)))
        .flatMap(kinds -> kinds)
        .filter(kind -> only.contains(kind.name()));
  }

  /// Plays whatever may happen to the database, the network and Wardbell.
  ///
  /// @param noticedMax faults that may take longer to be noticed are left out
  void play(int count, Duration noticedMax) throws Exception {
    play(
        count,
        1,
        target ->
            Stream.concat(target.faults().stream(), Network.ofWardbell().stream())
                .filter(fault -> fault.noticed().compareTo(noticedMax) <= 0)
                .toList());
  }

  /// Plays faults, prints what came of it, and fails if anything was missed.
  void play(int count, int instances, Function<Target, List<Fault>> faults) throws Exception {
    long seed = Long.getLong("wardbell.seed", System.nanoTime());
    System.out.println("chaos on " + name + " seed " + seed + " (-Dwardbell.seed=" + seed + ")");
    Path folder = Path.of("target", "chaos", name + "-" + seed).toAbsolutePath();
    Files.createDirectories(folder);
    ChaosRun.Result result;
    try (Target target = starter.start(folder);
        ChaosRun run = new ChaosRun(target, instances, seed, folder)) {
      result = run.play(count, faults.apply(target));
    }
    System.out.println("chaos on " + name + ", seed " + seed + ": " + result.report());
    Files.writeString(folder.resolve("report.txt"), result.report());
    result.unnoticed().forEach(System.out::println);
    assertThat(result.missed()).as("changes that clients did not get; %s", folder).isEmpty();
    assertThat(result.unnoticed()).as("faults not noticed or recovered; %s", folder).isEmpty();
  }

  @Override
  public String toString() {
    return name;
  }
}
