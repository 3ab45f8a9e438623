package io.wardbell.source.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.config.Secret;
import io.wardbell.demo.ServerSchema;
import io.wardbell.demo.TestBinlogServer;
import io.wardbell.demo.VaultServer;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import io.wardbell.vault.VaultChange;
import io.wardbell.vault.VaultTables;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// MariaDB and MySQL, with exactly the role that setup.sql makes.
final class BinlogSourceIT {
  private static final String SERVERS = "io.wardbell.demo.TestBinlogServer$Product#selected";

  @ParameterizedTest
  @MethodSource(SERVERS)
  void followsAndReconciles(TestBinlogServer.Product product) throws Exception {
    try (TestBinlogServer server = prepared(product);
        BinlogSource source = source(server)) {
      String ann;
      String item;
      try (Connection c = server.connect()) {
        VaultServer vault = VaultServer.on(c);
        ann = vault.accounts().register("ann@example.org");
        item = vault.ciphers().create(ann);
        Fold fold = new Fold();
        source.start(fold);
        await(fold::following);
        assertThat(fold.model().items()).isEqualTo(1);

        vault.ciphers().update(ann, item);
        List<VaultChange.CipherChanged> told = ciphers(fold, 1);
        assertThat(told).hasSize(1);
        assertThat(told.getFirst().before()).isNotNull();
        assertThat(told.getFirst().after()).isNotNull();

        vault.ciphers().hardDelete(item);
        assertThat(ciphers(fold, 1).getFirst().after()).isNull();

        item = vault.ciphers().create(ann);
        ciphers(fold, 1);
        server.kill();
        await(() -> !fold.following());
        server.startAgain();
        try (Connection again = server.connect()) {
          VaultServer later = VaultServer.on(again);
          later.ciphers().softDelete(item);
          await(fold::following);
          assertThat(fold.reconciliations()).hasSizeGreaterThan(1);
          await(() -> {
            var now = fold.model().item(io.wardbell.id.Id.of(lastItem(again)));
            return now != null && now.trashed();
          });
        }
      }
    }
  }

  private static String lastItem(Connection c) throws Exception {
    try (var s = c.createStatement();
        var r = s.executeQuery("SELECT uuid FROM ciphers")) {
      assertThat(r.next()).isTrue();
      return r.getString(1);
    }
  }

  /// Waits for so many changes of items.
  private static List<VaultChange.CipherChanged> ciphers(Fold fold, int count) {
    List<VaultChange.CipherChanged> told = new ArrayList<>();
    await(() -> {
      for (VaultChange change : fold.news()) {
        if (change instanceof VaultChange.CipherChanged cipher) {
          told.add(cipher);
        }
      }
      return told.size() >= count;
    });
    return told;
  }

  static TestBinlogServer prepared(TestBinlogServer.Product product) throws Exception {
    return prepared(TestBinlogServer.start(product));
  }

  /// Gives a server the vault's tables and Wardbell's user.
  static TestBinlogServer prepared(TestBinlogServer server) throws Exception {
    try (Connection c = server.connect()) {
      ServerSchema.mysql().create(c);
    }
    server.setUp();
    return server;
  }

  static BinlogSource source(TestBinlogServer server) {
    return new BinlogSource(database(server), VaultTables.CAPTURE, Clock.system(), new Metrics());
  }

  static BinlogDatabase database(TestBinlogServer server) {
    return new BinlogDatabase(
        "127.0.0.1",
        server.port(),
        TestBinlogServer.DATABASE,
        TestBinlogServer.ROLE,
        Optional.of(new Secret(TestBinlogServer.PASSWORD)),
        new BinlogDatabase.Tls(BinlogDatabase.Tls.Mode.PREFERRED, Optional.empty()));
  }

  static void await(Callable<Boolean> condition) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(condition);
  }
}
