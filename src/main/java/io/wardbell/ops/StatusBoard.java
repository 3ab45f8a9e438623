package io.wardbell.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Count;
import io.wardbell.observe.Metrics;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All that the status page shows, as one JSON object. Any thread; nothing is done until somebody
/// looks.
public final class StatusBoard {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// The running process, as far as it is shown.
  public interface Running {
    /// The program's version.
    String version();

    /// The database, without a user or a password.
    String database();

    /// Whether clients hear of changes right now.
    SyncReport sync();

    /// What is bounded: queues and limits.
    List<Usage> usages();

    /// Log that the database keeps for us; null if none.
    @Nullable Held held();
  }

  private final Running running;
  private final Activity activity;
  private final Metrics metrics;
  private final Clock clock;
  private final Instant startedAt;

  public StatusBoard(Running running, Activity activity, Metrics metrics, Clock clock) {
    this.running = running;
    this.activity = activity;
    this.metrics = metrics;
    this.clock = clock;
    startedAt = clock.now();
  }

  /// One line.
  public String json() {
    Instant now = clock.now();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("version", running.version());
    all.put("database", running.database());
    all.put("now", now.toEpochMilli());
    all.put("startedAt", startedAt.toEpochMilli());
    SyncReport sync = running.sync();
    all.put("synced", sync.synced());
    all.put("state", sync.state());
    all.put("why", sync.why());
    @Nullable Duration lag = metrics.lag();
    all.put("lagMillis", lag == null ? null : lag.toNanos() / 1e6);
    @Nullable Held held = running.held();
    all.put(
        "held",
        held == null
            ? null
            : Map.of("name", held.name(), "bytes", held.bytes(), "bytesMax", held.bytesMax()));
    all.put("sessions", metrics.shown("sessions"));
    all.put("usages", running.usages().stream().map(StatusBoard::usage).toList());
    all.put("notifications", metrics.counted(Count.NOTIFICATIONS));
    all.put("gaps", sum(Count.GAPS));
    all.put("refused", metrics.counted(Count.CONNECTIONS_REFUSED));
    Activity.Chart chart = activity.chart(now);
    all.put("chart", Map.of("seconds", chart.seconds(), "types", chart.types()));
    all.put("events", activity.events().stream().map(StatusBoard::event).toList());
    try {
      return JSON.writeValueAsString(all);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and numbers are always JSON", e);
    }
  }

  private long sum(Count count) {
    return metrics.counted(count).values().stream().mapToLong(Long::longValue).sum();
  }

  private static Map<String, Object> usage(Usage usage) {
    return Map.of("name", usage.name(), "used", usage.used(), "max", usage.max());
  }

  private static Map<String, Object> event(Event event) {
    return Map.of(
        "at", event.at().toEpochMilli(),
        "what", event.what(),
        "id", event.id(),
        "to", event.to());
  }
}
