package io.wardbell.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.wardbell.Certificates;
import io.wardbell.NodeClient;
import io.wardbell.NodeClient.Options;
import io.wardbell.config.SettingsException;
import io.wardbell.id.Id;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import io.wardbell.observe.Clock;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// TLS on the public listener, with certificates that the test makes.
class TlsIT {
  private static final String USER = "00000000-0000-4000-8000-00000000000a";
  private static final Duration SOON = Duration.ofSeconds(10);

  @TempDir private Path folder;
  private Path certificate;
  private Path key;

  @BeforeEach
  void name() {
    certificate = folder.resolve("fullchain.pem");
    key = folder.resolve("privkey.pem");
  }

  private RunningHub running() {
    TlsConfig tls = new TlsConfig(Optional.of(certificate), Optional.of(key));
    RunningHub running = new RunningHub(folder, RunningHub.LIMITS, tls);
    running.accounts.put(USER, "stamp");
    return running;
  }

  private NodeClient client(RunningHub running, Options options) {
    return NodeClient.start(
        running.url("/notifications/hub").replace("http:", "https:"),
        running.tokens.login(USER, "device", "stamp"),
        options,
        Map.of("NODE_EXTRA_CA_CERTS", certificate.toAbsolutePath().toString()));
  }

  private static void assertHears(RunningHub running, NodeClient client, String id) {
    running.hub.deliver(
        new Delivery(
            new Notification.OfFolder(
                UpdateType.SYNC_FOLDER_CREATE, Id.of(id), Id.of(USER), Instant.EPOCH),
            Audience.Users.of(Id.of(USER))));
    client.awaitNotification(n -> n.at("/Payload/Id").asText().equals(id), SOON);
  }

  /// The name in the certificate that a client trusting the file is shown.
  private String shown(RunningHub running, Path trusted, String... protocols)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream in = Files.newInputStream(trusted)) {
      Certificate authority = CertificateFactory.getInstance("X.509").generateCertificate(in);
      store.setCertificateEntry("it", authority);
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", running.listener.port())) {
      if (protocols.length > 0) {
        socket.setEnabledProtocols(protocols);
      }
      socket.startHandshake();
      return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
          .getSubjectX500Principal()
          .getName();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pkcs8", "pkcs1", "ec", "ec-pkcs8", "ed25519"})
  void keyIsReadInEveryFormThatToolsWrite(String kind) throws Exception {
    Certificates.write(kind, "hub", certificate, key);
    try (RunningHub running = running()) {
      assertThat(shown(running, certificate, "TLSv1.3")).isEqualTo("CN=hub");
      assertThat(shown(running, certificate, "TLSv1.2")).isEqualTo("CN=hub");
    }
  }

  @Test
  void npmClientHearsOverTls() {
    Certificates.write("ec", "hub", certificate, key);
    try (RunningHub running = running();
        NodeClient client = client(running, Options.newest()).awaitConnected();
        NodeClient old = client(running, Options.newest().version("3").negotiating())) {
      old.awaitConnected();
      assertHears(running, client, "c1");
      assertHears(running, old, "c2");
    }
  }

  @Test
  void changedCertificateServesTheNextConnectionAndCutsNone() throws Exception {
    Certificates.write("ec", "before", certificate, key);
    try (RunningHub running = running();
        NodeClient client = client(running, Options.newest()).awaitConnected()) {
      assertThat(shown(running, certificate)).isEqualTo("CN=before");
      Path trusted = Files.copy(certificate, folder.resolve("before.pem"));
      Path next = folder.resolve("next.pem");
      Path nextKey = folder.resolve("next-key.pem");
      Certificates.write("pkcs8", "after", next, nextKey);
      // As renewals do: one file, a moment when both do not belong together, the other.
      Files.move(next, certificate, StandardCopyOption.REPLACE_EXISTING);
      Thread.sleep(1_200); // longer than the files go without a look
      assertThat(shown(running, trusted)).isEqualTo("CN=before");
      Files.move(nextKey, key, StandardCopyOption.REPLACE_EXISTING);
      await()
          .atMost(SOON)
          .ignoreExceptions()
          .untilAsserted(() -> assertThat(shown(running, certificate)).isEqualTo("CN=after"));
      assertHears(running, client, "c1");
    }
  }

  @Test
  void plainHttpOnTheTlsPortHarmsNobody() throws Exception {
    Certificates.write("ec", "hub", certificate, key);
    try (RunningHub running = running();
        Socket plain = new Socket(InetAddress.getLoopbackAddress(), running.listener.port())) {
      plain
          .getOutputStream()
          .write("GET /hub HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      plain.setSoTimeout(10_000);
      while (plain.getInputStream().read() >= 0) {
        // an alert, or nothing, then the end
      }
      assertThat(shown(running, certificate)).isEqualTo("CN=hub");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "encrypted, WARDBELL_TLS_KEY_FILE, it is encrypted",
    "missing, WARDBELL_TLS_KEY_FILE, it is missing",
    "swapped, WARDBELL_TLS_CERT_FILE, it holds no certificate",
    "certificate, WARDBELL_TLS_KEY_FILE, it holds no private key",
    "foreign, WARDBELL_TLS_KEY_FILE, does not belong",
    "other kind, WARDBELL_TLS_KEY_FILE, no EC key",
    "cut off, WARDBELL_TLS_KEY_FILE, it is damaged",
    "broken, WARDBELL_TLS_CERT_FILE, certificate 1 of it is damaged"
  })
  void badFileIsNamedWithWhatIsWrong(String what, String setting, String fault) throws Exception {
    Certificates.write(what.equals("encrypted") ? what : "ec", "hub", certificate, key);
    Path other = folder.resolve("other.pem");
    String text = Files.readString(key);
    switch (what) {
      case "missing" -> Files.delete(key);
      case "swapped" -> Files.copy(key, certificate, StandardCopyOption.REPLACE_EXISTING);
      case "certificate" -> Files.copy(certificate, key, StandardCopyOption.REPLACE_EXISTING);
      case "foreign" -> Certificates.write("ec", "other", other, key);
      case "other kind" -> Certificates.write("pkcs1", "other", other, key);
      case "cut off" -> {
        int cut = text.indexOf('\n', text.indexOf("EC PRIVATE KEY")) + 1;
        Files.writeString(key, text.substring(0, cut + 20) + "\n-----END EC PRIVATE KEY-----\n");
      }
      case "broken" ->
          Files.writeString(certificate, Files.readString(certificate).replaceAll("MI", "AA"));
      default -> {}
    }
    assertThatThrownBy(() -> new TlsFiles(certificate, key, Clock.system()))
        .isInstanceOf(SettingsException.class)
        .hasMessageStartingWith(setting + ": names ")
        .hasMessageContaining(fault);
  }
}
