package io.wardbell;

import static org.awaitility.Awaitility.await;

import io.wardbell.change.SourceState;
import io.wardbell.config.Secret;
import io.wardbell.demo.SetupSql;
import io.wardbell.demo.TestPostgres;
import io.wardbell.demo.ThrowawayPostgres;
import io.wardbell.notification.Delivery;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import io.wardbell.pipeline.Outlet;
import io.wardbell.pipeline.Pipeline;
import io.wardbell.pipeline.PipelineState;
import io.wardbell.pipeline.Watcher;
import io.wardbell.routing.Router;
import io.wardbell.routing.RoutingConfig;
import io.wardbell.source.engine.PostgresDatabase;
import io.wardbell.source.engine.PostgresSource;
import io.wardbell.vault.VaultModel;
import io.wardbell.vault.VaultTables;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Wardbell without its sockets, attached to a test's database by the role that `setup.sql` makes.
final class Attached implements AutoCloseable {
  final VaultModel model = new VaultModel(true);
  final Metrics metrics = new Metrics();
  final AtomicInteger catchUps = new AtomicInteger();
  final AtomicReference<@Nullable Throwable> bug = new AtomicReference<>();
  final Pipeline pipeline;
  final PostgresSource source;

  Attached(PostgresDatabase database, Consumer<Delivery> deliveries) {
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
    source =
        new PostgresSource(
            database,
            VaultTables.CAPTURE,
            Clock.system(),
            metrics,
            UUID.randomUUID().toString().substring(0, 8));
  }

  /// A test's server, by the role that `setup.sql` makes.
  static PostgresDatabase database(TestPostgres server) {
    return new PostgresDatabase(
        "127.0.0.1",
        server.port(),
        Optional.empty(),
        ThrowawayPostgres.DATABASE,
        SetupSql.ROLE,
        Optional.of(new Secret(SetupSql.PASSWORD)),
        "wardbell",
        Map.of());
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
