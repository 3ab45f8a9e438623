package io.wardbell.source.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Collection;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/// Certificates in the form that Debezium and its drivers read: a key store, in a file of its own
/// that goes with the process. It holds nothing secret, and its password is no secret: the drivers
/// want one.
///
/// @param store the file
/// @param password what it is opened with
record TrustedCertificates(Path store, String password) {
  /// The store's type.
  static final String TYPE = "PKCS12";

  private static final String PASSWORD = "certificates";

  /// Those of a PEM file.
  ///
  /// @throws IOException if the file cannot be read
  /// @throws GeneralSecurityException if it holds no certificates
  static TrustedCertificates of(Path pem) throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(pem)) {
      Collection<? extends Certificate> all =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (all.isEmpty()) {
        throw new GeneralSecurityException("it holds no certificate");
      }
      return of(all);
    }
  }

  /// Those that the Java platform trusts.
  static TrustedCertificates ofPlatform() {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      return of(
          Arrays.stream(factory.getTrustManagers())
              .filter(X509TrustManager.class::isInstance)
              .flatMap(m -> Arrays.stream(((X509TrustManager) m).getAcceptedIssuers()))
              .toList());
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("the certificates that Java trusts cannot be read", e);
    }
  }

  private static TrustedCertificates of(Collection<? extends Certificate> all)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(TYPE);
    store.load(null, null);
    int number = 0;
    for (Certificate certificate : all) {
      store.setCertificateEntry("ca-" + ++number, certificate);
    }
    Path file = Files.createTempFile("wardbell-ca-", ".p12");
    file.toFile().deleteOnExit();
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD.toCharArray());
    }
    return new TrustedCertificates(file, PASSWORD);
  }
}
