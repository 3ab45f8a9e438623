package io.wardbell.server;

import java.util.HashMap;
import java.util.Map;

/// What a path leads to.
enum Route {
  HUB,
  HUB_NEGOTIATE,
  ANONYMOUS,
  ANONYMOUS_NEGOTIATE;

  /// All paths that clients and proxies use: with and without the sub-path of `DOMAIN`, with and
  /// without `/notifications`, which some proxies cut off. `/` is for proxies that cut off all of
  /// it: bitwarden_rs's WebSocket port never looked at the path.
  static Map<String, Route> paths(String subPath) {
    Map<String, Route> paths = new HashMap<>();
    for (String prefix : new String[] {"", subPath}) {
      for (String place : new String[] {"", "/notifications"}) {
        String base = prefix + place;
        paths.put(base + "/hub", HUB);
        paths.put(base + "/hub/negotiate", HUB_NEGOTIATE);
        paths.put(base + "/anonymous-hub", ANONYMOUS);
        paths.put(base + "/anonymous-hub/negotiate", ANONYMOUS_NEGOTIATE);
      }
    }
    paths.put("/", HUB);
    return Map.copyOf(paths);
  }

  /// A path without the slashes that an address typed into a setting brings along: one at its end,
  /// or two where one was meant.
  static String plain(String path) {
    String single = path.contains("//") ? path.replaceAll("/{2,}", "/") : path;
    return single.length() > 1 && single.endsWith("/")
        ? single.substring(0, single.length() - 1)
        : single;
  }
}
