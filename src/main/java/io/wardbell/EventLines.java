package io.wardbell;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.wardbell.change.Capture;
import io.wardbell.change.Row;
import io.wardbell.change.RowChange;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.observe.Clock;
import io.wardbell.ops.Event;
import io.wardbell.ops.SyncReport;
import io.wardbell.pipeline.Watcher;
import io.wardbell.vault.VaultTables;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One line for each change that was read and each notification that it makes: for people, or as a
/// JSON object for programs. Shows ids, never a value of another column.
final class EventLines implements Watcher {
  /// How a line looks.
  enum Format {
    PLAIN,
    JSON
  }

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final String JUST_SYNCED = ", if they synced just before";

  private final Format format;
  private final Clock clock;
  private final Consumer<String> out;
  private final JsonMapper json = JsonMapper.builder().build();

  /// @param out takes a line without its end; called by the pipeline's thread
  EventLines(Format format, Clock clock, Consumer<String> out) {
    this.format = format;
    this.clock = clock;
    this.out = out;
  }

  /// What became of the row.
  static String what(RowChange change) {
    return switch (change) {
      case RowChange.Upserted _ -> "upserted";
      case RowChange.Replaced _ -> "replaced";
      case RowChange.Deleted _ -> "deleted";
    };
  }

  /// The row's key, shortened.
  static String shortKey(RowChange change) {
    return key(change.table(), change.row()).values().stream()
        .map(Event::shortened)
        .collect(Collectors.joining(" "));
  }

  /// What a notification is about, shortened; empty for an account as a whole.
  static String shortId(Notification notification) {
    @Nullable String id = id(notification);
    return id == null ? "" : Event.shortened(id);
  }

  /// Who is told, shortened.
  static String shortPeople(Audience audience) {
    return switch (audience) {
      case Audience.Users(var users) when users.size() == 1 ->
          Event.shortened(sorted(users).getFirst());
      case Audience.Users(var users) -> users.size() + " users";
      case Audience.JustSynced(var users, _, _) ->
          shortPeople(new Audience.Users(users)) + JUST_SYNCED;
      case Audience.StaleSessions(var user, _) ->
          "older logins of " + Event.shortened(user.toString());
      case Audience.Anonymous _, Audience.Everyone _, Audience.EveryoneJustSynced _ ->
          people(audience);
    };
  }

  @Override
  public void changed(RowChange change, Instant committedAt) {
    String what = what(change);
    Map<String, String> key = key(change.table(), change.row());
    if (format == Format.PLAIN) {
      out.accept(
          "%s %-19s %-8s %s"
              .formatted(
                  TIME.format(committedAt), change.table(), what, String.join(" ", key.values())));
      return;
    }
    Map<String, Object> line = line("change");
    line.put("committedAt", committedAt.toString());
    line.put("table", change.table());
    line.put("change", what);
    line.put("key", key);
    print(line);
  }

  private static Map<String, String> key(String table, Row row) {
    Map<String, String> key = new LinkedHashMap<>();
    Capture.@Nullable Table captured = VaultTables.CAPTURE.tables().get(table);
    for (String column : captured == null ? List.<String>of() : captured.key()) {
      @Nullable String value = row.text(column);
      key.put(column, value == null ? "?" : value.strip());
    }
    return key;
  }

  @Override
  public void delivered(Delivery delivery) {
    Notification notification = delivery.notification();
    @Nullable String id = id(notification);
    if (format == Format.PLAIN) {
      out.accept(
          "%12s   -> %2d %s%s to %s%s"
              .formatted(
                  "",
                  notification.type().number(),
                  notification.type(),
                  id == null ? "" : " " + id,
                  people(delivery.audience()),
                  delivery.again() ? ", once more" : ""));
      return;
    }
    Map<String, Object> line = line("notification");
    line.put("type", notification.type().number());
    line.put("name", notification.type().toString());
    if (id != null) {
      line.put("id", id);
    }
    switch (delivery.audience()) {
      case Audience.Users(var users) -> line.put("users", sorted(users));
      case Audience.JustSynced(var users, _, _) -> line.put("usersIfJustSynced", sorted(users));
      case Audience.StaleSessions(var user, _) -> line.put("staleSessionsOf", user.toString());
      case Audience.Anonymous(var request) -> line.put("anonymousToken", request.toString());
      case Audience.Everyone _ -> line.put("everyone", true);
      case Audience.EveryoneJustSynced _ -> line.put("everyoneIfJustSynced", true);
    }
    if (delivery.again()) {
      line.put("again", true);
    }
    print(line);
  }

  private static @Nullable String id(Notification notification) {
    return switch (notification) {
      case Notification.OfCipher cipher -> cipher.id().toString();
      case Notification.OfFolder folder -> folder.id().toString();
      case Notification.OfSend send -> send.id().toString();
      case Notification.OfAuthRequest request -> request.id().toString();
      case Notification.OfAccount _ -> null;
    };
  }

  private static String people(Audience audience) {
    return switch (audience) {
      case Audience.Users(var users) when users.size() > 3 -> users.size() + " users";
      case Audience.Users(var users) -> String.join(", ", sorted(users));
      case Audience.JustSynced(var users, _, _) -> people(new Audience.Users(users)) + JUST_SYNCED;
      case Audience.StaleSessions(var user, _) -> "older logins of " + user;
      case Audience.Anonymous _ -> "the device that asks";
      case Audience.Everyone _ -> "everyone";
      case Audience.EveryoneJustSynced _ -> "everyone" + JUST_SYNCED;
    };
  }

  private static List<String> sorted(Iterable<?> ids) {
    List<String> texts = new ArrayList<>();
    ids.forEach(id -> texts.add(id.toString()));
    texts.sort(null);
    return texts;
  }

  /// Whether changes are heard of.
  void state(SyncReport report) {
    @Nullable String why = report.why();
    if (format == Format.PLAIN) {
      out.accept(
          "%s -- %s%s"
              .formatted(TIME.format(clock.now()), report.state(), why == null ? "" : ": " + why));
      return;
    }
    Map<String, Object> line = line("state");
    line.put("synced", report.synced());
    line.put("state", report.state());
    if (why != null) {
      line.put("why", why);
    }
    print(line);
  }

  private Map<String, Object> line(String event) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("event", event);
    line.put("at", clock.now().toString());
    return line;
  }

  private void print(Map<String, Object> line) {
    try {
      out.accept(json.writeValueAsString(line));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and numbers are JSON", e);
    }
  }
}
