package io.wardbell.auth;

/// Why a token gives no entry. The words go to logs and metrics; a client learns only that it was
/// refused.
public enum Refusal implements Verdict {
  NO_TOKEN("no token"),
  MALFORMED("not a signed JSON Web Token"),
  ALGORITHM("signed by another algorithm than RS256"),
  SIGNATURE("signed by another key"),
  ISSUER("issued for another origin, or no login token: see DOMAIN"),
  EXPIRED("expired"),
  NOT_YET_VALID("not yet valid: compare the clocks"),
  CLAIMS("not a login token: claims are missing"),
  /// Not the client's fault: answered as an outage, so that the client comes again.
  NO_KEY("the key file cannot be read");

  private final String words;

  Refusal(String words) {
    this.words = words;
  }

  /// For people.
  public String words() {
    return words;
  }
}
