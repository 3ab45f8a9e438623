package io.wardbell.server;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpServer;
import io.wardbell.Certificates;
import io.wardbell.id.Id;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import io.wardbell.observe.Clock;
import io.wardbell.ops.Check;
import io.wardbell.ops.Check.Result;
import io.wardbell.ops.PublicWalk;
import io.wardbell.server.RealProxy.Ports;
import io.wardbell.server.RealProxy.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The way of a client, with one hop broken after the other.
class DoctorWalkIT {
  private static final String USER = "00000000-0000-4000-8000-00000000000a";

  @TempDir private Path folder;
  private RunningHub running;

  @BeforeEach
  void start() {
    running = new RunningHub(folder);
    running.accounts.put(USER, "stamp");
  }

  @AfterEach
  void stop() {
    running.close();
  }

  private static List<Check> walk(String origin, Optional<String> token) {
    return walk(origin, token, Duration.ofSeconds(25));
  }

  private static List<Check> walk(String origin, Optional<String> token, Duration pingPatience) {
    return new PublicWalk(
            new PublicWalk.Way(
                origin,
                "",
                (SSLSocketFactory) SSLSocketFactory.getDefault(),
                token,
                pingPatience,
                Duration.ofSeconds(10)),
            Clock.system())
        .walk();
  }

  private static String broken(List<Check> checks) {
    List<Check> bad = checks.stream().filter(check -> check.result() == Result.BAD).toList();
    assertThat(bad).as(checks.toString()).hasSize(1);
    return bad.getFirst().says();
  }

  @Test
  void allIsWellToARealNotification() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    Notification folder =
        new Notification.OfFolder(
            UpdateType.SYNC_FOLDER_CREATE, Id.of("f"), Id.of(USER), Instant.EPOCH);
    Thread changes =
        Thread.ofVirtual()
            .start(() -> {
              while (!done.get() && !Thread.currentThread().isInterrupted()) {
                running.hub.deliver(new Delivery(folder, Audience.Users.of(Id.of(USER))));
                java.util.concurrent.locks.LockSupport.parkNanos(500_000_000);
              }
            });
    List<Check> checks =
        walk(running.url(""), Optional.of(running.tokens.login(USER, "device", "stamp")));
    done.set(true);
    changes.join();
    assertThat(checks).as(checks.toString()).noneMatch(check -> check.result() == Result.BAD);
    assertThat(checks.getLast().says()).isEqualTo("notification: one came");
    assertThat(checks.toString()).contains("ping: came after 1");
  }

  @Test
  void unknownNameAndDeafPort() {
    assertThat(broken(walk("http://nowhere.invalid", Optional.empty()))).contains("WB-WEB-01");
    String deaf = "http://127.0.0.1:" + RealProxy.freePort();
    assertThat(broken(walk(deaf, Optional.empty())))
        .contains("WB-WEB-02", "in a container this is the container itself");
  }

  @Test
  void certificateThatNobodyTrusts() {
    Path certificate = folder.resolve("c.pem");
    Path key = folder.resolve("k.pem");
    Certificates.write("ec-pkcs8", "127.0.0.1", certificate, key);
    TlsConfig tls = new TlsConfig(Optional.of(certificate), Optional.of(key));
    try (RunningHub secure = new RunningHub(folder, RunningHub.LIMITS, tls)) {
      String origin = secure.url("").replace("http:", "https:");
      assertThat(broken(walk(origin, Optional.empty()))).contains("WB-WEB-04");
    }
  }

  @Test
  void domainsSchemeIsNotThatOfItsPort() {
    String plain = running.url("").replace("http:", "https:");
    assertThat(broken(walk(plain, Optional.empty())))
        .contains("speaks none", "scheme", "DOMAIN", "WB-WEB-04");
    Path certificate = folder.resolve("c.pem");
    Path key = folder.resolve("k.pem");
    Certificates.write("ec-pkcs8", "127.0.0.1", certificate, key);
    TlsConfig tls = new TlsConfig(Optional.of(certificate), Optional.of(key));
    try (RunningHub secure = new RunningHub(folder, RunningHub.LIMITS, tls)) {
      assertThat(broken(walk(secure.url(""), Optional.empty())))
          .contains("DOMAIN has to start with https://", "WB-WEB-05");
    }
  }

  @Test
  void nameWithAnUnderscoreIsAskedForAndNotLocalhost() {
    assertThat(broken(walk("https://my_vault.invalid:8443", Optional.empty())))
        .contains("nobody knows my_vault.invalid", "WB-WEB-01");
  }

  /// A proxy may have a certificate for each name and none for those who tell none, as Caddy.
  @Test
  void nameWithoutADotIsToldInTheHandshake() throws Exception {
    try (ServerSocket proxy = new ServerSocket(0, 1, InetAddress.getByName("localhost"))) {
      CompletableFuture<String> hello =
          CompletableFuture.supplyAsync(() -> {
            try (Socket client = proxy.accept()) {
              return new String(client.getInputStream().readNBytes(400), ISO_8859_1);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      broken(walk("https://localhost:" + proxy.getLocalPort(), Optional.empty()));
      assertThat(hello.get()).contains("localhost");
    }
  }

  @Test
  void tokenOfAnotherServer() {
    String told = broken(walk(running.url(""), Optional.of("a.b.c"), Duration.ZERO));
    assertThat(told).contains("token: refused (status 401)", "WB-WEB-13");
  }

  @Test
  void vaultServerInPlaceOfWardbell() throws IOException {
    HttpServer vault =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    int[] status = {404};
    vault.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(status[0], -1);
          exchange.close();
        });
    vault.start();
    try {
      String origin = "http://127.0.0.1:" + vault.getAddress().getPort();
      assertThat(broken(walk(origin, Optional.empty()))).contains("WB-WEB-10", "status 404");
      status[0] = 401;
      assertThat(broken(walk(origin, Optional.empty()))).contains("WB-WEB-09");
      status[0] = 502;
      assertThat(broken(walk(origin, Optional.empty()))).contains("WB-WEB-08");
    } finally {
      vault.stop(0);
    }
  }

  @Test
  void nginxWithoutItsUpgradeAndWithAShortPatience() throws IOException {
    assumeTrue(Program.NGINX.isThere());
    Ports ports = new Ports(RealProxy.freePort(), running.listener.port(), 1);
    String whole = Files.readString(Program.NGINX.older());
    Path lost =
        Files.writeString(folder.resolve("a"), whole.replaceAll(".*(Upgrade|Connection).*", ""));
    try (RealProxy _ = new RealProxy(Program.NGINX, lost, folder.resolve("1"), ports)) {
      assertThat(broken(walk("http://127.0.0.1:" + ports.front(), Optional.empty())))
          .contains("WB-WEB-06", "proxy_set_header Upgrade $http_upgrade");
    }
    ports = new Ports(RealProxy.freePort(), running.listener.port(), 1);
    String hasty =
        whole
            .replace(
                "location /notifications/hub {", "location ~ /notifications/(anonymous-)?hub$ {")
            .replace("http_upgrade;", "http_upgrade; proxy_read_timeout 2s;");
    Path impatient = Files.writeString(folder.resolve("b"), hasty);
    try (RealProxy _ = new RealProxy(Program.NGINX, impatient, folder.resolve("2"), ports)) {
      assertThat(broken(walk("http://127.0.0.1:" + ports.front(), Optional.empty())))
          .contains("WB-WEB-12", "proxy_read_timeout 90s");
    }
  }
}
