package io.wardbell;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.function.Consumer;

/// Makes tokens as the vault server does, with a key pair of its own.
public final class Tokens {
  /// The origin that [#login] names unless told otherwise.
  public static final String ORIGIN = "https://vault.example.org";

  private static final Duration USUAL_AGE = Duration.ofMinutes(10);

  private final KeyPair keys;
  private final String origin;

  private Tokens(KeyPair keys, String origin) {
    this.keys = keys;
    this.origin = origin;
  }

  /// Tokens of a new server at [#ORIGIN].
  public static Tokens create() {
    return create(ORIGIN);
  }

  /// Tokens of a new server at this origin (scheme, host, port).
  public static Tokens create(String origin) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return new Tokens(generator.generateKeyPair(), origin);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The same key under another origin.
  public Tokens at(String otherOrigin) {
    return new Tokens(keys, otherOrigin);
  }

  /// The key pair.
  public KeyPair keys() {
    return keys;
  }

  /// Writes the private key as the server's `rsa_key.pem` (PKCS#8).
  public Path writeKey(Path file) {
    try {
      return Files.writeString(file, pem("PRIVATE KEY", keys.getPrivate().getEncoded()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A PEM block.
  public static String pem(String label, byte[] der) {
    String base64 =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  }

  /// A login token of two hours, as most are that clients connect with: some minutes old.
  public String login(String user, String device, String stamp) {
    return login(user, device, stamp, Instant.now().minus(USUAL_AGE), Duration.ofHours(2));
  }

  /// A login token.
  public String login(String user, String device, String stamp, Instant issued, Duration lifetime) {
    return login(
        user,
        device,
        stamp,
        claims ->
            claims
                .notBeforeTime(Date.from(issued))
                .expirationTime(Date.from(issued.plus(lifetime))));
  }

  /// A login token with changes.
  public String login(
      String user, String device, String stamp, Consumer<JWTClaimsSet.Builder> changes) {
    JWTClaimsSet.Builder claims =
        new JWTClaimsSet.Builder()
            .issuer(origin + "|login")
            .subject(user)
            .notBeforeTime(Date.from(Instant.now()))
            .expirationTime(Date.from(Instant.now().plus(Duration.ofHours(2))))
            .claim("premium", true)
            .claim("name", "Test")
            .claim("email", user + "@example.org")
            .claim("email_verified", true)
            .claim("sstamp", stamp)
            .claim("device", device)
            .claim("devicetype", "9")
            .claim("client_id", "web")
            .claim("scope", List.of("api", "offline_access"))
            .claim("amr", List.of("Application"));
    changes.accept(claims);
    return sign(claims.build());
  }

  /// Any token, signed with RS256.
  public String sign(JWTClaimsSet claims) {
    return sign(JWSAlgorithm.RS256, new RSASSASigner(keys.getPrivate()), claims);
  }

  /// Any token, signed in any way.
  public static String sign(JWSAlgorithm algorithm, JWSSigner signer, JWTClaimsSet claims) {
    try {
      SignedJWT token = new SignedJWT(new JWSHeader(algorithm), claims);
      token.sign(signer);
      return token.serialize();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }
}
