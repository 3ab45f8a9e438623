package io.wardbell;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What an operator reads who names the wrong files for TLS.
class TlsSettingsIT {
  @TempDir private Path folder;

  private String said(int exitCode, Map<String, String> environment) throws Exception {
    try (ServeProcess process =
        new ServeProcess(
            folder.resolve("said"),
            Map.of(
                "DATA_FOLDER",
                folder.toString(),
                "WARDBELL_TLS_CERT_FILE",
                folder.resolve("c.pem").toString(),
                "WARDBELL_TLS_KEY_FILE",
                environment.getOrDefault("key", "")))) {
      assertThat(process.await()).isEqualTo(exitCode);
      assertThat(process.said()).doesNotContain("\tat ");
      return process.said();
    }
  }

  @Test
  void filesThatDoNotBelongTogetherEndTheStartWithOneLine() throws Exception {
    Certificates.write("ec", "one", folder.resolve("c.pem"), folder.resolve("k.pem"));
    Certificates.write("ec", "two", folder.resolve("other.pem"), folder.resolve("k2.pem"));
    Path key = folder.resolve("k2.pem");
    assertThat(said(78, Map.of("key", key.toString())))
        .containsOnlyOnce("WARDBELL_TLS_KEY_FILE: names " + key)
        .contains("does not belong to the first certificate");
  }

  @Test
  void oneFileWithoutTheOtherIsAFaultOfTheSettings() throws Exception {
    Files.writeString(folder.resolve("c.pem"), "");
    assertThat(said(78, Map.of()))
        .contains("WARDBELL_TLS_CERT_FILE and WARDBELL_TLS_KEY_FILE go together");
  }
}
