package io.wardbell.config;

import static io.wardbell.config.PostgresqlParameters.HONOURED;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Takes a PostgreSQL URL apart as libpq does (`conninfo_uri_parse_options` and `connectOptions2`
/// in its `fe-connect.c`): the first `@` before any `/` ends the user's part, hosts and ports are
/// lists, parameters overrule what stands before them, an unknown parameter is an error. libpq's
/// environment variables (PGHOST, …) and service files are not read.
final class PostgresqlUrlParser {
  /// Where libpq of the server's images looks if the URL names no host.
  private static final String SOCKET_FOLDER = "/var/run/postgresql";

  private static final String HOW_TO_ESCAPE =
      "; in a user's name or password a / is written %2F, an @ %40, a : %3A, a % %25";

  private final Map<String, String> given = new HashMap<>();
  private final List<String> ignored = new ArrayList<>();
  private final String text;
  private int at;

  private PostgresqlUrlParser(String text) {
    this.text = text;
  }

  static PostgresqlUrl parse(String text) {
    int slashes = text.indexOf(':') + 1;
    if (!text.startsWith("//", slashes)) {
      throw new IllegalArgumentException("write two slashes, as in postgresql://host/database");
    }
    PostgresqlUrlParser parser = new PostgresqlUrlParser(text.substring(slashes + 2));
    parser.userPart();
    parser.noMoreAt();
    parser.hosts();
    parser.database();
    parser.parameters();
    return parser.url();
  }

  /// The characters up to, and not including, the first of `ends`.
  private String upTo(String ends) {
    int start = at;
    while (at < text.length() && ends.indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return text.substring(start, at);
  }

  private boolean next(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void put(String name, String encoded, String what) {
    if (!encoded.isEmpty()) {
      given.put(name, PercentCode.decode(encoded, what));
    }
  }

  private void userPart() {
    String user = upTo("@/");
    if (!next('@')) {
      at = 0;
      return;
    }
    int colon = user.indexOf(':');
    put("user", colon < 0 ? user : user.substring(0, colon), "user's name");
    put("password", colon < 0 ? "" : user.substring(colon + 1), "password");
  }

  /// libpq would take what follows the first `@` of a password for a host, which is shown to all.
  private void noMoreAt() {
    int end = text.indexOf('?', at);
    if (text.substring(at, end < 0 ? text.length() : end).indexOf('@') >= 0) {
      throw unescaped();
    }
  }

  private static IllegalArgumentException unescaped() {
    return new IllegalArgumentException(
        "an @ or a / stands unescaped before the host" + HOW_TO_ESCAPE);
  }

  private void hosts() {
    List<String> hosts = new ArrayList<>();
    List<String> ports = new ArrayList<>();
    do {
      hosts.add(host());
      ports.add(next(':') ? upTo("/?,") : "");
    } while (next(','));
    put("host", String.join(",", hosts), "host");
    put("port", ports.size() == 1 ? ports.getFirst() : String.join(",", ports), "port");
  }

  private String host() {
    if (!next('[')) {
      return upTo(":/?,");
    }
    String host = upTo("]");
    boolean closed = next(']') && (at == text.length() || ":/?,".indexOf(text.charAt(at)) >= 0);
    if (!closed || host.isEmpty()) {
      throw new IllegalArgumentException("write an IPv6 address in brackets, as in [2001:db8::1]");
    }
    return host;
  }

  private void database() {
    if (next('/')) {
      put("dbname", upTo("?"), "database's name");
    }
  }

  private void parameters() {
    if (!next('?')) {
      return;
    }
    boolean furtherAt = text.indexOf('@', at) >= 0;
    while (at < text.length()) {
      String pair = upTo("&");
      next('&');
      int equals = pair.indexOf('=');
      if (equals < 0 || pair.indexOf('=', equals + 1) >= 0) {
        throw new IllegalArgumentException(
            "after the ? write name=value, joined by &; an = in a value is written %3D"
                + (furtherAt ? HOW_TO_ESCAPE : ""));
      }
      String name = PercentCode.decode(pair.substring(0, equals), "name of a parameter");
      if (furtherAt && !PostgresqlParameters.known(name)) {
        throw unescaped(); // without the name, which may be of the password
      }
      parameter(name, PercentCode.decode(pair.substring(equals + 1), "parameter " + name));
    }
  }

  private void parameter(String name, String value) {
    if (name.equals("ssl") && value.equals("true")) {
      given.put("sslmode", "require");
      return;
    }
    PostgresqlParameters.check(name, value).ifPresent(ignored::add);
    given.put(name, value);
  }

  private PostgresqlUrl url() {
    List<PostgresqlUrl.Server> servers = servers();
    String user = given("user").orElse(System.getProperty("user.name", ""));
    if (user.isEmpty()) {
      throw new IllegalArgumentException("name the user, as in postgresql://user@host/database");
    }
    TreeMap<String, String> parameters = new TreeMap<>(given);
    parameters.keySet().retainAll(HONOURED);
    parameters.values().removeIf(String::isEmpty);
    timeout(parameters);
    given("fallback_application_name")
        .ifPresent(name -> parameters.putIfAbsent("application_name", name));
    return new PostgresqlUrl(
        servers,
        new PostgresqlUrl.Login(user, given("password").map(Secret::new)),
        given("dbname").orElse(user),
        new PostgresqlTls(given).read(servers),
        parameters,
        ignored);
  }

  private Optional<String> given(String name) {
    return Optional.ofNullable(given.get(name)).filter(value -> !value.isEmpty());
  }

  private List<PostgresqlUrl.Server> servers() {
    List<String> hosts =
        List.of(given("host").or(() -> given("hostaddr")).orElse("").split(",", -1));
    if (given("host").isPresent() && given("hostaddr").isPresent()) {
      throw new IllegalArgumentException("give host or hostaddr, not both");
    }
    List<String> ports = List.of(given("port").orElse("").split(",", -1));
    if (ports.size() != 1 && ports.size() != hosts.size()) {
      throw new IllegalArgumentException(
          "name one port, or as many as the hosts, of which there are " + hosts.size());
    }
    List<PostgresqlUrl.Server> servers = new ArrayList<>();
    for (int i = 0; i < hosts.size(); i++) {
      servers.add(server(hosts.get(i), port(ports.get(ports.size() == 1 ? 0 : i))));
    }
    return servers;
  }

  private static int port(String text) {
    if (text.isEmpty()) {
      return PostgresqlUrl.PORT;
    }
    // What was read is not quoted: a password with an unescaped slash ends up here.
    int port = text.matches("\\s*\\d{1,5}\\s*") ? Integer.parseInt(text.strip()) : -1;
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("the port must be from 1 to 65535" + HOW_TO_ESCAPE);
    }
    return port;
  }

  private static PostgresqlUrl.Server server(String host, int port) {
    if (host.startsWith("@")) {
      throw new IllegalArgumentException(
          "a socket in the abstract namespace (host=@…) is not supported: use one in a folder,"
              + " or TCP");
    }
    if (host.isEmpty() || host.startsWith("/")) {
      String folder = host.isEmpty() ? SOCKET_FOLDER : host;
      return new PostgresqlUrl.Server.UnixSocket(path(folder + "/.s.PGSQL." + port, "host"));
    }
    return new PostgresqlUrl.Server.Tcp(host, port);
  }

  /// libpq takes a limit below zero for none, and one second for two.
  private static void timeout(Map<String, String> parameters) {
    parameters.computeIfPresent(
        "connect_timeout",
        (name, value) -> {
          if (!value.strip().matches("-?\\d{1,9}")) {
            throw new IllegalArgumentException("connect_timeout must be whole seconds");
          }
          int seconds = Integer.parseInt(value.strip());
          return String.valueOf(seconds == 1 ? 2 : Math.max(0, seconds));
        });
  }

  /// @param what the parameter's name, for the message
  static Path path(String text, String what) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(what + " must be a path", e);
    }
  }
}
