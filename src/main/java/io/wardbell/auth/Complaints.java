package io.wardbell.auth;

import io.wardbell.observe.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says that tokens are refused where a setting may be what is wrong: each reason at most once a
/// minute, since anybody may send a token. Any thread.
final class Complaints {
  private static final Logger LOG = LoggerFactory.getLogger(Complaints.class);
  private static final long EVERY_NANOS = Duration.ofMinutes(1).toNanos();
  private static final int SHOWN_CHARS_MAX = 100;
  private static final String LOGIN = "|login";

  private final AuthConfig config;
  private final Clock clock;
  private final Map<Refusal, Long> said = new EnumMap<>(Refusal.class);

  Complaints(AuthConfig config, Clock clock) {
    this.config = config;
    this.clock = clock;
  }

  /// Tokens of another kind have the server's key and another issuer too: there nothing is wrong.
  ///
  /// @param issuer from a token whose signature is good
  void issuer(String issuer) {
    if (issuer.endsWith(LOGIN) && due(Refusal.ISSUER)) {
      LOG.warn(
          "A token was refused: the vault server issues them as {}, while DOMAIN here makes this {}:"
              + " give both the same DOMAIN [WB-KEY-04]",
          shown(issuer.substring(0, issuer.length() - LOGIN.length())),
          config.origin());
    }
  }

  void signature() {
    if (due(Refusal.SIGNATURE)) {
      LOG.warn(
          "A token was refused: it was not signed with the key in {}: is that the key of the vault"
              + " server that clients log in to? [WB-KEY-05]",
          config.keyFile());
    }
  }

  private synchronized boolean due(Refusal reason) {
    long now = clock.nanoTime();
    Long last = said.get(reason);
    if (last != null && now - last < EVERY_NANOS) {
      return false;
    }
    said.put(reason, now);
    return true;
  }

  private static String shown(String origin) {
    String printable = origin.replaceAll("\\p{Cntrl}", "?");
    return printable.length() <= SHOWN_CHARS_MAX
        ? printable
        : printable.substring(0, SHOWN_CHARS_MAX) + "…";
  }
}
