package io.wardbell.ops;

import java.util.Locale;

/// The lines to change, by the proxy that showed itself in the header `Server`.
enum ProxyAdvice {
  NGINX(
      "location ~ ^(/[^/]+)*/notifications/(anonymous-)?hub { proxy_pass http://WARDBELL:3012; … }",
      "proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection"
          + " \"upgrade\";",
      "proxy_read_timeout 90s;"),
  CADDY(
      "reverse_proxy /notifications/*hub WARDBELL:3012, before the vault server's",
      "no line: Caddy passes upgrades on; what stands between it and Wardbell?",
      "no line: Caddy has no such limit; what stands before it?"),
  APACHE(
      "ProxyPassMatch \"^/((?:[^/]+/)*notifications/(?:anonymous-)?hub)$\""
          + " \"http://WARDBELL:3012/$1\" upgrade=websocket, before ProxyPass /",
      "upgrade=websocket at the end of ProxyPass (Apache 2.4.47 or newer, mod_proxy_http)",
      "timeout=90 at the end of ProxyPass"),
  UNKNOWN(
      "/notifications/hub and /notifications/anonymous-hub go to Wardbell's port 3012",
      "the headers Upgrade and Connection are passed on, by HTTP/1.1",
      "a connection may be silent for 90 s (HAProxy: timeout tunnel 90s)");

  private final String route;
  private final String upgrade;
  private final String timeout;

  ProxyAdvice(String route, String upgrade, String timeout) {
    this.route = route;
    this.upgrade = upgrade;
    this.timeout = timeout;
  }

  static ProxyAdvice of(String server) {
    String name = server.toLowerCase(Locale.ROOT);
    if (name.contains("nginx") || name.contains("openresty")) {
      return NGINX;
    }
    if (name.contains("caddy")) {
      return CADDY;
    }
    return name.contains("apache") ? APACHE : UNKNOWN;
  }

  private String line(String wanted) {
    return (this == UNKNOWN
            ? "see to it in the proxy that "
            : "in the configuration of the proxy: ")
        + wanted
        + " (compose/proxies has whole files)";
  }

  /// What sends the hub's paths to Wardbell.
  String route() {
    return line(route);
  }

  /// What passes an upgrade on.
  String upgrade() {
    return line(upgrade);
  }

  /// What leaves a silent connection alone.
  String timeout() {
    return line(timeout);
  }
}
