package io.wardbell.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.wardbell.id.Id;
import io.wardbell.id.StampHash;
import io.wardbell.observe.Clock;
import java.security.interfaces.RSAPublicKey;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Judges login tokens as the vault server's hub does (Vaultwarden `src/auth.rs`), and beyond that
/// refuses its other tokens: refresh tokens share key and issuer with login tokens, but lack their
/// claims. The account's state is not asked here: see [Principal#standing]. Any thread.
public final class Authenticator {
  private static final Duration LEEWAY = Duration.ofSeconds(30);
  private static final int TOKEN_CHARS_MAX = 16 * 1024;
  private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");
  private static final String BEARER = "bearer ";

  private final AuthConfig config;
  private final KeyFile keyFile;
  private final Clock clock;
  private final Complaints complaints;

  public Authenticator(AuthConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
    this.keyFile = new KeyFile(config.keyFile(), clock);
    this.complaints = new Complaints(config, clock);
  }

  /// Why no token can be checked; null if they can. The file is looked at again when this or a
  /// token asks, at most once a second.
  public @Nullable String notReady() {
    return keyFile.key() == null ? keyFile.fault() : null;
  }

  /// What is wrong with the key file as it is now, although a key read before may still serve; null
  /// if nothing is.
  public @Nullable String keyFault() {
    return keyFile.fault();
  }

  /// Judges the token of one request.
  ///
  /// @param authorization the header, null if there is none
  /// @param accessToken the query parameter `access_token`, decoded; null if there is none. Goes
  ///   before the header, as in the vault server
  public Verdict judge(@Nullable String authorization, @Nullable String accessToken) {
    String token = accessToken != null ? accessToken : bearer(authorization);
    if (token == null || token.isBlank()) {
      return Refusal.NO_TOKEN;
    }
    if (token.length() > TOKEN_CHARS_MAX) {
      return Refusal.MALFORMED;
    }
    RSAPublicKey key = keyFile.key();
    if (key == null) {
      return Refusal.NO_KEY;
    }
    try {
      return judge(SignedJWT.parse(WHITE_SPACE.matcher(token).replaceAll("")), key);
    } catch (ParseException | IllegalArgumentException e) {
      return Refusal.MALFORMED;
    }
  }

  private static @Nullable String bearer(@Nullable String authorization) {
    if (authorization == null
        || !authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())) {
      return null;
    }
    return authorization.substring(BEARER.length());
  }

  private Verdict judge(SignedJWT token, RSAPublicKey key) throws ParseException {
    if (!JWSAlgorithm.RS256.equals(token.getHeader().getAlgorithm())) {
      return Refusal.ALGORITHM;
    }
    try {
      if (!token.verify(new RSASSAVerifier(key))) {
        complaints.signature();
        return Refusal.SIGNATURE;
      }
    } catch (JOSEException e) {
      return Refusal.SIGNATURE;
    }
    JWTClaimsSet claims = token.getJWTClaimsSet();
    return claims == null ? Refusal.MALFORMED : judge(claims);
  }

  private Verdict judge(JWTClaimsSet claims) throws ParseException {
    @Nullable String issuer = claims.getIssuer();
    if (!config.issuer().equals(issuer)) {
      if (issuer != null) {
        complaints.issuer(issuer);
      }
      return Refusal.ISSUER;
    }
    Date expires = claims.getExpirationTime();
    Date validFrom = claims.getNotBeforeTime();
    if (expires == null || validFrom == null) {
      return Refusal.CLAIMS;
    }
    Instant now = clock.now();
    if (!expires.toInstant().plus(LEEWAY).isAfter(now)) {
      return Refusal.EXPIRED;
    }
    if (validFrom.toInstant().minus(LEEWAY).isAfter(now)) {
      return Refusal.NOT_YET_VALID;
    }
    String user = claims.getSubject();
    String stamp = claims.getStringClaim("sstamp");
    String device = claims.getStringClaim("device");
    String email = claims.getStringClaim("email");
    List<String> scope = claims.getStringListClaim("scope");
    if (blank(user) || blank(stamp) || blank(device) || blank(email)) {
      return Refusal.CLAIMS;
    }
    if (scope == null || !scope.contains("api")) {
      return Refusal.CLAIMS;
    }
    Date issued = claims.getIssueTime();
    return new Principal(
        Id.of(user),
        StampHash.of(stamp),
        device,
        (issued != null ? issued : validFrom).toInstant());
  }

  private static boolean blank(@Nullable String text) {
    return text == null || text.isBlank();
  }
}
