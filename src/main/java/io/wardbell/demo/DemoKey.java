package io.wardbell.demo;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.wardbell.observe.Clock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;

/// The signing key of a throw-away server, and login tokens as that server would make them.
public final class DemoKey {
  private static final Duration TOKEN_LIFE = Duration.ofHours(2);

  private final KeyPair pair;
  private final Clock clock;

  public DemoKey(Clock clock) {
    this.clock = clock;
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      pair = generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has RSA", e);
    }
  }

  /// Writes `rsa_key.pem` into a data folder.
  public void writeTo(Path dataFolder) throws IOException {
    String body =
        Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(pair.getPrivate().getEncoded());
    Files.writeString(
        dataFolder.resolve("rsa_key.pem"),
        "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n",
        StandardCharsets.US_ASCII);
  }

  /// A login token.
  ///
  /// @param origin of the server's DOMAIN
  /// @param device the client's own id
  public String token(String origin, String user, String stamp, String device) {
    Instant now = clock.now();
    JWTClaimsSet claims =
        new JWTClaimsSet.Builder()
            .issuer(origin + "|login")
            .notBeforeTime(Date.from(now))
            .expirationTime(Date.from(now.plus(TOKEN_LIFE)))
            .subject(user)
            .claim("premium", true)
            .claim("name", "Demo")
            .claim("email", "demo@example.com")
            .claim("email_verified", true)
            .claim("sstamp", stamp)
            .claim("device", device)
            .claim("devicetype", "9")
            .claim("client_id", "web")
            .claim("scope", List.of("api", "offline_access"))
            .claim("amr", List.of("Application"))
            .build();
    try {
      SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), claims);
      token.sign(new RSASSASigner(pair.getPrivate()));
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException("a fresh RSA key signs", e);
    }
  }
}
