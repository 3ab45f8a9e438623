package io.wardbell.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A MariaDB or MySQL database, as the server's client library (diesel) understands the URL.
///
/// @param parameters those that the server understands: unix_socket, ssl_mode (lower case), ssl_ca,
///   ssl_cert, ssl_key
public record MysqlUrl(
    Address address,
    String user,
    Optional<Secret> password,
    String database,
    SortedMap<String, String> parameters,
    List<String> ignored)
    implements DatabaseUrl {
  private static final int PORT = 3306;
  private static final List<String> UNDERSTOOD =
      List.of("unix_socket", "ssl_mode", "ssl_ca", "ssl_cert", "ssl_key");
  private static final List<String> MODES =
      List.of("disabled", "preferred", "required", "verify_ca", "verify_identity");

  private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z_-]*");

  private static final Pattern ABOUT_TLS =
      Pattern.compile("ssl|tls|trust|cert", Pattern.CASE_INSENSITIVE);

  private static final Pattern FORM =
      Pattern.compile(
          "mysql://(?:(?<user>[^/?#]*)@)?(?<host>\\[[^\\]/?#@]*]|[^:/?#@\\[\\]]*)"
              + "(?::(?<port>\\d*))?(?:/(?<database>[^?#]*))?(?:\\?(?<query>[^#]*))?(?:#.*)?");

  /// @param host a name, or an address without brackets; empty for this machine
  public record Address(String host, int port) {
    @Override
    public String toString() {
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  public MysqlUrl {
    parameters = new TreeMap<>(parameters);
    ignored = List.copyOf(ignored);
  }

  @Override
  public SortedMap<String, String> parameters() {
    return new TreeMap<>(parameters);
  }

  static MysqlUrl parse(String text) {
    Matcher url = FORM.matcher(text);
    boolean matches = url.matches();
    String database = matches ? part(url, "database") : "";
    // Behind the host, an @ is of a login that a / or a ? seemed to end.
    if (!matches || database.contains("@") || part(url, "query").contains("@")) {
      throw new IllegalArgumentException(
          "write mysql://user:password@host:port/database; in a user's name or password"
              + " a / is written %2F, an @ %40, a ? %3F, a # %23");
    }
    if (database.isEmpty() || database.contains("/")) {
      throw new IllegalArgumentException("name one database, as in mysql://user@host/database");
    }
    String login = part(url, "user");
    int colon = login.indexOf(':');
    Query query = Query.read(part(url, "query"));
    return new MysqlUrl(
        address(url),
        PercentCode.decode(colon < 0 ? login : login.substring(0, colon), "user's name"),
        colon < 0
            ? Optional.empty()
            : Optional.of(new Secret(PercentCode.decode(login.substring(colon + 1), "password"))),
        PercentCode.decode(database, "database's name"),
        query.parameters(),
        query.ignored());
  }

  private static boolean isPort(int port) {
    return port > 0 && port <= 65_535;
  }

  private static String part(Matcher url, String name) {
    return Optional.ofNullable(url.group(name)).orElse("");
  }

  private static Address address(Matcher url) {
    String host = url.group("host");
    String port = part(url, "port");
    if (port.length() > 5 || (!port.isEmpty() && !isPort(Integer.parseInt(port)))) {
      throw new IllegalArgumentException("the port must be from 1 to 65535");
    }
    return new Address(
        host.startsWith("[")
            ? host.substring(1, host.length() - 1)
            : PercentCode.decode(host, "host"),
        port.isEmpty() ? PORT : Integer.parseInt(port));
  }

  private record Query(SortedMap<String, String> parameters, List<String> ignored) {
    /// diesel reads the parameters it knows and never looks at others.
    static Query read(String text) {
      TreeMap<String, String> parameters = new TreeMap<>();
      List<String> ignored = new ArrayList<>();
      for (String pair : text.isEmpty() ? new String[0] : text.split("&")) {
        int equals = pair.indexOf('=');
        String name = PercentCode.decode(equals < 0 ? pair : pair.substring(0, equals), "query");
        String value = equals < 0 ? "" : pair.substring(equals + 1).replace('+', ' ');
        if (!NAME.matcher(name).matches()) { // Maybe a password's: it is not repeated.
          throw new IllegalArgumentException(
              "what follows the ? must be of the form name=value&name=value; in a user's name or"
                  + " password a ? is written %3F, a / %2F");
        }
        if (UNDERSTOOD.contains(name)) {
          parameters.put(name, PercentCode.decode(value, "parameter " + name));
        } else if (ABOUT_TLS.matcher(name).find()) {
          throw new IllegalArgumentException(
              name
                  + " does nothing in a mysql:// URL, for the server neither: write ssl_mode="
                  + String.join("|", MODES)
                  + ", and ssl_ca");
        } else {
          ignored.add(name + " has no effect: the server does not know it either");
        }
      }
      parameters.computeIfPresent("ssl_mode", (name, mode) -> mode(mode));
      return new Query(parameters, ignored);
    }

    private static String mode(String text) {
      String mode = text.toLowerCase(Locale.ROOT);
      if (!MODES.contains(mode)) {
        throw new IllegalArgumentException("ssl_mode must be one of " + String.join(", ", MODES));
      }
      return mode;
    }
  }

  @Override
  public MysqlUrl withPassword(Secret other) {
    return new MysqlUrl(address, user, Optional.of(other), database, parameters, ignored);
  }

  @Override
  public boolean hasLogin() {
    return true;
  }

  @Override
  public String product() {
    return "mysql";
  }

  /// The URL in its plain form, the password as `***`.
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder("mysql://");
    out.append(PercentCode.encode(user)).append(password.isPresent() ? ":***@" : "@");
    out.append(address).append('/').append(PercentCode.encode(database));
    char separator = '?';
    for (Map.Entry<String, String> parameter : parameters.entrySet()) {
      out.append(separator).append(parameter.getKey()).append('=');
      out.append(PercentCode.encode(parameter.getValue()));
      separator = '&';
    }
    return out.toString();
  }
}
