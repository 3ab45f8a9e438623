package io.wardbell;

import com.sun.management.UnixOperatingSystemMXBean;
import io.wardbell.auth.AccountView;
import io.wardbell.auth.AuthConfig;
import io.wardbell.auth.Authenticator;
import io.wardbell.change.HeldLog;
import io.wardbell.change.SourceFault;
import io.wardbell.config.SettingsException;
import io.wardbell.hub.Hub;
import io.wardbell.hub.HubConfig;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.notification.Delivery;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import io.wardbell.ops.Activity;
import io.wardbell.ops.Held;
import io.wardbell.ops.Probes;
import io.wardbell.ops.StatusBoard;
import io.wardbell.ops.SyncReport;
import io.wardbell.ops.Usage;
import io.wardbell.pipeline.Outlet;
import io.wardbell.pipeline.Pipeline;
import io.wardbell.pipeline.Watcher;
import io.wardbell.routing.RoutingConfig;
import io.wardbell.server.HubListener;
import io.wardbell.server.OperatorListener;
import io.wardbell.server.ServerConfig;
import io.wardbell.source.engine.SourceDatabase;
import io.wardbell.vault.VaultChange;
import java.lang.management.ManagementFactory;
import java.net.SocketException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// Wardbell at work: a database on one side, clients on the other.
final class Service implements AutoCloseable {
  /// What it is made of.
  ///
  /// @param groupsEnabled the server's ORG_GROUPS_ENABLED
  /// @param patience how long to wait for a database that was never reached
  record Plan(
      SourceDatabase database,
      boolean groupsEnabled,
      RoutingConfig routing,
      AuthConfig auth,
      HubConfig hub,
      ServerConfig server,
      Duration patience,
      Watcher watcher) {}

  private static final Duration TRY_EVERY = Duration.ofSeconds(1);

  private final Plan plan;
  private final Clock clock = Clock.system();
  private final Metrics metrics = new Metrics();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Activity activity = new Activity();
  private final Follower follower;
  private final Hub hub;
  private final Authenticator authenticator;
  private final Probes probes = new Probes(this::sync, this::held);
  private final HubListener hubListener;
  private final OperatorListener operatorListener;
  private volatile @Nullable Throwable bug;

  Service(Plan plan) {
    this.plan = plan;
    hub = new Hub(plan.hub(), new KnownAccounts(), metrics, clock);
    follower =
        new Follower(
            new Follower.Plan(
                plan.database(),
                plan.groupsEnabled(),
                plan.routing(),
                plan.patience(),
                Watcher.both(plan.watcher(), new StatusEvents(activity, clock))),
            new ToHub(),
            clock,
            metrics,
            this::failed);
    authenticator = new Authenticator(plan.auth(), clock);
    probes.need(authenticator::notReady);
    hubListener = new HubListener(plan.server(), hub, authenticator);
    StatusBoard board = new StatusBoard(new Shown(), activity, metrics, clock);
    operatorListener = new OperatorListener(plan.server(), probes, metrics, board);
  }

  /// Listens, then reads the database. Clients are accepted meanwhile and checked when it has been
  /// read.
  ///
  /// @throws SourceFault if the database cannot be read as it is set up, or was not reached in time
  /// @throws SettingsException if there is no usable key
  void start() throws SourceFault, InterruptedException {
    ServerConfig addresses = plan.server();
    listen(
        operatorListener::start,
        "WARDBELL_OPERATOR_ADDRESS and WARDBELL_OPERATOR_PORT",
        addresses.operators().host(),
        addresses.operators().port());
    hub.start();
    listen(
        hubListener::start,
        "WEBSOCKET_ADDRESS and WEBSOCKET_PORT",
        addresses.address(),
        addresses.port());
    follower.reach(stopped);
    awaitKey();
    follower.start();
  }

  /// The vault server makes its key when it starts for the first time, maybe just now: a file that
  /// is missing is waited for, one that is no key is not.
  private void awaitKey() throws InterruptedException {
    Instant until = clock.now().plus(plan.patience());
    @Nullable String fault = authenticator.notReady();
    while (fault != null) {
      if (Files.exists(plan.auth().keyFile()) || clock.now().isAfter(until)) {
        throw SettingsException.of(
            "RSA_KEY_FILENAME or WARDBELL_PUBLIC_KEY_FILE",
            "names " + plan.auth().keyFile(),
            fault);
      }
      if (stopped.await(TRY_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
        return;
      }
      fault = authenticator.notReady();
    }
  }

  /// The port that clients connect to.
  int port() {
    return hubListener.port();
  }

  /// The port of the probes.
  int operatorPort() {
    return operatorListener.port();
  }

  /// Whether clients hear of changes right now.
  SyncReport sync() {
    return follower.sync();
  }

  private @Nullable Held held() {
    @Nullable HeldLog held = follower.heldLog();
    return held == null ? null : new Held(held.name(), held.bytes(), held.bytesMax());
  }

  /// An address that cannot be listened on is a setting to be mended.
  private static void listen(Runnable start, String settings, String address, int port) {
    try {
      start.run();
    } catch (RuntimeException e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      if (cause instanceof SocketException || cause instanceof UnresolvedAddressException) {
        @Nullable String why = cause.getMessage();
        throw SettingsException.of(
            settings,
            "say " + address + ":" + port,
            "name an address of this machine and a free port (%s)"
                .formatted(why == null ? "the address is not known" : why));
      }
      throw e;
    }
  }

  private void failed(Throwable why) {
    bug = why;
    stopped.countDown();
  }

  /// Waits until it is stopped, or fails.
  ///
  /// @return whether it was stopped in order
  boolean await() throws InterruptedException {
    stopped.await();
    return bug == null;
  }

  /// Not ready at once; then the sockets are closed, so that clients go elsewhere, then the
  /// database is left.
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    stopped.countDown();
    probes.drain();
    hubListener.shut();
    hub.close();
    hubListener.close();
    follower.close();
    operatorListener.close();
  }

  /// Accounts for the hub, as the pipeline publishes them.
  private final class KnownAccounts implements AccountView {
    @Override
    public @Nullable Account account(Id<Kind.User> user) {
      VaultChange.@Nullable Account account = follower.accounts().account(user);
      return account == null
          ? null
          : new Account(account.enabled(), account.stamp(), account.updatedAt());
    }

    @Override
    public @Nullable Instant asOf() {
      return follower.accounts().asOf();
    }
  }

  /// What the status page shows.
  private final class Shown implements StatusBoard.Running {
    @Override
    public String version() {
      return new Main.Version().getVersion()[0];
    }

    @Override
    public String database() {
      return plan.database().label();
    }

    @Override
    public SyncReport sync() {
      return follower.sync();
    }

    @Override
    public List<Usage> usages() {
      Runtime memory = Runtime.getRuntime();
      List<Usage> usages =
          new ArrayList<>(
              List.of(
                  new Usage(
                      "connections", metrics.shown("connections"), plan.hub().connectionsMax()),
                  new Usage(
                      "queue source → pipeline",
                      metrics.shown("queue.source.depth"),
                      Pipeline.QUEUE_MAX),
                  new Usage(
                      "queue of clients to be told to sync",
                      metrics.shown("syncs.waiting"),
                      plan.hub().connectionsMax()),
                  new Usage(
                      "accounts remembered",
                      metrics.shown("users.remembered"),
                      plan.hub().rememberedUsersMax()),
                  new Usage(
                      "memory (MiB)",
                      (memory.totalMemory() - memory.freeMemory()) >> 20,
                      memory.maxMemory() >> 20)));
      if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
        usages.add(
            new Usage(
                "open files", unix.getOpenFileDescriptorCount(), unix.getMaxFileDescriptorCount()));
      }
      return usages;
    }

    @Override
    public @Nullable Held held() {
      return Service.this.held();
    }
  }

  /// The pipeline's outlet.
  private final class ToHub implements Outlet {
    @Override
    public void accept(Delivery delivery) {
      hub.deliver(delivery);
    }

    @Override
    public void caughtUp() {
      hub.recheckAccounts();
    }
  }
}
