package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wardbell.auth.AuthConfig;
import io.wardbell.change.ChangeSource;
import io.wardbell.change.SourceState;
import io.wardbell.config.Secret;
import io.wardbell.config.Settings;
import io.wardbell.demo.SetupSql;
import io.wardbell.demo.TestPostgres;
import io.wardbell.demo.ThrowawayPostgres;
import io.wardbell.hub.HubConfig;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.notification.Delivery;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import io.wardbell.pipeline.Outlet;
import io.wardbell.pipeline.Pipeline;
import io.wardbell.pipeline.PipelineState;
import io.wardbell.pipeline.Watcher;
import io.wardbell.routing.Router;
import io.wardbell.routing.RoutingConfig;
import io.wardbell.server.ServerConfig;
import io.wardbell.source.engine.PostgresDatabase;
import io.wardbell.source.engine.SourceDatabase;
import io.wardbell.vault.Reconciliation;
import io.wardbell.vault.VaultChange;
import io.wardbell.vault.VaultModel;
import io.wardbell.vault.VaultTables;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Wardbell without its sockets, attached to a test's database by the role that `setup.sql` makes.
final class Attached implements AutoCloseable {
  final VaultModel model;
  final Metrics metrics = new Metrics();
  final AtomicInteger catchUps = new AtomicInteger();
  final AtomicReference<@Nullable Throwable> bug = new AtomicReference<>();
  final Pipeline pipeline;
  final ChangeSource source;

  Attached(SourceDatabase database, Consumer<Delivery> deliveries) {
    model = new VaultModel(true, database.dateStep());
    Outlet outlet =
        new Outlet() {
          @Override
          public void accept(Delivery delivery) {
            deliveries.accept(delivery);
          }

          @Override
          public void caughtUp() {
            catchUps.incrementAndGet();
          }
        };
    pipeline =
        new Pipeline(
            new Pipeline.Parts(
                model,
                new Router(model, RoutingConfig.defaults()),
                outlet,
                Watcher.NONE,
                Clock.system(),
                metrics,
                bug::set));
    source = database.source(VaultTables.CAPTURE, Clock.system(), metrics);
  }

  /// A test's server, by the role that `setup.sql` makes.
  static PostgresDatabase database(TestPostgres server) {
    return database(server.port(), Optional.empty());
  }

  /// The same at another port, or by a socket.
  static PostgresDatabase database(int port, Optional<Path> socket) {
    return new PostgresDatabase(
        "127.0.0.1",
        port,
        socket,
        ThrowawayPostgres.DATABASE,
        SetupSql.ROLE,
        Optional.of(new Secret(SetupSql.PASSWORD)),
        "wardbell",
        4_096,
        Map.of());
  }

  /// All of Wardbell for a test, its key in that folder.
  ///
  /// @param hub settings of the hub that are not the usual ones
  /// @param patience how long to wait for the database at the start
  static Service.Plan plan(
      SourceDatabase database,
      Path folder,
      Tokens tokens,
      Map<String, String> hub,
      Duration patience) {
    return new Service.Plan(
        database,
        false,
        RoutingConfig.defaults(),
        new AuthConfig(Tokens.ORIGIN, tokens.writeKey(folder.resolve("rsa_key.pem"))),
        Settings.load(hub, List.of(HubConfig.class)).read(HubConfig.class),
        ServerConfig.alone(),
        patience,
        Watcher.NONE);
  }

  /// Begins, and waits for the first snapshot.
  Attached start() {
    pipeline.start();
    source.start(pipeline);
    awaitFollowing();
    return this;
  }

  void awaitFollowing() {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() ->
            source.state() instanceof SourceState.Streaming
                && pipeline.state() instanceof PipelineState.Following);
  }

  /// The tables, read by plain SQL, are a snapshot that must show no difference.
  void assertEqualToTables(Connection connection) throws SQLException {
    for (Id<Kind.Organization> organization : Tables.organizations(connection)) {
      var _ = model.settle(organization); // What came last may still wait.
    }
    model.beginSnapshot(Tables.names());
    Tables.snapshot(connection).forEach(model::apply);
    Reconciliation differences = model.endSnapshot();
    assertThat(differences.changes())
        .filteredOn(change -> !(change instanceof VaultChange.AccountChanged))
        .isEmpty();
    assertThat(differences.settlements())
        .allSatisfy(s -> assertThat(s.items()).isEmpty())
        .allSatisfy(s -> assertThat(s.resync()).isEmpty());
  }

  /// Leaves the database; the model stays to be looked at.
  void stop() {
    source.close();
    pipeline.stop();
  }

  @Override
  public void close() {
    stop();
  }
}
