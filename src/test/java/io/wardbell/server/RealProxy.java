package io.wardbell.server;

import static org.awaitility.Awaitility.await;

import io.wardbell.Certificates;
import io.wardbell.Ending;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A reverse proxy, as this machine has it, in a process of its own, with a configuration of which
/// only addresses and folders are changed, and what goes around it.
final class RealProxy implements AutoCloseable {
  /// The programs, and how each is told about a configuration.
  enum Program {
    NGINX("nginx", "nginx.conf"),
    CADDY("caddy", "Caddyfile"),
    HTTPD("apache2", "httpd.conf"),
    HAPROXY("haproxy", "haproxy.cfg"),
    /// No system packages it: one binary from the project's releases, in `/usr/local/bin`.
    TRAEFIK("traefik", "traefik.yaml");

    private final String command;
    private final String file;

    Program(String command, String file) {
      this.command = command;
      this.file = file;
    }

    /// Whether this machine has it.
    boolean isThere() {
      return Stream.of("/usr/sbin", "/usr/bin", "/usr/local/bin", "/usr/local/sbin")
          .anyMatch(folder -> Files.isExecutable(Path.of(folder, command)));
    }

    /// The configuration that people are given.
    Path given() {
      return Path.of("compose", "proxies", file);
    }

    /// The configuration that people have for bitwarden_rs.
    Path older() {
      return Path.of(
          "src", "test", "proxies", name().toLowerCase(java.util.Locale.ROOT) + "-3012.conf");
    }
  }

  /// Where clients connect, and where the two servers are.
  record Ports(int front, int hub, int vault) {}

  private static final List<String> HTTPD_MODULES =
      List.of(
          "mpm_event",
          "authz_core",
          "ssl",
          "proxy",
          "proxy_http",
          "proxy_wstunnel",
          "rewrite",
          "headers");

  /// The arguments that Traefik's file asks for in its comments.
  private static final Pattern ARGUMENT = Pattern.compile("--accesslog[=.]\\S+");

  private static final Pattern ADDRESS = Pattern.compile("127\\.0\\.0\\.1:(3012|8000|443)\\b");

  private final Program program;
  private final Path folder;
  private final Path logs;
  private final Ports ports;
  private final Process process;

  /// Starts it, and waits until it listens.
  RealProxy(Program program, Path configuration, Path folder, Ports ports) throws IOException {
    this.program = program;
    this.folder = folder;
    this.ports = ports;
    logs = Files.createDirectories(folder.resolve("logs"));
    Path tls = Files.createDirectories(folder.resolve("tls"));
    Certificates.write(
        "pkcs8", "127.0.0.1", tls.resolve("fullchain.pem"), tls.resolve("privkey.pem"));
    Files.writeString(
        tls.resolve("all.pem"),
        Files.readString(tls.resolve("fullchain.pem"))
            + Files.readString(tls.resolve("privkey.pem")));
    ProcessBuilder builder =
        new ProcessBuilder(command(placed(Files.readString(configuration))))
            .redirectErrorStream(true)
            .redirectOutput(logs.resolve("said.log").toFile());
    builder.environment().put("HOME", folder.toString());
    builder.environment().put("XDG_DATA_HOME", folder.toString());
    builder.environment().put("XDG_CONFIG_HOME", folder.toString());
    builder.environment().put("DOMAIN", "https://127.0.0.1:" + ports.front());
    builder.environment().put("WARDBELL", "127.0.0.1:" + ports.hub());
    builder.environment().put("VAULTWARDEN", "127.0.0.1:" + ports.vault());
    process = builder.start();
    await().atMost(Duration.ofSeconds(20)).until(this::listens);
  }

  private boolean listens() throws IOException {
    if (!process.isAlive()) {
      throw new IllegalStateException(program + " ended: " + logs());
    }
    try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), ports.front())) {
      return program != Program.CADDY || !caddyHasTls() || Files.exists(authority());
    } catch (java.net.ConnectException e) {
      return false;
    }
  }

  private boolean caddyHasTls() throws IOException {
    return Files.readString(folder.resolve("Caddyfile")).contains("{$DOMAIN");
  }

  /// The text with this test's addresses and folders.
  private String placed(String text) {
    // At once: a free port may begin like one of these.
    return ADDRESS
        .matcher(text)
        .replaceAll(address ->
            "127.0.0.1:"
                + switch (address.group(1)) {
                  case "3012" -> ports.hub();
                  case "8000" -> ports.vault();
                  default -> ports.front();
                })
        .replace("listen 443 ssl", "listen 127.0.0.1:" + ports.front() + " ssl")
        .replace("Host(`vault.example.org`)", "Host(`127.0.0.1`)")
        .replace("<VirtualHost *:443>", "<VirtualHost 127.0.0.1:" + ports.front() + ">")
        .replace("bind :443", "bind 127.0.0.1:" + ports.front())
        .replace("/etc/ssl/vault", folder.resolve("tls").toString())
        .replace("/var/log/nginx", logs.toString())
        .replace("/var/log/apache2", logs.toString());
  }

  private List<String> command(String text) throws IOException {
    return switch (program) {
      case NGINX -> {
        Path vault = Files.writeString(folder.resolve("vault.conf"), text);
        yield List.of("/usr/sbin/nginx", "-c", write("main.conf", nginx(vault)), "-e", "stderr");
      }
      case CADDY -> {
        // Not into this machine's trusted certificates, and no port for administrators.
        String alone = text.replaceFirst("\n\\{\n", "\n{\n\tskip_install_trust\n\tadmin off\n");
        String options = alone.equals(text) ? "{\n\tadmin off\n}\n" + text : alone;
        yield List.of(
            "caddy", "run", "--adapter", "caddyfile", "--config", write("Caddyfile", options));
      }
      case HTTPD -> {
        Path vault = Files.writeString(folder.resolve("vault.conf"), text);
        yield List.of(
            "/usr/sbin/apache2", "-f", write("main.conf", httpd(vault)), "-D", "FOREGROUND");
      }
      case HAPROXY -> List.of("/usr/sbin/haproxy", "-db", "-f", write("haproxy.cfg", text));
      case TRAEFIK -> {
        List<String> line = new ArrayList<>();
        line.add("traefik");
        line.add("--providers.file.filename=" + write("routes.yaml", text));
        line.add("--entrypoints.websecure.address=127.0.0.1:" + ports.front());
        line.add("--global.checknewversion=false");
        ARGUMENT.matcher(text).results().map(MatchResult::group).forEach(line::add);
        yield line;
      }
    };
  }

  private String write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text).toString();
  }

  private String nginx(Path vault) {
    return """
    daemon off;
    user root;
    pid %1$s/pid;
    error_log stderr;
    events { worker_connections 256; }
    http {
      access_log off;
      client_body_temp_path %1$s/body;
      proxy_temp_path %1$s/proxy;
      fastcgi_temp_path %1$s/fastcgi;
      uwsgi_temp_path %1$s/uwsgi;
      scgi_temp_path %1$s/scgi;
      include %2$s;
    }
    """
        .formatted(folder, vault);
  }

  private String httpd(Path vault) {
    StringBuilder main = new StringBuilder();
    for (String module : HTTPD_MODULES) {
      main.append(
          "LoadModule %1$s_module /usr/lib/apache2/modules/mod_%1$s.so%n".formatted(module));
    }
    return main
        + """
        Listen 127.0.0.1:%1$d
        ServerName 127.0.0.1
        DefaultRuntimeDir %2$s
        PidFile %2$s/pid
        ErrorLog %2$s/logs/main.log
        User www-data
        Group www-data
        Include %3$s
        """
            .formatted(ports.front(), folder, vault);
  }

  /// A free port.
  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What a client has to trust.
  Path authority() {
    return program == Program.CADDY
        ? folder.resolve("caddy/pki/authorities/local/root.crt")
        : folder.resolve("tls/fullchain.pem");
  }

  /// All that it has logged.
  String logs() {
    try (Stream<Path> files = Files.list(logs)) {
      StringBuilder all = new StringBuilder();
      for (Path file : files.toList()) {
        all.append(Files.readString(file));
      }
      return all.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    Ending.end(process, Duration.ofSeconds(5));
  }
}
