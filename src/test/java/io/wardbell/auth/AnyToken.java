package io.wardbell.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.RSASSASigner;
import io.wardbell.ManualClock;
import io.wardbell.Tokens;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;

/// What must hold for anything that is given as a token: a principal or a refusal comes of it.
final class AnyToken {
  private final ManualClock clock = new ManualClock();
  private final Tokens tokens = Tokens.create();
  private final Authenticator authenticator;

  AnyToken() {
    try {
      authenticator =
          new Authenticator(
              new AuthConfig(Tokens.ORIGIN, tokens.writeKey(Files.createTempFile("key", ".pem"))),
              clock);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A good token, to be spoilt.
  byte[] sample() {
    return tokens.login("user", "device", "stamp").getBytes(StandardCharsets.US_ASCII);
  }

  /// Any text in place of a token, in either place.
  void text(byte[] data) {
    String token = new String(data, StandardCharsets.ISO_8859_1);
    assertThat(authenticator.judge(null, token)).isNotNull();
    assertThat(authenticator.judge("Bearer " + token, null)).isNotNull();
    assertThat(authenticator.judge(token, null)).isNotNull();
  }

  /// Any claims with the server's own signature: nobody has that but the server, and yet.
  void claims(byte[] data) {
    try {
      JWSObject token = new JWSObject(new JWSHeader(JWSAlgorithm.RS256), new Payload(data));
      token.sign(new RSASSASigner(tokens.keys().getPrivate()));
      assertThat(authenticator.judge(null, token.serialize())).isNotNull();
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }
}
