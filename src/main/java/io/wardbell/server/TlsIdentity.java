package io.wardbell.server;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;

/// A certificate chain, the server's own first, and the private key that belongs to it.
record TlsIdentity(List<X509Certificate> chain, PrivateKey key) {
  /// @throws BadTlsFileException saying what is wrong with which of the two
  static TlsIdentity of(String certificatesPem, String keyPem) throws BadTlsFileException {
    List<X509Certificate> chain = chain(certificatesPem);
    PublicKey open = chain.getFirst().getPublicKey();
    PrivateKey key = PrivateKeyPem.read(keyPem, open.getAlgorithm());
    if (!belongs(key, open)) {
      throw new BadTlsFileException(
          TlsConfig.KEY, "it does not belong to the first certificate of the other file");
    }
    return new TlsIdentity(chain, key);
  }

  private static List<X509Certificate> chain(String pem) throws BadTlsFileException {
    List<X509Certificate> chain = new ArrayList<>();
    Matcher block = PrivateKeyPem.BLOCK.matcher(pem);
    while (block.find()) {
      if (block.group(1).endsWith("CERTIFICATE")) {
        try {
          byte[] der = PrivateKeyPem.bytes(block.group(2));
          chain.add(
              (X509Certificate)
                  CertificateFactory.getInstance("X.509")
                      .generateCertificate(new ByteArrayInputStream(der)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
          throw new BadTlsFileException(
                  TlsConfig.CERTIFICATES,
                  "certificate %d of it is damaged".formatted(chain.size() + 1))
              .because(e);
        }
      }
    }
    if (chain.isEmpty()) {
      throw new BadTlsFileException(TlsConfig.CERTIFICATES, "it holds no certificate (PEM)");
    }
    return List.copyOf(chain);
  }

  private static boolean belongs(PrivateKey key, PublicKey open) throws BadTlsFileException {
    String algorithm =
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> key.getAlgorithm();
        };
    byte[] sample = {1};
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(sample);
      byte[] signed = signature.sign();
      signature.initVerify(open);
      signature.update(sample);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      throw new BadTlsFileException(
              TlsConfig.KEY, "TLS cannot be spoken with a key of this kind: take RSA or EC")
          .because(e);
    }
  }
}
