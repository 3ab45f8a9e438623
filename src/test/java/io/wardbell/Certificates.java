package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Self-signed certificates for 127.0.0.1, made by OpenSSL, with their keys in the forms in which
/// tools write them.
public final class Certificates {
  private Certificates() {}

  /// Writes a certificate.
  ///
  /// @param kind of the key: `pkcs8`, `pkcs1`, `ec` (SEC 1, behind its parameters), `ec-pkcs8`,
  ///   `ed25519` or `encrypted`
  public static void write(String kind, String name, Path certificate, Path key) {
    String file = key.toString();
    switch (kind) {
      case "pkcs8" -> run("openssl", "genpkey", "-algorithm", "RSA", "-out", file);
      case "pkcs1" -> run("openssl", "genrsa", "-traditional", "-out", file, "2048");
      case "ec" -> run("openssl", "ecparam", "-genkey", "-name", "secp384r1", "-out", file);
      case "ec-pkcs8" ->
          run(
              "openssl",
              "genpkey",
              "-algorithm",
              "EC",
              "-pkeyopt",
              "ec_paramgen_curve:P-256",
              "-out",
              file);
      case "ed25519" -> run("openssl", "genpkey", "-algorithm", "ed25519", "-out", file);
      case "encrypted" ->
          run(
              "openssl",
              "genpkey",
              "-algorithm",
              "RSA",
              "-aes256",
              "-pass",
              "pass:secret",
              "-out",
              file);
      default -> throw new IllegalArgumentException(kind);
    }
    run(
        "openssl",
        "req",
        "-x509",
        "-new",
        "-key",
        file,
        "-passin",
        "pass:secret",
        "-days",
        "2",
        "-subj",
        "/CN=" + name,
        "-addext",
        "subjectAltName=IP:127.0.0.1",
        "-out",
        certificate.toString());
  }

  private static void run(String... command) {
    try {
      Process process =
          new ProcessBuilder(new ArrayList<>(List.of(command))).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(said).isZero();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("is openssl there?", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }
}
