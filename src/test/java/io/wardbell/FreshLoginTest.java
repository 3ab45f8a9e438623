package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.wardbell.auth.AccountView;
import io.wardbell.auth.Principal;
import io.wardbell.auth.Principal.Standing;
import io.wardbell.change.Changes;
import io.wardbell.change.SourceEvent;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.id.StampHash;
import io.wardbell.notification.Delivery;
import io.wardbell.observe.Metrics;
import io.wardbell.pipeline.Outlet;
import io.wardbell.pipeline.Pipeline;
import io.wardbell.pipeline.PipelineState;
import io.wardbell.pipeline.Watcher;
import io.wardbell.routing.Router;
import io.wardbell.routing.RoutingConfig;
import io.wardbell.vault.VaultModel;
import io.wardbell.vault.VaultTables;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A login that is newer than what has been read of the database is let in and judged later.
class FreshLoginTest {
  private static final String ANN = "00000000-0000-4000-8000-00000000000a";
  private static final String NEW = "00000000-0000-4000-8000-00000000000c";
  private final ManualClock clock = new ManualClock();
  private final Instant began = clock.now();
  private volatile CompletableFuture<Boolean> caughtUp = new CompletableFuture<>();
  private final Metrics metrics = new Metrics();
  private final VaultModel model = new VaultModel(true);
  private volatile @Nullable Principal judged;
  private volatile @Nullable Standing verdict;

  private final Pipeline pipeline =
      new Pipeline(
          new Pipeline.Parts(
              model,
              new Router(model, RoutingConfig.defaults()),
              new Outlet() {
                @Override
                public void accept(Delivery delivery) {}

                @Override
                public void caughtUp() { // what Hub.recheckAccounts asks at this very moment
                  Principal principal = judged;
                  verdict = principal == null ? null : principal.standing(view);
                  caughtUp.complete(true);
                }
              },
              Watcher.NONE,
              clock,
              metrics,
              _ -> {}));

  private final AccountView view =
      new AccountView() {
        @Override
        public @Nullable Account account(Id<Kind.User> user) {
          var known = pipeline.accounts().account(user);
          return known == null
              ? null
              : new Account(known.enabled(), known.stamp(), known.updatedAt());
        }

        @Override
        public @Nullable Instant asOf() {
          return pipeline.accounts().asOf();
        }
      };

  @BeforeEach
  void start() {
    pipeline.start();
  }

  @AfterEach
  void stop() {
    pipeline.stop();
  }

  private void offer(SourceEvent event) throws InterruptedException {
    assertThat(pipeline.offer(event, Duration.ofSeconds(5))).isTrue();
  }

  private void begin() throws InterruptedException {
    offer(new SourceEvent.SnapshotBegun(VaultTables.CAPTURE.tables().keySet(), clock.now()));
    offer(new SourceEvent.Rows(List.of(Changes.user(ANN, began, "old", true)), clock.now()));
    await().until(() -> pipeline.state() instanceof PipelineState.Reconciling);
  }

  private void done() throws Exception {
    caughtUp = new CompletableFuture<>();
    offer(new SourceEvent.SnapshotDone());
    caughtUp.get(5, TimeUnit.SECONDS);
  }

  private Principal login(String user, String stamp) {
    return new Principal(Id.of(user), StampHash.of(stamp), "device", clock.now());
  }

  /// The snapshot's view is of its beginning; what was committed since comes with the stream, after
  /// SnapshotDone. Long snapshot: 60 s.
  @Test
  void aStampThatChangedWhileASnapshotRanIsNotJudgedBeforeTheStreamShowedIt() throws Exception {
    begin();
    done();
    offer(new SourceEvent.Lost("engine", "gone", Duration.ZERO));
    begin();
    clock.advance(Duration.ofSeconds(20)); // password changed and logged in again
    judged = login(ANN, "new");
    assertThat(judged.standing(view)).as("while it runs").isEqualTo(Standing.UNKNOWN);
    clock.advance(Duration.ofSeconds(40));
    done();
    assertThat(verdict).as("when it is done").isEqualTo(Standing.UNKNOWN);
  }

  @Test
  void aUserWhoCameWhileTheFirstSnapshotRanIsNotJudgedBeforeTheStreamShowedThem() throws Exception {
    begin();
    clock.advance(Duration.ofSeconds(20));
    judged = login(NEW, "stamp");
    clock.advance(Duration.ofSeconds(40));
    done();
    assertThat(verdict).isEqualTo(Standing.UNKNOWN);
  }

  /// The link to the database is dead, and the watchdog needs 11 s and more to notice: Following,
  /// and the queue is empty. Or the server decodes one big transaction for 10 s.
  @Test
  void anEmptyQueueDoesNotMeanThatTheLogHasBeenRead() throws Exception {
    begin();
    done();
    judged = login(ANN, "new");
    clock.advance(Duration.ofSeconds(10));
    assertThat(judged.standing(view)).isEqualTo(Standing.UNKNOWN);
  }

  @Test
  void aTokenFromBeforeTheLastCommitIsJudgedByIt() throws Exception {
    begin();
    done();
    Principal old = login(ANN, "older");
    clock.advance(Duration.ofSeconds(10));
    offer(new SourceEvent.Rows(List.of(Changes.user(ANN, began, "new", true)), clock.now()));
    await().until(() -> old.standing(view) == Standing.STALE);
    assertThat(login(ANN, "new").standing(view)).isEqualTo(Standing.CURRENT);
  }
}
