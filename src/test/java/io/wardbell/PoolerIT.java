package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.wardbell.change.ChangeSource;
import io.wardbell.change.SourceFault;
import io.wardbell.change.SourceState;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.SetupSql;
import io.wardbell.demo.TestPooler;
import io.wardbell.demo.TestPostgres;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import io.wardbell.source.engine.PostgresDatabase;
import io.wardbell.vault.VaultTables;
import java.io.IOException;
import java.sql.Connection;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A pooler that carries no replication, as PgBouncer before 1.23, is named, by whichever way it
/// shows.
class PoolerIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  private static @Nullable TestPostgres server;

  @BeforeAll
  static void start() throws Exception {
    assumeThat(TestPooler.isThere()).isTrue();
    server = TestPostgres.start(TestPostgres.Version.NEWEST);
    try (Connection connection = server.connect()) {
      ServerSchema.postgresql().create(connection);
      SetupSql.install(connection);
    }
  }

  @AfterAll
  static void stop() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "session, ''",
    "session, ignore_startup_parameters = extra_float_digits",
    "transaction, ignore_startup_parameters = extra_float_digits",
    "transaction, 'ignore_startup_parameters = extra_float_digits, replication'"
  })
  void itIsNamedByEverybodyWhoIsAsked(String mode, String settings) throws Exception {
    try (TestPooler pooler = new TestPooler(Objects.requireNonNull(server), mode, settings)) {
      PostgresDatabase behind = Attached.database(pooler.port(), Optional.empty());
      try (ChangeSource source =
          behind.source(VaultTables.CAPTURE, Clock.system(), new Metrics())) {
        await()
            .atMost(SOON)
            .until(() -> {
              SourceFault fault = catchThrowableOfType(SourceFault.class, source::probe);
              return fault == null || !String.valueOf(fault.getMessage()).contains("refused");
            });
        assertNamed(catchThrowableOfType(SourceFault.class, source::probe));
        assertNamed(
            catchThrowableOfType(
                SourceFault.class, () -> behind.examine(VaultTables.CAPTURE, Clock.system())));
        source.start((_, _) -> true);
        await().atMost(SOON).until(() -> says(source.state(), "WB-PG-34"));
      }
    }
  }

  private static boolean says(SourceState state, String text) {
    return state instanceof SourceState.Away(_, var why) && why.contains(text);
  }

  private static void assertNamed(@Nullable SourceFault fault) {
    assertThat(fault)
        .hasMessageContainingAll("pooler", "WARDBELL_DATABASE_URL", "straight to", "[WB-PG-34]");
    assertThat(Objects.requireNonNull(fault).isUnreachable()).isFalse();
  }
}
