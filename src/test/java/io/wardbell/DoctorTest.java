package io.wardbell;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What `doctor` finds at the vault server's own address.
class DoctorTest {
  private HttpServer vault;

  @BeforeEach
  void start() throws IOException {
    vault = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    vault.start();
  }

  @AfterEach
  void stop() {
    vault.stop(0);
  }

  private void answer(String path, String body) {
    vault.createContext(
        path,
        exchange -> {
          byte[] bytes = body.getBytes(UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private String doctor(String domain) {
    StringWriter out = new StringWriter();
    PrintWriter writer = new PrintWriter(out, true);
    String address = "http://127.0.0.1:" + vault.getAddress().getPort();
    Main.run(Map.of("DOMAIN", domain), writer, writer, "doctor", "--no-walk", "--vault", address);
    return out.toString();
  }

  @ParameterizedTest
  @CsvSource({
    "https://vault.example.org,        '',     https://vault.example.org,     true",
    "https://vault.example.org/bell,   /bell,  https://Vault.example.org:443/bell/, true",
    "https://vault.example.org,        '',     http://localhost,              false",
    "https://vault.example.org,        '',     http://vault.example.org,      false",
    "https://vault.example.org,        '',     https://vault.example.org/bell, false",
  })
  void comparesDomainWithTheServers(String ours, String path, String theirs, boolean same) {
    answer(path + "/api/config", "{\"environment\":{\"vault\":\"" + theirs + "\"}}");
    if (same) {
      assertThat(doctor(ours)).contains("✓ DOMAIN:").doesNotContain("WB-WEB-15");
    } else {
      assertThat(doctor(ours))
          .contains("✗ DOMAIN: the vault server has " + theirs + ", Wardbell " + ours, "WB-WEB-15");
    }
  }

  @Test
  void aPathThatTheServerDoesNotKnowIsAFault() {
    answer("/bell/api/config", "{}");
    assertThat(doctor("https://vault.example.org")).contains("✗ DOMAIN: nobody knows", "WB-WEB-15");
  }

  @Test
  void whatIsNoVaultServerSaysNothing() {
    answer("/api/config", "<html>");
    assertThat(doctor("https://vault.example.org"))
        .contains("- DOMAIN: whether")
        .doesNotContain("WB-WEB-15");
  }
}
