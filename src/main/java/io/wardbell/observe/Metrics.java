package io.wardbell.observe;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/// All metrics of one process. Safe for use by any thread; counting does not allocate after the
/// first time. Labels are from closed sets: never an id, a token or an address.
public final class Metrics {
  private record Key(Count count, String label) {}

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final ConcurrentHashMap<Key, Counter> counters = new ConcurrentHashMap<>();
  private final Timer commitToRouted;

  public Metrics() {
    commitToRouted =
        Timer.builder("wardbell.commit.to.routed")
            .description(
                "From the commit, by the database's clock, to the notification's hand-over")
            .publishPercentiles(0.5, 0.95, 0.99)
            .register(registry);
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

  /// Records how long after its commit a change was handed over. Negative lags (clocks that differ)
  /// count as zero.
  public void commitToRouted(Duration lag) {
    commitToRouted.record(lag.isNegative() ? Duration.ZERO : lag);
  }

  /// The Prometheus text format.
  public String scrape() {
    return registry.scrape();
  }
}
