package io.wardbell;

import io.wardbell.auth.AuthConfig;
import io.wardbell.change.RowChange;
import io.wardbell.change.SourceFault;
import io.wardbell.config.ProcessSettings;
import io.wardbell.config.Settings;
import io.wardbell.demo.DemoClient;
import io.wardbell.demo.DemoKey;
import io.wardbell.demo.ServerOrganizations.Created;
import io.wardbell.demo.VaultServer;
import io.wardbell.hub.HubConfig;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.UpdateType;
import io.wardbell.observe.Clock;
import io.wardbell.ops.SyncReport;
import io.wardbell.pipeline.Watcher;
import io.wardbell.routing.RoutingConfig;
import io.wardbell.server.ServerConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Live sync on a throw-away database: what `wardbell demo` shows. Every line is a commit in the
/// database and the notification that a real WebSocket client got for it.
final class Demo {
  private static final String ORIGIN = "http://localhost";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration SYNC_PATIENCE = Duration.ofSeconds(60);

  private final Clock clock = Clock.system();
  private final PrintStream out;
  private final BlockingQueue<DemoClient.Message> inbox = new LinkedBlockingQueue<>(10_000);
  private int sent;
  private int arrived;
  private volatile boolean shown;

  Demo(PrintStream out) {
    this.out = out;
  }

  /// What the server does in one step.
  private interface Step {
    void run() throws SQLException;
  }

  /// @param once whether to end after the changes
  /// @return the exit code
  int run(DemoDatabase.Kind kind, boolean once) throws Exception {
    Logging.level(ProcessSettings.LogLevel.WARN);
    Path data = Files.createTempDirectory("wardbell-demo-");
    Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(data), "demo-folder"));
    say("Starting a throw-away " + kind.product + " database ...");
    try (DemoDatabase database = kind.start(data)) {
      DemoKey key = new DemoKey(clock);
      key.writeTo(data);
      try (Service service = new Service(plan(database, data, once))) {
        serve(service, database, key);
        if (!once) {
          stay(service, database);
        }
        return arrived == sent ? Main.Exit.OK : Main.Exit.NO;
      }
    } finally {
      delete(data);
    }
  }

  /// The server sets up its database, Wardbell follows it, a client comes, and things change. In
  /// the end the server stops.
  private void serve(Service service, DemoDatabase database, DemoKey key) throws Exception {
    long began = clock.nanoTime();
    try (Connection connection = database.connect()) {
      database.setUp(connection);
      VaultServer vault = VaultServer.on(connection);
      String alice = vault.accounts().register("alice@example.com");
      Created company = vault.organizations().create(alice, "Company");
      say(
          "It has the vault server's tables and %s (%s)."
              .formatted(database.where(), seconds(began)));
      began = clock.nanoTime();
      service.start();
      awaitSynced(service);
      String base = "ws://127.0.0.1:" + service.port() + "/notifications/";
      say("Wardbell follows it and serves %shub (%s).".formatted(base, seconds(began)));
      String device = vault.accounts().addDevice(alice);
      String stamp = vault.accounts().securityStamp(alice);
      URI hub = URI.create(base + "hub?access_token=" + key.token(ORIGIN, alice, stamp, device));
      DemoClient client = DemoClient.connect(hub, clock, inbox::add);
      Runtime.getRuntime().addShutdownHook(new Thread(client::close, "demo-client"));
      say("Alice's client is connected (SignalR, MessagePack). Now the server changes things:");
      say("");
      changes(vault, alice, company, base);
      say("");
      say("%d of %d notifications arrived.".formatted(arrived, sent));
      shown = true;
    }
  }

  private void changes(VaultServer vault, String alice, Created company, String base)
      throws Exception {
    String[] ids = new String[4];
    step(
        "create a folder",
        UpdateType.SYNC_FOLDER_CREATE,
        () -> ids[0] = vault.folders().create(alice));
    step(
        "create an item",
        UpdateType.SYNC_CIPHER_CREATE,
        () -> ids[1] = vault.ciphers().create(alice));
    step(
        "edit the item",
        UpdateType.SYNC_CIPHER_UPDATE,
        () -> vault.ciphers().update(alice, ids[1]));
    step("create a Send", UpdateType.SYNC_SEND_CREATE, () -> vault.sends().create(alice));
    step(
        "share the item with it",
        UpdateType.SYNC_CIPHER_UPDATE,
        () ->
            vault
                .ciphers()
                .share(alice, ids[1], company.organization(), List.of(company.collection())));
    step(
        "put the item into the trash",
        UpdateType.SYNC_CIPHER_UPDATE,
        () -> vault.ciphers().softDelete(ids[1]));
    step(
        "delete the item for good",
        UpdateType.SYNC_LOGIN_DELETE,
        () -> vault.ciphers().hardDelete(ids[1]));
    ids[3] = vault.accounts().addDevice(alice);
    step(
        "ask to log in with a device",
        UpdateType.AUTH_REQUEST,
        () -> ids[2] = vault.logins().request(alice, ids[3]));
    URI anonymous = URI.create(base + "anonymous-hub?Token=" + ids[2]);
    try (var _ = DemoClient.connect(anonymous, clock, inbox::add)) {
      step(
          "approve it (told to the waiting device)",
          UpdateType.AUTH_REQUEST_RESPONSE,
          () -> vault.logins().approve(ids[2], ids[3]));
    }
  }

  /// Runs one operation and waits for the notification that it must make.
  private void step(String what, UpdateType type, Step step)
      throws SQLException, InterruptedException {
    inbox.clear();
    sent++;
    step.run();
    long committed = clock.nanoTime();
    DemoClient.@Nullable Message message = null;
    long until = committed + PATIENCE.toNanos();
    do {
      message = inbox.poll(Math.max(0, until - clock.nanoTime()), TimeUnit.NANOSECONDS);
    } while (message != null && message.type() != type.number());
    if (message == null) {
      say(
          "  %-40s -> %-24s DID NOT ARRIVE within %d s"
              .formatted(what, type, PATIENCE.toSeconds()));
      return;
    }
    arrived++;
    double millis = (message.nanos() - committed) / 1e6;
    say(
        "  %-40s -> %2d %-22s %s"
            .formatted(
                what,
                type.number(),
                type,
                millis < 0
                    ? "before the operation ended"
                    : String.format(Locale.ROOT, "%.1f ms", millis)));
  }

  private void stay(Service service, DemoDatabase database) throws InterruptedException {
    say("It stays up: change something in the database, or press Ctrl-C.");
    say("  for instance: " + database.tryIt());
    say("  probes: http://127.0.0.1:%d/syncz and /metrics".formatted(service.operatorPort()));
    var _ = service.await();
  }

  private Service.Plan plan(DemoDatabase database, Path data, boolean once) {
    return new Service.Plan(
        database.source(),
        true,
        RoutingConfig.defaults(),
        new AuthConfig(ORIGIN, data.resolve("rsa_key.pem")),
        Settings.load(Map.of(), List.of(HubConfig.class)).read(HubConfig.class),
        ServerConfig.alone(),
        SYNC_PATIENCE,
        once ? Watcher.NONE : new Lines());
  }

  private void awaitSynced(Service service) throws InterruptedException, SourceFault {
    long until = clock.nanoTime() + SYNC_PATIENCE.toNanos();
    SyncReport report = service.sync();
    while (!report.synced()) {
      if (clock.nanoTime() - until > 0) {
        throw SourceFault.unreachable("not in sync after " + SYNC_PATIENCE + ": " + report.why());
      }
      Thread.sleep(10);
      report = service.sync();
    }
  }

  private String seconds(long since) {
    return String.format(Locale.ROOT, "%.1f s", (clock.nanoTime() - since) / 1e9);
  }

  private void say(String line) {
    out.println(line);
  }

  private static void delete(Path folder) {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(folder);
    } catch (NoSuchFileException e) {
      // It is gone already.
    } catch (IOException e) {
      throw new UncheckedIOException("the demo's folder stays behind", e);
    }
  }

  /// A line an event, once the demo's own changes are over.
  private final class Lines implements Watcher {
    private final EventLines lines = new EventLines(EventLines.Format.PLAIN, clock, Demo.this::say);

    @Override
    public void changed(RowChange change, Instant committedAt) {
      if (shown) {
        lines.changed(change, committedAt);
      }
    }

    @Override
    public void delivered(Delivery delivery) {
      if (shown) {
        lines.delivered(delivery);
      }
    }
  }
}
