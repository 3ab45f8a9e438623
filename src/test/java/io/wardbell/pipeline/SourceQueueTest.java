package io.wardbell.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.change.Changes;
import io.wardbell.change.RowChange;
import io.wardbell.change.SourceEvent;
import io.wardbell.notification.Delivery;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import io.wardbell.routing.Router;
import io.wardbell.routing.RoutingConfig;
import io.wardbell.vault.VaultModel;
import io.wardbell.vault.VaultTables;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/// A source that is quicker than the pipeline waits, however many rows it hands over at once.
class SourceQueueTest {
  private static final RowChange ROW =
      Changes.user("11111111-1111-4111-8111-111111111111", Instant.EPOCH, "stamp", true);

  private final Metrics metrics = new Metrics();
  private final CompletableFuture<Boolean> caughtUp = new CompletableFuture<>();
  private final Pipeline pipeline = pipeline();

  private Pipeline pipeline() {
    VaultModel model = new VaultModel(true);
    Outlet outlet =
        new Outlet() {
          @Override
          public void accept(Delivery delivery) {}

          @Override
          public void caughtUp() {
            caughtUp.complete(true);
          }
        };
    return new Pipeline(
        new Pipeline.Parts(
            model,
            new Router(model, RoutingConfig.defaults()),
            outlet,
            Watcher.NONE,
            Clock.system(),
            metrics,
            _ -> {}));
  }

  private static SourceEvent rows(int count) {
    return new SourceEvent.Rows(Collections.nCopies(count, ROW), Instant.EPOCH);
  }

  private boolean isTaken(SourceEvent event, Duration patience) throws InterruptedException {
    return pipeline.offer(event, patience);
  }

  @Test
  void rowsThatWaitAreBoundedAndNotEvents() throws Exception {
    var begun = new SourceEvent.SnapshotBegun(VaultTables.CAPTURE.tables().keySet(), Instant.EPOCH);
    assertThat(isTaken(begun, Duration.ZERO)).isTrue();
    for (int i = 0; i < 4; i++) {
      assertThat(isTaken(rows(1_000), Duration.ZERO)).isTrue();
    }
    assertThat(isTaken(rows(1_000), Duration.ZERO)).as("5,000 rows").isFalse();
    assertThat(metrics.shown("queue.source.depth")).isEqualTo(4_001);
    pipeline.start();
    assertThat(isTaken(rows(10_000), Duration.ofSeconds(30))).as("more than all room").isTrue();
    assertThat(isTaken(new SourceEvent.SnapshotDone(), Duration.ofSeconds(30))).isTrue();
    assertThat(caughtUp.get()).isTrue();
    pipeline.stop();
  }
}
