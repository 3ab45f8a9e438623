package io.wardbell.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// All metrics of one process. Safe for use by any thread; counting does not allocate after the
/// first time. Labels are from closed sets: never an id, a token or an address.
public final class Metrics {
  private record Key(Count count, String label) {}

  private static final Duration[] BUCKETS =
      LongStream.of(1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000)
          .mapToObj(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ConcurrentHashMap<Key, Counter> counters = new ConcurrentHashMap<>();
  private final EnumMap<Stage, Timer> stages = new EnumMap<>(Stage.class);
  private volatile long lagNanos = -1;

  public Metrics() {
    for (Stage stage : Stage.values()) {
      stages.put(
          stage,
          Timer.builder("wardbell." + stage.metric())
              .description(stage.help())
              .serviceLevelObjectives(BUCKETS)
              .register(registry));
    }
  }

  /// Counts one.
  public void count(Count count) {
    count(count, "", 1);
  }

  /// Counts one under a label.
  public void count(Count count, String label) {
    count(count, label, 1);
  }

  /// Counts `amount` under a label.
  public void count(Count count, String label, long amount) {
    Counter counter = counters.get(new Key(count, label));
    if (counter == null) {
      counter = counters.computeIfAbsent(new Key(count, label), this::counter);
    }
    counter.increment((double) amount);
  }

  private Counter counter(Key key) {
    Counter.Builder builder =
        Counter.builder("wardbell." + key.count().metric()).description(key.count().help());
    return key.count().label().isEmpty()
        ? builder.register(registry)
        : builder.tag(key.count().label(), key.label()).register(registry);
  }

  /// Shows a value that is read whenever the metrics are.
  ///
  /// @param name words separated by dots, without the prefix
  public void gauge(String name, String help, DoubleSupplier value) {
    Gauge.builder("wardbell." + name, value::getAsDouble).description(help).register(registry);
  }

  /// A value that is shown, as it is now; 0 if there is none of this name.
  public long shown(String name) {
    Gauge gauge = registry.find("wardbell." + name).gauge();
    return gauge == null ? 0 : (long) gauge.value();
  }

  /// Records how long a stage took. Negative times (clocks that differ) count as zero.
  public void took(Stage stage, long nanos) {
    long time = Math.max(0, nanos);
    if (stage == Stage.COMMIT_TO_READ) {
      lagNanos = time;
    }
    Timer timer = stages.get(stage);
    if (timer != null) {
      timer.record(time, TimeUnit.NANOSECONDS);
    }
  }

  /// How long after its commit the last transaction was read; null before the first.
  public @Nullable Duration lag() {
    long nanos = lagNanos;
    return nanos < 0 ? null : Duration.ofNanos(nanos);
  }

  /// What was counted under each label so far.
  public SortedMap<String, Long> counted(Count count) {
    SortedMap<String, Long> counted = new TreeMap<>();
    counters.forEach((key, counter) -> {
      if (key.count() == count) {
        counted.put(key.label(), (long) counter.count());
      }
    });
    return counted;
  }

  /// The Prometheus text format.
  public String scrape() {
    return registry.scrape();
  }
}
