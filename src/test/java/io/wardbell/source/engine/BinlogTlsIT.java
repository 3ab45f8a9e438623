package io.wardbell.source.engine;

import static io.wardbell.source.engine.BinlogFaultsIT.dumps;
import static io.wardbell.source.engine.BinlogFaultsIT.fault;
import static io.wardbell.source.engine.BinlogSourceIT.await;
import static io.wardbell.source.engine.BinlogSourceIT.database;
import static org.assertj.core.api.Assertions.assertThat;

import io.wardbell.Certificates;
import io.wardbell.demo.TestBinlogServer;
import io.wardbell.demo.TestBinlogServer.Product;
import io.wardbell.observe.Clock;
import io.wardbell.observe.Metrics;
import io.wardbell.source.engine.BinlogDatabase.Tls.Mode;
import io.wardbell.vault.VaultTables;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// TLS to MariaDB and MySQL is as the URL asks for it, for the checks as for the log.
final class BinlogTlsIT {
  @TempDir private Path folder;

  static List<Product> servers() {
    return Product.selected().filter(Product::hasPrograms).toList();
  }

  /// A server with a certificate that nobody issued. MySQL makes its own, with an authority's.
  ///
  /// @param own the certificate to trust
  private record Secure(TestBinlogServer server, Path own) implements AutoCloseable {
    static Secure start(Product product, Path folder) throws Exception {
      Path certificate = folder.resolve("server.pem");
      Path key = folder.resolve("key.pem");
      Certificates.write("pkcs8", "database", certificate, key);
      readable(folder, "rwxr-xr-x"); // The server is another user's.
      readable(key, "rw-r--r--");
      TestBinlogServer server =
          product == Product.MYSQL
              ? TestBinlogServer.startPrograms(product)
              : TestBinlogServer.startPrograms(
                  product,
                  "--log-bin=binlog",
                  "--binlog-format=ROW",
                  "--ssl-cert=" + certificate,
                  "--ssl-key=" + key);
      return new Secure(
          BinlogSourceIT.prepared(server),
          product == Product.MYSQL ? server.data().resolve("ca.pem") : certificate);
    }

    private static void readable(Path path, String permissions) throws IOException {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    BinlogDatabase asked(Mode mode, @Nullable Path ca) {
      return with(server, mode, ca);
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void theCertificateIsCheckedAgainstWhatTheUrlNames(Product product) throws Exception {
    try (Secure secure = Secure.start(product, folder);
        Connection c = secure.server().connect()) {
      for (Mode mode : List.of(Mode.VERIFY_CA, Mode.VERIFY_IDENTITY)) {
        assertThat(fault(secure.asked(mode, null)))
            .singleElement()
            .asString()
            .contains("was not issued by anyone that Java trusts", "let ssl_ca name", "WB-MY-32");
      }
      Path strangers = folder.resolve("stranger.pem");
      Certificates.write("ec", "stranger", strangers, folder.resolve("k.pem"));
      assertThat(fault(secure.asked(Mode.VERIFY_CA, strangers)))
          .singleElement()
          .asString()
          .contains("was not issued by what ssl_ca names", "WB-MY-32");
      follows(secure.asked(Mode.VERIFY_CA, secure.own()), c);
      if (product == Product.MYSQL) {
        assertThat(fault(secure.asked(Mode.VERIFY_IDENTITY, secure.own())))
            .singleElement()
            .asString()
            .contains("certificate is not for 127.0.0.1", "ssl_mode=verify_ca", "WB-MY-31");
      } else {
        follows(secure.asked(Mode.VERIFY_IDENTITY, secure.own()), c);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void whatTheUrlNamesHasToBeCertificatesInEveryMode(Product product) throws Exception {
    Path text = Files.writeString(folder.resolve("text.pem"), "no certificate");
    Path broken =
        Files.writeString(
            folder.resolve("broken.pem"),
            "-----BEGIN CERTIFICATE-----\nQUJD\n-----END CERTIFICATE-----\n");
    try (TestBinlogServer server = BinlogSourceIT.prepared(product)) {
      for (Mode mode : Mode.values()) {
        assertThat(fault(with(server, mode, folder.resolve("absent.pem"))))
            .singleElement()
            .asString()
            .contains("absent.pem", "there is no such file", "WB-MY-27");
        for (Path bad : List.of(text, broken)) {
          assertThat(fault(with(server, mode, bad)))
              .singleElement()
              .asString()
              .contains(bad.toString(), "it holds none", "WB-MY-27");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void aServerThatDemandsTlsGetsIt(Product product) throws Exception {
    try (Secure secure = Secure.start(product, folder);
        Connection c = secure.server().connect()) {
      secure.server().run("SET GLOBAL require_secure_transport = ON;");
      assertThat(fault(secure.asked(Mode.DISABLED, null)))
          .singleElement()
          .asString()
          .contains(" TLS", "write ssl_mode=required"); // MariaDB 10.11 says: access denied.
      follows(secure.asked(Mode.REQUIRED, null), c);
      follows(secure.asked(Mode.PREFERRED, null), c);
    }
  }

  @ParameterizedTest
  @MethodSource("servers")
  void aServerWithoutTlsIsNotTakenWhereItIsAskedFor(Product product) throws Exception {
    String off = product == Product.MYSQL ? "--tls-version=" : "--skip-ssl";
    try (TestBinlogServer server =
        TestBinlogServer.startPrograms(product, "--log-bin=binlog", "--binlog-format=ROW", off)) {
      assertThat(fault(with(server, Mode.REQUIRED, null)))
          .singleElement()
          .asString()
          .contains("has no TLS", "WB-MY-25");
    }
  }

  /// The snapshot and the log both come.
  private static void follows(BinlogDatabase database, Connection c) throws Exception {
    try (BinlogSource source =
        new BinlogSource(database, VaultTables.CAPTURE, Clock.system(), new Metrics())) {
      Fold fold = new Fold();
      source.start(fold);
      await(fold::following);
      await(() -> !dumps(c).isEmpty());
    }
  }

  private static BinlogDatabase with(TestBinlogServer server, Mode mode, @Nullable Path ca) {
    BinlogDatabase plain = database(server);
    return new BinlogDatabase(
        plain.host(),
        plain.port(),
        plain.database(),
        plain.user(),
        plain.password(),
        new BinlogDatabase.Tls(mode, Optional.ofNullable(ca)));
  }
}
