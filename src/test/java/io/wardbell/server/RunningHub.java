package io.wardbell.server;

import io.wardbell.KnownAccounts;
import io.wardbell.Tokens;
import io.wardbell.auth.AuthConfig;
import io.wardbell.auth.Authenticator;
import io.wardbell.config.OperatorAddress;
import io.wardbell.hub.Hub;
import io.wardbell.hub.HubConfig;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import io.wardbell.ops.Activity;
import io.wardbell.ops.Held;
import io.wardbell.ops.Probes;
import io.wardbell.ops.StatusBoard;
import io.wardbell.ops.SyncReport;
import io.wardbell.ops.Usage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The hub with its real listeners on 127.0.0.1, without a database behind it.
final class RunningHub implements AutoCloseable {
  static final HubConfig LIMITS =
      new HubConfig(1000, 100, 500, 25, 500, 15, 1024, 300, 64, 65_536, 30, 60, 1000, 10);

  final Tokens tokens = Tokens.create();
  final KnownAccounts accounts = new KnownAccounts();
  final Metrics metrics = new Metrics();
  final Hub hub;
  final HubListener listener;
  final OperatorListener operator;
  final Probes probes;
  final Activity activity = new Activity();
  volatile @Nullable Held held;
  volatile SyncReport sync = new SyncReport(true, "streaming", null);

  RunningHub(Path folder) {
    this(folder, LIMITS);
  }

  RunningHub(Path folder, HubConfig limits) {
    this(folder, limits, TlsConfig.NONE);
  }

  RunningHub(Path folder, HubConfig limits, TlsConfig tls) {
    this(folder, limits, "local", tls, RequestConfig.USUAL);
  }

  RunningHub(Path folder, HubConfig limits, String trustedProxies, RequestConfig requests) {
    this(folder, limits, trustedProxies, TlsConfig.NONE, requests);
  }

  private RunningHub(
      Path folder, HubConfig limits, String trustedProxies, TlsConfig tls, RequestConfig requests) {
    accounts.asOf(Instant.now());
    hub = new Hub(limits, accounts, metrics, Clock.system());
    ServerConfig config =
        new ServerConfig(
            "127.0.0.1",
            0,
            new OperatorAddress("127.0.0.1", 0, "wardbell.example.org"),
            "X-Real-IP",
            trustedProxies,
            "/vault",
            tls,
            requests);
    Path others = folder.resolve("others.pem"); // of those who make the tokens, if it is there
    AuthConfig auth =
        new AuthConfig(
            Tokens.ORIGIN,
            Files.exists(others) ? others : tokens.writeKey(folder.resolve("key.pem")));
    Authenticator authenticator = new Authenticator(auth, Clock.system());
    listener = new HubListener(config, hub, authenticator);
    probes = new Probes(() -> sync, () -> held);
    probes.need(() -> listener.listening() ? null : "the listener is not there");
    probes.need(authenticator::notReady);
    operator =
        new OperatorListener(
            config,
            probes,
            metrics,
            new StatusBoard(new Shown(), activity, metrics, Clock.system()));
    hub.start();
    listener.start();
    operator.start();
  }

  /// What the status page shows.
  private final class Shown implements StatusBoard.Running {
    @Override
    public String version() {
      return "wardbell 1.0.0";
    }

    @Override
    public String database() {
      return "PostgreSQL db.example.org:5432/vaultwarden";
    }

    @Override
    public SyncReport sync() {
      return sync;
    }

    @Override
    public List<Usage> usages() {
      return List.of(
          new Usage("connections", hub.sessions(), 1000), new Usage("open files", 190, 200));
    }

    @Override
    public @Nullable Held held() {
      return held;
    }
  }

  String url(String path) {
    return "http://127.0.0.1:" + listener.port() + path;
  }

  String operatorUrl(String path) {
    return "http://127.0.0.1:" + operator.port() + path;
  }

  @Override
  public void close() {
    hub.close();
    listener.close();
    operator.close();
  }
}
