package io.wardbell.sim;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What `/sync` shows a user, and what a client keeps of it.
public final class Copy {
  /// An item as one user sees it.
  ///
  /// @param data stands for all content
  /// @param shown attachments, collections and permissions
  public record Item(
      Instant date, Object data, boolean trashed, String folder, Object mark, List<String> shown) {}

  /// A folder or a Send.
  public record Thing(Instant date, Object data) {}

  public String stamp = "";
  Object settings = "[]";
  public final Map<String, Item> items = new HashMap<>();

  /// The items as the server shows them to whoever asks for one alone.
  final Map<String, Item> alone = new HashMap<>();

  public final Map<String, Thing> folders = new HashMap<>();
  public final Map<String, Thing> sends = new HashMap<>();

  /// Collections, organizations and policies, each with all that shows.
  final Set<String> organizations = new TreeSet<>();

  /// Whether a client that has the one date fetches when it is told the other: by `new Date`, which
  /// knows milliseconds.
  public static boolean isNewer(Instant told, Instant own) {
    return own.truncatedTo(ChronoUnit.MILLIS).isBefore(told.truncatedTo(ChronoUnit.MILLIS));
  }

  /// Takes a folder away: its items lie in none then.
  public void deleteFolder(String id) {
    folders.remove(id);
    items.replaceAll((_, item) ->
        id.equals(item.folder())
            ? new Item(item.date(), item.data(), item.trashed(), null, item.mark(), item.shown())
            : item);
  }

  /// How this differs from what the server would show, in people's words; empty if it does not. An
  /// item may be as the server shows it either way.
  public Map<String, String> differences(Copy server, boolean withSettings) {
    Map<String, String> found = new TreeMap<>();
    Map<String, Item> shown = new HashMap<>(server.items);
    server.alone.forEach((id, item) -> {
      if (item.equals(items.get(id))) {
        shown.put(id, item);
      }
    });
    compare(items, shown, found);
    compare(folders, server.folders, found);
    compare(sends, server.sends, found);
    if (!organizations.equals(server.organizations)) {
      List<String> odd = new ArrayList<>(organizations);
      odd.removeAll(server.organizations);
      List<String> missing = new ArrayList<>(server.organizations);
      missing.removeAll(organizations);
      found.put("organizations", "has " + odd + ", should have " + missing);
    }
    if (withSettings && !Objects.equals(settings, server.settings)) {
      found.put("settings", "has " + settings + ", should have " + server.settings);
    }
    return found;
  }

  private static <T> void compare(
      Map<String, T> mine, Map<String, T> servers, Map<String, String> found) {
    Set<String> ids = new TreeSet<>(mine.keySet());
    ids.addAll(servers.keySet());
    for (String id : ids) {
      if (!Objects.equals(mine.get(id), servers.get(id))) {
        found.put(id, "has " + mine.get(id) + ", should have " + servers.get(id));
      }
    }
  }
}
