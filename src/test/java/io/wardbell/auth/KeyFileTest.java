package io.wardbell.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.wardbell.ManualClock;
import io.wardbell.Tokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
  private static final Tokens SERVER = Tokens.create();

  private final ManualClock clock = new ManualClock();
  @TempDir private Path folder;

  /// What PKCS#8 wraps (26 bytes before it for a key of 2048 bits), and likewise for the public
  /// key.
  private static byte[] pkcs1Private() {
    byte[] pkcs8 = SERVER.keys().getPrivate().getEncoded();
    return Arrays.copyOfRange(pkcs8, 26, pkcs8.length);
  }

  private static byte[] pkcs1Public() {
    byte[] info = SERVER.keys().getPublic().getEncoded();
    return Arrays.copyOfRange(info, 24, info.length);
  }

  @Test
  void allFourFormsGiveTheSameKey() throws BadKeyException {
    var expected = SERVER.keys().getPublic();
    byte[] pkcs8 = SERVER.keys().getPrivate().getEncoded();
    byte[] info = expected.getEncoded();
    assertThat(RsaPem.read(Tokens.pem("PRIVATE KEY", pkcs8))).isEqualTo(expected);
    assertThat(RsaPem.read(Tokens.pem("RSA PRIVATE KEY", pkcs1Private()))).isEqualTo(expected);
    assertThat(RsaPem.read(Tokens.pem("PUBLIC KEY", info))).isEqualTo(expected);
    assertThat(RsaPem.read(Tokens.pem("RSA PUBLIC KEY", pkcs1Public()))).isEqualTo(expected);
  }

  private static void assertFault(String pem, String fault) {
    assertThatThrownBy(() -> RsaPem.read(pem))
        .isInstanceOf(BadKeyException.class)
        .hasMessageContaining(fault);
  }

  @Test
  void faultIsNamed() throws Exception {
    KeyPair curve = KeyPairGenerator.getInstance("EC").generateKeyPair();
    assertFault("hello", "not a PEM file");
    assertFault(
        Tokens.pem("PRIVATE KEY", curve.getPrivate().getEncoded()), "a key that is not RSA");
    assertFault(Tokens.pem("PUBLIC KEY", curve.getPublic().getEncoded()), "a key that is not RSA");
    assertFault(Tokens.pem("EC PRIVATE KEY", new byte[10]), "EC PRIVATE KEY, not an RSA key");
    assertFault(Tokens.pem("CERTIFICATE", new byte[10]), "CERTIFICATE, not an RSA key");
    assertFault(Tokens.pem("ENCRYPTED PRIVATE KEY", new byte[10]), "encrypted");
    assertFault(Tokens.pem("RSA PRIVATE KEY", new byte[10]), "damaged");
    byte[] half = Arrays.copyOf(pkcs1Private(), 100);
    assertFault(Tokens.pem("RSA PRIVATE KEY", half), "damaged");
    KeyPairGenerator small = KeyPairGenerator.getInstance("RSA");
    small.initialize(1024);
    byte[] weak = small.generateKeyPair().getPublic().getEncoded();
    assertFault(Tokens.pem("PUBLIC KEY", weak), "1024 bits");
  }

  @Test
  void missingFileIsWaitedFor() {
    Path file = folder.resolve("rsa_key.pem");
    KeyFile keyFile = new KeyFile(file, clock);
    assertThat(keyFile.key()).isNull();
    assertThat(keyFile.fault()).contains("missing");

    SERVER.writeKey(file);
    assertThat(keyFile.key()).as("looks at most once a second").isNull();
    clock.advance(Duration.ofSeconds(1));
    assertThat(keyFile.key()).isEqualTo(SERVER.keys().getPublic());
    assertThat(keyFile.fault()).isNull();
  }

  @Test
  void changedFileIsReadAgain() throws IOException {
    Path file = SERVER.writeKey(folder.resolve("rsa_key.pem"));
    KeyFile keyFile = new KeyFile(file, clock);
    assertThat(keyFile.key()).isEqualTo(SERVER.keys().getPublic());

    Tokens other = Tokens.create();
    Path fresh = other.writeKey(folder.resolve("fresh"));
    Files.move(fresh, file, StandardCopyOption.REPLACE_EXISTING);
    clock.advance(Duration.ofSeconds(1));
    assertThat(keyFile.key()).isEqualTo(other.keys().getPublic());
  }

  @Test
  void lastGoodKeyStaysInUseWhileTheFileIsBad() throws IOException {
    Path file = SERVER.writeKey(folder.resolve("rsa_key.pem"));
    KeyFile keyFile = new KeyFile(file, clock);
    assertThat(keyFile.key()).isNotNull();

    Files.writeString(file, "half a file");
    clock.advance(Duration.ofSeconds(1));
    assertThat(keyFile.key()).isEqualTo(SERVER.keys().getPublic());
    assertThat(keyFile.fault()).contains("not a PEM file");
  }
}
