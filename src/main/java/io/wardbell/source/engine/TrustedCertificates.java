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
import java.util.Collection;

/// Certificates of a PEM file in the form that Debezium and its drivers read: a key store, in a
/// file of its own that goes with the process. It holds nothing secret, and its password is no
/// secret: the drivers want one.
///
/// @param store the file
/// @param password what it is opened with
record TrustedCertificates(Path store, String password) {
  private static final String PASSWORD = "certificates";

  /// @throws IOException if the file cannot be read
  /// @throws GeneralSecurityException if it holds no certificates
  static TrustedCertificates of(Path pem) throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (InputStream in = Files.newInputStream(pem)) {
      Collection<? extends Certificate> all =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (all.isEmpty()) {
        throw new GeneralSecurityException("it holds no certificate");
      }
      int number = 0;
      for (Certificate certificate : all) {
        store.setCertificateEntry("ca-" + ++number, certificate);
      }
    }
    Path file = Files.createTempFile("wardbell-ca-", ".p12");
    file.toFile().deleteOnExit();
    try (OutputStream out = Files.newOutputStream(file)) {
      store.store(out, PASSWORD.toCharArray());
    }
    return new TrustedCertificates(file, PASSWORD);
  }
}
