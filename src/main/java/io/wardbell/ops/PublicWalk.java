package io.wardbell.ops;

import io.wardbell.observe.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;

/// Goes the way of a client, from the name to the first ping and, if it is given a login's token,
/// to a notification. Stops at the hop that breaks, and names it. One thread.
public final class PublicWalk {
  private static final String HANDSHAKE = "{\"protocol\":\"messagepack\",\"version\":1}\u001e";
  private static final String SIGNALR_PING = "\u0002\u0091\u0006";
  private static final Duration HANDSHAKE_PATIENCE = Duration.ofSeconds(8);

  /// Where to, and how.
  ///
  /// @param origin scheme, host and port, from `DOMAIN`
  /// @param subPath empty, or as in `/vault`
  /// @param token a login's, if a notification is to be waited for
  /// @param pingPatience longer than the hub's pings are apart; zero not to wait for one
  /// @param notificationPatience for somebody to change something
  public record Way(
      String origin,
      String subPath,
      SSLSocketFactory tls,
      Optional<String> token,
      Duration pingPatience,
      Duration notificationPatience) {}

  /// The hop that breaks; what it says is in the list already.
  private static final class Broken extends Exception {
    private static final long serialVersionUID = 1L;

    Broken() {
      super("a hop is broken", null, false, false);
    }
  }

  private final Way way;
  private final Clock clock;
  private final Origin origin;
  private final List<Check> checks = new ArrayList<>();

  public PublicWalk(Way way, Clock clock) {
    this.way = way;
    this.clock = clock;
    origin = Origin.of(way.origin());
  }

  /// All that was seen, the broken hop last.
  public List<Check> walk() {
    try {
      InetSocketAddress address = name();
      reach(address);
      connect(address, "hub");
      listen(address);
      if (way.token().isPresent()) {
        notification(address, way.token().get());
      } else {
        checks.add(
            new Check(
                Check.Result.SKIPPED,
                "a real notification: give a login's token by --token-file to wait for one"));
      }
    } catch (Broken e) {
      checks.add(new Check(Check.Result.SKIPPED, "what lies behind that hop"));
    }
    return List.copyOf(checks);
  }

  private Broken broken(String says) {
    checks.add(Check.bad(says));
    return new Broken();
  }

  private InetSocketAddress name() throws Broken {
    try {
      InetAddress[] all = InetAddress.getAllByName(origin.host());
      checks.add(
          Check.good(
              "name: %s is %s"
                  .formatted(
                      origin.host(),
                      Arrays.stream(all)
                          .map(InetAddress::getHostAddress)
                          .collect(Collectors.joining(", ")))));
      return new InetSocketAddress(all[0], origin.port());
    } catch (UnknownHostException e) {
      throw broken(
          "name: nobody knows %s: make its DNS record, or correct DOMAIN [WB-WEB-01]"
              .formatted(origin.host()));
    }
  }

  private void reach(InetSocketAddress address) throws Broken {
    try (WalkSocket socket = new WalkSocket()) {
      socket.connect(address);
      checks.add(Check.good("address: %s answers".formatted(address)));
      secure(socket);
    } catch (IOException e) {
      String inside =
          address.getAddress().isLoopbackAddress()
              ? "; in a container this is the container itself, so run doctor where it is the proxy"
              : "";
      throw broken(
          ("address: nothing answers at %s (%s): start the proxy, let the firewall through, or"
                  + " correct DOMAIN%s [WB-WEB-02]")
              .formatted(address, e.getMessage(), inside));
    }
    if (origin.isTls()) {
      checks.add(
          Check.good("TLS: the certificate is of %s and is trusted".formatted(origin.host())));
    } else {
      checks.add(
          new Check(
              Check.Result.ADVICE,
              "TLS: DOMAIN starts with http://, and clients elsewhere than on localhost demand"
                  + " https:// [WB-WEB-03]"));
    }
  }

  private void secure(WalkSocket socket) throws IOException, Broken {
    if (!origin.isTls()) {
      return;
    }
    try {
      socket.secure(way.tls(), origin.host(), origin.port());
    } catch (SSLException | SocketTimeoutException e) {
      if (String.valueOf(e.getMessage()).contains("unrecognized SSL message")) {
        throw broken(
            "TLS: port %d speaks none: correct the scheme (http://) or the port in DOMAIN [WB-WEB-04]"
                .formatted(origin.port()));
      }
      throw broken(
          ("TLS: no client would trust what answers (%s): give the proxy a certificate of %s with its"
                  + " intermediates, or pass its authority by --ca-file [WB-WEB-04]")
              .formatted(e.getMessage(), origin.host()));
    }
  }

  /// Without a token: Wardbell's refusal is what shows that it was reached, upgrade and all.
  private void connect(InetSocketAddress address, String hub) throws Broken {
    try (WalkSocket socket = open(address)) {
      WalkSocket.Answer answer = socket.upgrade(origin.authority(), path(hub));
      ProxyAdvice advice = ProxyAdvice.of(answer.header("server"));
      if (answer.status() == 401 && answer.body().equals("{\"error\":\"invalid token\"}")) {
        checks.add(Check.good("proxy: %s reaches Wardbell, with its upgrade".formatted(path(hub))));
        return;
      }
      if (answer.status() == 400 && answer.body().contains("HTTPS")) {
        throw broken(
            "proxy: port %d speaks TLS: DOMAIN has to start with https:// [WB-WEB-05]"
                .formatted(origin.port()));
      }
      throw broken(misled(answer, path(hub), advice));
    } catch (IOException e) {
      String scheme =
          origin.isTls() ? "" : "; if port %d speaks TLS, DOMAIN has to start with https://";
      throw broken(
          "proxy: it breaks off at %s (%s)%s [WB-WEB-05]"
              .formatted(path(hub), e.getMessage(), scheme.formatted(origin.port())));
    }
  }

  private static String misled(WalkSocket.Answer answer, String path, ProxyAdvice advice) {
    int status = answer.status();
    String body = answer.body();
    if (status == 426 && body.contains("this is a WebSocket")) {
      return "proxy: %s reaches Wardbell, but the upgrade is lost on the way: %s [WB-WEB-06]"
          .formatted(path, advice.upgrade());
    }
    if (status == 503 && body.contains("not ready")) {
      return "proxy: %s reaches Wardbell, which has no key yet: see above [WB-WEB-07]"
          .formatted(path);
    }
    if (status == 502 || status == 503 || status == 504) {
      return ("proxy: it answers %d for %s, so it does not reach what it sends this to: start Wardbell,"
              + " or correct the address in the proxy (in a container Wardbell listens on its name,"
              + " not on localhost) [WB-WEB-08]")
          .formatted(status, path);
    }
    if (status == 401 || status == 101) {
      return ("proxy: %s goes to another hub, the vault server's own probably (status %d): %s; and set"
              + " ENABLE_WEBSOCKET=false for the vault server [WB-WEB-09]")
          .formatted(path, status, advice.route());
    }
    return "proxy: %s does not go to Wardbell (status %d%s): %s [WB-WEB-10]"
        .formatted(
            path,
            status,
            answer.header("server").isEmpty() ? "" : " from " + answer.header("server"),
            advice.route());
  }

  /// The anonymous hub asks for no token, so that handshake and pings can be seen there.
  private void listen(InetSocketAddress address) throws Broken {
    String path = path("anonymous-hub");
    long began = clock.nanoTime();
    try (WalkSocket socket = open(address)) {
      WalkSocket.Answer answer =
          socket.upgrade(origin.authority(), path + "?Token=" + UUID.randomUUID());
      ProxyAdvice advice = ProxyAdvice.of(answer.header("server"));
      if (answer.status() != 101) {
        throw broken(misled(answer, path, advice) + "; until then nobody can log in with a device");
      }
      checks.add(Check.good("proxy: %s reaches Wardbell".formatted(path)));
      shakeHands(socket);
      if (!way.pingPatience().isZero()) {
        heartbeat(socket, advice, began);
      }
    } catch (IOException e) {
      throw broken("proxy: it breaks off at %s (%s) [WB-WEB-05]".formatted(path, e.getMessage()));
    }
  }

  private void shakeHands(WalkSocket socket) throws Broken {
    try {
      socket.say(HANDSHAKE);
      if (socket.hear(HANDSHAKE_PATIENCE).equals("{}\u001e")) {
        checks.add(Check.good("handshake: answered"));
        return;
      }
      throw broken("handshake: what answers speaks no SignalR [WB-WEB-11]");
    } catch (IOException e) {
      throw broken(
          ("handshake: the upgrade was let through, but what is said then does not arrive (%s): take"
                  + " buffering and inspection of this path out of the proxy [WB-WEB-11]")
              .formatted(e.getMessage()));
    }
  }

  private void heartbeat(WalkSocket socket, ProxyAdvice advice, long began) throws Broken {
    try {
      String heard = socket.hear(way.pingPatience());
      if (!heard.equals(SIGNALR_PING)) {
        throw broken("ping: something else came [WB-WEB-12]");
      }
      checks.add(Check.good("ping: came after %d s of silence".formatted(seconds(began))));
    } catch (IOException e) {
      throw broken(
          "ping: none came, and the connection is gone after %d s (%s): %s [WB-WEB-12]"
              .formatted(seconds(began), e.getMessage(), advice.timeout()));
    }
  }

  private long seconds(long began) {
    return Duration.ofNanos(clock.nanoTime() - began).toSeconds();
  }

  private void notification(InetSocketAddress address, String token) throws Broken {
    String path = path("hub");
    String query = "?access_token=" + URLEncoder.encode(token, StandardCharsets.UTF_8);
    try (WalkSocket socket = open(address)) {
      int status = socket.upgrade(origin.authority(), path + query).status();
      if (status != 101) {
        throw broken(
            ("token: refused (status %d): is it a login's of this server, not older than two hours,"
                    + " and is DOMAIN the server's? [WB-WEB-13]")
                .formatted(status));
      }
      shakeHands(socket);
      long end = clock.nanoTime() + way.notificationPatience().toNanos();
      while (true) {
        Duration left = Duration.ofNanos(end - clock.nanoTime());
        if (!left.isPositive()) {
          throw new SocketTimeoutException("time is up");
        }
        if (socket.hear(left).contains("ReceiveMessage")) {
          checks.add(Check.good("notification: one came"));
          return;
        }
      }
    } catch (IOException e) {
      throw broken(
          ("notification: none in %d s (%s): was something of this account changed? is `wardbell health"
                  + " --sync` content? [WB-WEB-14]")
              .formatted(way.notificationPatience().toSeconds(), e.getMessage()));
    }
  }

  private WalkSocket open(InetSocketAddress address) throws IOException {
    WalkSocket socket = new WalkSocket();
    try {
      socket.connect(address);
      if (origin.isTls()) {
        socket.secure(way.tls(), origin.host(), origin.port());
      }
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private String path(String hub) {
    return way.subPath() + "/notifications/" + hub;
  }
}
