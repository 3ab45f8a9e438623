package io.wardbell.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// The machine that measures, and what a process takes of it, as Linux says it.
final class Machine {
  private static final long TICKS_A_SECOND = 100; // USER_HZ, the same everywhere

  private Machine() {}

  /// What numbers depend on.
  static SequencedMap<String, String> describe() throws IOException {
    SequencedMap<String, String> machine = new LinkedHashMap<>();
    machine.put("processor", line(Path.of("/proc/cpuinfo"), "model name"));
    machine.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
    machine.put("memory", line(Path.of("/proc/meminfo"), "MemTotal"));
    machine.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    machine.put("Java", System.getProperty("java.vm.version"));
    machine.put("load at the start", load());
    return machine;
  }

  /// How many processes wanted to run, of the last minute.
  static String load() {
    return "%.2f".formatted(ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
  }

  private static String line(Path file, String name) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("unknown");
  }

  /// The processor's time that a process took so far.
  static Duration cpu(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
      return Duration.ofMillis(ticks * 1_000 / TICKS_A_SECOND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What of the machine's memory a process holds, in MiB.
  static double residentMib(long pid) {
    try {
      String kib = line(Path.of("/proc", Long.toString(pid), "status"), "VmRSS");
      return Long.parseLong(kib.replaceAll("[^0-9]", "")) / 1024.0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What processes take of one core, while nothing is asked of them.
  static double[] idlePercent(Duration time, long... pids) throws InterruptedException {
    Duration[] before = Arrays.stream(pids).mapToObj(Machine::cpu).toArray(Duration[]::new);
    Thread.sleep(time);
    double[] percent = new double[pids.length];
    for (int i = 0; i < pids.length; i++) {
      percent[i] = 100.0 * cpu(pids[i]).minus(before[i]).toMillis() / time.toMillis();
    }
    return percent;
  }
}
