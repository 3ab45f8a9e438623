package io.wardbell.source.engine;

import io.wardbell.change.SourceFault;
import io.wardbell.config.Secret;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/// Opens short connections for checks and positions, to MariaDB and MySQL alike by MariaDB's
/// driver, and explains why one could not be opened.
final class BinlogConnections {
  private final BinlogDatabase database;
  private @Nullable TrustedCertificates trusted;

  BinlogConnections(BinlogDatabase database) {
    this.database = database;
  }

  /// What the server's certificate is checked against; null if it is not checked. Made once, and
  /// the file that `ssl_ca` names is looked at even if nothing is checked against it: who names one
  /// believes in it. Any thread.
  ///
  /// Without `ssl_ca` it is what the Java platform trusts, in so many words: left to itself the
  /// driver also believes a certificate that the server vouches for with the password (MariaDB
  /// 11.4), which the client that reads the log does not.
  synchronized @Nullable TrustedCertificates trusted() throws SourceFault {
    if (trusted == null) {
      @Nullable Path ca = database.tls().ca().orElse(null);
      if (ca != null) {
        trusted = read(ca);
      } else if (database.tls().verified()) {
        trusted = TrustedCertificates.ofPlatform();
      }
    }
    return trusted;
  }

  private static TrustedCertificates read(Path ca) throws SourceFault {
    try {
      return TrustedCertificates.of(ca);
    } catch (IOException | GeneralSecurityException e) {
      throw SourceFault.setup(
          "ssl_ca names %s, which cannot be read as certificates in PEM form: %s [WB-MY-27]"
              .formatted(ca, reason(e)));
    }
  }

  private static String reason(Exception e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such file";
      case AccessDeniedException _ -> "this user may not read it";
      case IOException _ -> firstLine(e);
      default -> "it holds none";
    };
  }

  /// With TLS as the URL wants it; `preferred` is TLS if the server has it.
  ///
  /// @throws SourceFault if the server cannot be reached or refuses us, or `ssl_ca` is of no use
  Connection open() throws SourceFault {
    @Nullable TrustedCertificates certificates = trusted();
    try {
      if (database.tls().mode() != BinlogDatabase.Tls.Mode.PREFERRED) {
        return open(database.tls().mode() != BinlogDatabase.Tls.Mode.DISABLED, certificates);
      }
      try {
        return open(true, certificates);
      } catch (SQLException e) {
        if (!String.valueOf(e.getMessage()).contains("ssl not enabled")) {
          throw e;
        }
        return open(false, certificates);
      }
    } catch (SQLException e) {
      throw explain(e);
    }
  }

  private Connection open(boolean encrypted, @Nullable TrustedCertificates certificates)
      throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", database.user());
    database.password().map(Secret::reveal).ifPresent(p -> properties.setProperty("password", p));
    properties.setProperty("connectTimeout", "5000");
    properties.setProperty("socketTimeout", "10000");
    properties.setProperty("sslMode", BinlogServer.MARIADB.tlsMode(database.tls(), encrypted));
    if (encrypted && certificates != null) {
      properties.setProperty("trustStore", certificates.store().toString());
      properties.setProperty("trustStorePassword", certificates.password());
      properties.setProperty("trustStoreType", TrustedCertificates.TYPE);
    }
    if (!encrypted) {
      // Without TLS the server's own key keeps the password from being read.
      properties.setProperty("allowPublicKeyRetrieval", "true");
    }
    String host = database.host().contains(":") ? "[" + database.host() + "]" : database.host();
    String name = URLEncoder.encode(database.database(), StandardCharsets.UTF_8);
    return DriverManager.getConnection(
        "jdbc:mariadb://" + host + ":" + database.port() + "/" + name, properties);
  }

  /// What the server's error number means for whoever set this up.
  SourceFault explain(SQLException e) {
    String said = firstLine(e);
    String where = database.where();
    return switch (e.getErrorCode()) {
      case 1045, 1698, 1862 ->
          SourceFault.setup(
              ("the database at %s refused user %s (%s): check the user and the password in"
                      + " WARDBELL_DATABASE_URL, or set one with"
                      + " ALTER USER '%s'@'%%' IDENTIFIED BY '...'; %s [WB-MY-20]")
                  .formatted(where, database.user(), said, database.user(), otherReasons()));
      case 3118, 4151 ->
          SourceFault.setup(
              "user %s at %s is locked: run ALTER USER '%s'@'%%' IDENTIFIED BY '...' ACCOUNT UNLOCK; [WB-MY-21]"
                  .formatted(database.user(), where, database.user()));
      case 1044, 1049 ->
          SourceFault.setup(
              ("there is no database %s at %s that user %s may use: check the name in"
                      + " WARDBELL_DATABASE_URL, and run what `wardbell setup-sql` prints in it [WB-MY-22]")
                  .formatted(database.database(), where, database.user()));
      case 1130 ->
          SourceFault.setup(
              "the database at %s lets nobody in from this machine: make the user '%s'@'%%' (%s) [WB-MY-23]"
                  .formatted(where, database.user(), said));
      case 3159 ->
          SourceFault.setup(
              "the database at %s demands TLS: write ssl_mode=required in WARDBELL_DATABASE_URL [WB-MY-24]"
                  .formatted(where));
      default -> {
        if (said.contains("ssl not enabled")) {
          yield SourceFault.setup(
              ("the database at %s has no TLS, which WARDBELL_DATABASE_URL asks for: give the"
                      + " server a certificate, or write ssl_mode=preferred [WB-MY-25]")
                  .formatted(where));
        }
        @Nullable String refusal = certificateRefusal(e);
        yield refusal == null
            ? SourceFault.unreachable(
                "the database at %s cannot be reached: %s [WB-MY-26]".formatted(where, said))
            : SourceFault.setup(refusal);
      }
    };
  }

  /// Why a server says that a password is wrong which is right.
  private String otherReasons() {
    return database.tls().mode() == BinlogDatabase.Tls.Mode.DISABLED
        ? "where the server or the user demands TLS, write ssl_mode=required"
        : "a user with REQUIRE X509 cannot be used, because Wardbell shows no certificate";
  }

  private static String firstLine(Throwable e) {
    return Optional.ofNullable(e.getMessage())
        .flatMap(m -> m.lines().findFirst())
        .orElse("no reason");
  }

  /// Why the server's certificate was not taken; null if that was not the matter.
  private @Nullable String certificateRefusal(SQLException e) {
    @Nullable Throwable cause = e;
    for (int depth = 0; cause != null && depth < 20; depth++, cause = cause.getCause()) {
      String said = firstLine(cause);
      if (said.contains("correspond to certificate")) {
        return ("the database's certificate is not for %s, the host in WARDBELL_DATABASE_URL (%s):"
                + " write the name that it is for, or ssl_mode=verify_ca [WB-MY-31]")
            .formatted(database.host(), said.replaceFirst(".* : ", ""));
      }
      if (cause instanceof CertificateException) {
        return ("the certificate of the database at %s was not issued by %s (%s):"
                + " let ssl_ca name the file with its issuer's certificate [WB-MY-32]")
            .formatted(
                database.where(),
                database.tls().ca().isPresent() ? "what ssl_ca names" : "anyone that Java trusts",
                said);
      }
    }
    return null;
  }
}
