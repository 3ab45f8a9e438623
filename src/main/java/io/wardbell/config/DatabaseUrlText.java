package io.wardbell.config;

/// A database URL as it was written. Prints without its password; if it cannot be understood, with
/// its scheme alone.
public record DatabaseUrlText(String reveal) {
  /// @throws IllegalArgumentException if it cannot be used; the message says what would be right
  ///   and quotes nothing that may be a password
  public DatabaseUrl parse() {
    return DatabaseUrl.parse(reveal);
  }

  @Override
  public String toString() {
    try {
      return parse().toString();
    } catch (IllegalArgumentException _) {
      int scheme = reveal.indexOf("://");
      return scheme < 0 ? "***" : reveal.substring(0, scheme) + "://***";
    }
  }
}
