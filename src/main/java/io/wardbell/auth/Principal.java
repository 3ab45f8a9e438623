package io.wardbell.auth;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.id.StampHash;
import java.time.Duration;
import java.time.Instant;

/// Whom a login token speaks for. The token itself is not kept.
///
/// @param stamp of the security stamp that was the account's when the token was issued
/// @param device the client's own id, as it names itself in its requests
/// @param issuedAt by the vault server's clock, in whole seconds
public record Principal(Id<Kind.User> user, StampHash stamp, String device, Instant issuedAt)
    implements Verdict {
  /// A token counts as newer than the model from this long before: it is dated in whole seconds,
  /// and the server's clock and the database's may differ a little.
  static final Duration CLOCKS_DIFFER = Duration.ofSeconds(5);

  /// A client connects right after its login. Longer than clocks differ and requests take.
  private static final Duration FRESH = Duration.ofSeconds(30);

  /// Whether the token was issued just now, to a client that logged in or renewed it.
  public boolean isFresh(Instant now) {
    return issuedAt.isAfter(now.minus(FRESH));
  }

  /// How the account of a token stands.
  public enum Standing {
    /// The account is enabled and its stamp is the token's.
    CURRENT,
    /// The model cannot say yet: there is none, or the token is newer than what it knows.
    UNKNOWN,
    /// Disabled, gone, or the stamp is another one: the client has to log in again.
    STALE
  }

  /// How this token's account stands now. Any thread; never blocks.
  public Standing standing(AccountView accounts) {
    // Before the account: one that is read later may only be fresher.
    Instant asOf = accounts.asOf();
    AccountView.Account account = accounts.account(user);
    if (account != null && account.enabled() && account.stamp().equals(stamp)) {
      return Standing.CURRENT;
    }
    return asOf == null || issuedAt.plus(CLOCKS_DIFFER).isAfter(asOf)
        ? Standing.UNKNOWN
        : Standing.STALE;
  }
}
