package io.wardbell.auth;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import io.wardbell.ManualClock;
import io.wardbell.Tokens;
import io.wardbell.id.Id;
import io.wardbell.id.StampHash;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class AuthenticatorTest {
  private static final Tokens SERVER = Tokens.create();
  private static final String USER = "0b6c5a4e-0000-4000-8000-00000000000a";
  private static final Duration HOUR = Duration.ofHours(1);

  private final ManualClock clock = new ManualClock();
  @TempDir private Path folder;
  private Authenticator authenticator;

  @BeforeEach
  void writeKey() {
    Path key = SERVER.writeKey(folder.resolve("rsa_key.pem"));
    authenticator = new Authenticator(new AuthConfig(Tokens.ORIGIN, key), clock);
  }

  private String login(Instant issued, Duration lifetime) {
    return SERVER.login(USER, "device", "stamp", issued, lifetime);
  }

  private JWTClaimsSet claims() {
    return new JWTClaimsSet.Builder()
        .issuer(Tokens.ORIGIN + "|login")
        .subject(USER)
        .notBeforeTime(Date.from(clock.now()))
        .expirationTime(Date.from(clock.now().plus(HOUR)))
        .claim("email", "a@example.org")
        .claim("sstamp", "stamp")
        .claim("device", "device")
        .claim("scope", List.of("api", "offline_access"))
        .build();
  }

  @Test
  void loginTokenGivesThePrincipal() {
    assertThat(authenticator.judge("Bearer " + login(clock.now(), HOUR), null))
        .isEqualTo(new Principal(Id.of(USER), StampHash.of("stamp"), "device", clock.now()));
  }

  @Test
  void queryGoesBeforeHeaderAndWhiteSpaceIsRemoved() {
    String token = login(clock.now(), HOUR);
    String folded = " " + token.substring(0, 40) + "\r\n\t" + token.substring(40) + "\n";
    assertThat(authenticator.judge("Bearer nonsense", folded)).isInstanceOf(Principal.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Basic abc", "Bearer", "Bearer  ", ""})
  void headerWithoutToken(String header) {
    assertThat(authenticator.judge(header, null)).isEqualTo(Refusal.NO_TOKEN);
    assertThat(authenticator.judge(null, null)).isEqualTo(Refusal.NO_TOKEN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "a.b.c", "....", "e30.e30.e30", "\u0000\u0001.\u00e9.x"})
  void nonsenseIsMalformed(String token) {
    assertThat(authenticator.judge("Bearer " + token, null)).isEqualTo(Refusal.MALFORMED);
  }

  @Test
  void hugeTokenIsMalformed() {
    assertThat(authenticator.judge("Bearer " + "a".repeat(20_000), null))
        .isEqualTo(Refusal.MALFORMED);
  }

  @Test
  void algorithmNoneIsRefused() {
    assertThat(authenticator.judge("Bearer " + new PlainJWT(claims()).serialize(), null))
        .isIn(Refusal.MALFORMED, Refusal.ALGORITHM);
  }

  @Test
  void publicKeyAsHmacSecretIsRefused() throws JOSEException {
    byte[] secret = SERVER.keys().getPublic().getEncoded();
    String token = Tokens.sign(JWSAlgorithm.HS256, new MACSigner(secret), claims());
    assertThat(authenticator.judge("Bearer " + token, null)).isEqualTo(Refusal.ALGORITHM);
  }

  @Test
  void otherRsaAlgorithmIsRefused() {
    String token =
        Tokens.sign(JWSAlgorithm.PS256, new RSASSASigner(SERVER.keys().getPrivate()), claims());
    assertThat(authenticator.judge("Bearer " + token, null)).isEqualTo(Refusal.ALGORITHM);
  }

  @Test
  void otherKeyIsRefused() {
    String token = Tokens.create().login(USER, "device", "stamp", clock.now(), HOUR);
    assertThat(authenticator.judge("Bearer " + token, null)).isEqualTo(Refusal.SIGNATURE);
  }

  @Test
  void tamperedClaimsAreRefused() {
    String[] parts = login(clock.now(), HOUR).split("\\.", -1);
    String[] other = SERVER.login("other", "device", "stamp", clock.now(), HOUR).split("\\.", -1);
    String token = parts[0] + "." + other[1] + "." + parts[2];
    assertThat(authenticator.judge("Bearer " + token, null)).isEqualTo(Refusal.SIGNATURE);
  }

  @Test
  void otherOriginIsRefused() {
    String token = SERVER.at("https://other.example.org").login(USER, "d", "s", clock.now(), HOUR);
    assertThat(authenticator.judge("Bearer " + token, null)).isEqualTo(Refusal.ISSUER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"|invite", "|send", "|admin", "|api.organization", "|file_download", ""})
  void tokensForOtherPurposesAreRefused(String purpose) {
    String token =
        SERVER.sign(new JWTClaimsSet.Builder(claims()).issuer(Tokens.ORIGIN + purpose).build());
    assertThat(authenticator.judge("Bearer " + token, null)).isEqualTo(Refusal.ISSUER);
  }

  @Test
  void refreshTokenIsRefusedThoughKeyAndIssuerMatch() {
    String token =
        SERVER.sign(
            new JWTClaimsSet.Builder()
                .issuer(Tokens.ORIGIN + "|login")
                .subject("Password")
                .notBeforeTime(Date.from(clock.now()))
                .expirationTime(Date.from(clock.now().plus(Duration.ofDays(30))))
                .claim("device_token", "x")
                .build());
    assertThat(authenticator.judge("Bearer " + token, null)).isEqualTo(Refusal.CLAIMS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"sub", "sstamp", "device", "email", "scope", "exp", "nbf"})
  void eachLoginClaimIsRequired(String claim) {
    String token = SERVER.sign(new JWTClaimsSet.Builder(claims()).claim(claim, null).build());
    assertThat(authenticator.judge("Bearer " + token, null)).isEqualTo(Refusal.CLAIMS);
  }

  @Test
  void claimOfTheWrongTypeIsMalformed() {
    String token = SERVER.sign(new JWTClaimsSet.Builder(claims()).claim("device", 7).build());
    assertThat(authenticator.judge("Bearer " + token, null)).isEqualTo(Refusal.MALFORMED);
  }

  @Test
  void expiryHasThirtySecondsOfLeeway() {
    String token = login(clock.now(), HOUR);
    clock.advance(HOUR.plusSeconds(29));
    assertThat(authenticator.judge("Bearer " + token, null)).isInstanceOf(Principal.class);
    clock.advance(Duration.ofSeconds(1));
    assertThat(authenticator.judge("Bearer " + token, null)).isEqualTo(Refusal.EXPIRED);
  }

  @Test
  void notBeforeHasThirtySecondsOfLeeway() {
    assertThat(authenticator.judge("Bearer " + login(clock.now().plusSeconds(30), HOUR), null))
        .isInstanceOf(Principal.class);
    assertThat(authenticator.judge("Bearer " + login(clock.now().plusSeconds(31), HOUR), null))
        .isEqualTo(Refusal.NOT_YET_VALID);
  }

  private List<String> warned(Runnable what) {
    Logger logger = (Logger) LoggerFactory.getLogger(Complaints.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    logger.addAppender(lines);
    try {
      what.run();
    } finally {
      logger.detachAppender(lines);
    }
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void whatASettingMayHaveWrongIsSaidOnceAMinute() {
    String foreign =
        SERVER.sign(new JWTClaimsSet.Builder(claims()).issuer("http://localhost|login").build());
    String forged = Tokens.create().login(USER, "device", "stamp", clock.now(), HOUR);
    List<String> said =
        warned(() -> {
          for (int i = 0; i < 59; i++) {
            authenticator.judge(null, foreign);
            authenticator.judge(null, forged);
            clock.advance(Duration.ofSeconds(1));
          }
        });
    assertThat(said).hasSize(2).noneMatch(line -> line.contains(foreign) || line.contains(forged));
    assertThat(said.getFirst())
        .contains("issues them as http://localhost,", Tokens.ORIGIN, "DOMAIN", "WB-KEY-04");
    assertThat(said.getLast()).contains(folder.resolve("rsa_key.pem").toString(), "WB-KEY-05");
    clock.advance(Duration.ofSeconds(1));
    assertThat(warned(() -> authenticator.judge(null, foreign))).hasSize(1);
  }

  @Test
  void nothingIsSaidWhereNoSettingIsWrong() {
    String old = login(clock.now(), HOUR);
    String invitation =
        SERVER.sign(new JWTClaimsSet.Builder(claims()).issuer(Tokens.ORIGIN + "|invite").build());
    clock.advance(Duration.ofHours(2));
    assertThat(
            warned(() -> {
              assertThat(authenticator.judge(null, old)).isEqualTo(Refusal.EXPIRED);
              assertThat(authenticator.judge(null, invitation)).isEqualTo(Refusal.ISSUER);
              assertThat(authenticator.judge(null, "a.b.c")).isEqualTo(Refusal.MALFORMED);
            }))
        .isEmpty();
  }

  @Test
  void anIssuerIsSaidShortAndOnOneLine() {
    String origin = "http://a\nb" + "c".repeat(5_000) + "|login";
    String token = SERVER.sign(new JWTClaimsSet.Builder(claims()).issuer(origin).build());
    assertThat(warned(() -> authenticator.judge(null, token)))
        .singleElement()
        .satisfies(line -> assertThat(line).hasSizeLessThan(400).doesNotContain("\n"));
  }
}
