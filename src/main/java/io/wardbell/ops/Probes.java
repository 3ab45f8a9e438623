package io.wardbell.ops;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The answers to those who ask how the process is. Any thread.
///
/// A database that is away must not take every replica out of a load balancer: it makes `syncz`
/// fail and leaves `readyz` as it is.
public final class Probes {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// One answer.
  ///
  /// @param json an object, small
  public record Answer(boolean good, String json) {
    /// 200 or 503.
    public int httpStatus() {
      return good ? 200 : 503;
    }
  }

  private final Supplier<SyncReport> sync;
  private final Supplier<@Nullable Held> held;
  private final CopyOnWriteArrayList<Supplier<@Nullable String>> needs =
      new CopyOnWriteArrayList<>();
  private volatile boolean draining;

  /// @param held log that the database keeps for us; null if none
  public Probes(Supplier<SyncReport> sync, Supplier<@Nullable Held> held) {
    this.sync = sync;
    this.held = held;
  }

  /// Adds something without which clients cannot be served.
  ///
  /// @param lack says what is missing; null if nothing is
  public void need(Supplier<@Nullable String> lack) {
    needs.add(lack);
  }

  /// Not ready from now on: the process is about to stop.
  public void drain() {
    draining = true;
  }

  /// The process answers.
  public Answer live() {
    return new Answer(true, "{\"live\":true}");
  }

  /// Clients can be served: the listener and the key are there, and it is not about to stop.
  public Answer ready() {
    List<String> lacks = new ArrayList<>();
    if (draining) {
      lacks.add("stopping");
    }
    for (Supplier<@Nullable String> need : needs) {
      String lack = need.get();
      if (lack != null) {
        lacks.add(lack);
      }
    }
    return answer("ready", lacks.isEmpty(), Map.of(), String.join("; ", lacks));
  }

  /// Clients hear of every change as it is committed.
  public Answer sync() {
    SyncReport report = sync.get();
    Map<String, Object> more = new LinkedHashMap<>();
    more.put("state", report.state());
    @Nullable Held log = held.get();
    if (log != null) {
      more.put("retainedLogBytes", log.bytes());
    }
    return answer("synced", report.synced(), more, report.why());
  }

  private static Answer answer(
      String what, boolean good, Map<String, Object> more, @Nullable String why) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put(what, good);
    body.putAll(more);
    if (!good && why != null) {
      body.put("why", why);
    }
    try {
      return new Answer(good, JSON.writeValueAsString(body));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and numbers are always JSON", e);
    }
  }
}
