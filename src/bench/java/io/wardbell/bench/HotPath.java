package io.wardbell.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wardbell.ServeProcess;
import io.wardbell.hub.HubBenchmark;
import io.wardbell.source.engine.ReadBenchmark;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.openjdk.jmh.generators.core.BenchmarkGenerator;
import org.openjdk.jmh.generators.core.FileSystemDestination;
import org.openjdk.jmh.generators.reflection.RFGeneratorSource;

/// The steps that each change goes through, by JMH: time and allocation.
final class HotPath implements Bench.Scenario {
  private static final Class<?>[] BENCHMARKS = {
    ReadBenchmark.class, VaultBenchmark.class, HubBenchmark.class
  };

  @Override
  public void run(Bench.Setting setting, Table table) throws Exception {
    table.note(
        "JMH, average time on one thread, one process each with the launcher's JVM flags; n"
            + " measurements of a second. *decode*: a record of Debezium's to a row change. *fold*:"
            + " into the model. *foldAndRoute*: with the messages for its ten members. *encode*: the"
            + " message's bytes, once for all. *enqueueAndTake*: one client's outbox. *deliver*: all"
            + " of it for so many clients, on connections that take it at once; divide by the number"
            + " for one recipient.");
    Path generated = generate(setting.newFolder());
    Path results = setting.folder().resolve("jmh.json");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-cp",
            generated + File.pathSeparator + System.getProperty("java.class.path"),
            "org.openjdk.jmh.Main",
            "-foe",
            "true",
            "-bm",
            "avgt",
            "-tu",
            "ns",
            "-f",
            "1",
            "-wi",
            "5",
            "-w",
            "1",
            "-i",
            "5",
            "-r",
            "1",
            "-prof",
            "gc",
            "-jvmArgs",
            String.join(" ", ServeProcess.launcherFlags()) + " -Xmx256m",
            "-rf",
            "json",
            "-rff",
            results.toString()));
    Path said = Path.of("target/bench/jmh.log");
    Process jmh =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    if (jmh.waitFor() != 0) {
      throw new IOException("JMH failed: " + said);
    }
    for (JsonNode result : new ObjectMapper().readTree(results.toFile())) {
      add(table, result);
    }
  }

  private static void add(Table table, JsonNode result) {
    String name = result.path("benchmark").asText().replaceFirst(".*\\.", "");
    JsonNode recipients = result.at("/params/recipients");
    if (!recipients.isMissingNode()) {
      name += ", %s clients".formatted(recipients.asText());
    }
    table.add(name, "ns", samples(result.at("/primaryMetric/rawData/0")));
    JsonNode allocated = result.at("/secondaryMetrics").path("gc.alloc.rate.norm");
    table.add(name, "bytes allocated", samples(allocated.at("/rawData/0")));
  }

  private static Samples samples(JsonNode numbers) {
    double[] values = new double[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.get(i).asDouble();
    }
    Samples samples = new Samples();
    samples.round(values);
    return samples;
  }

  /// What JMH wraps around each benchmark, compiled. (Its annotation processor would have the build
  /// compile that, too, by the build's rules.)
  private static Path generate(Path folder) throws IOException {
    Path sources = Files.createDirectory(folder.resolve("sources"));
    Path classes = Files.createDirectory(folder.resolve("classes"));
    RFGeneratorSource source = new RFGeneratorSource();
    source.processClasses(BENCHMARKS);
    FileSystemDestination destination =
        new FileSystemDestination(classes.toFile(), sources.toFile());
    BenchmarkGenerator generator = new BenchmarkGenerator();
    generator.generate(source, destination);
    generator.complete(source, destination);
    if (destination.hasErrors()) {
      throw new IOException(destination.getErrors().toString());
    }
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "-proc:none",
                "-nowarn",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString()));
    try (Stream<Path> files = Files.walk(sources)) {
      files.filter(file -> file.toString().endsWith(".java")).forEach(f -> arguments.add(f + ""));
    }
    int exitCode =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    if (exitCode != 0) {
      throw new IOException("JMH's sources could not be compiled");
    }
    return classes;
  }
}
