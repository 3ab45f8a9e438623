package io.wardbell.config;

import java.util.Optional;

/// The database to follow.
///
/// @param ownUrl a role of Wardbell's own, which is what `setup-sql` makes
/// @param serverUrl the vault server's own URL, used if there is no other
/// @param ownPassword goes before the password in either URL
public record DatabaseAccess(
    @Setting(
            value = "WARDBELL_DATABASE_URL",
            doc =
                "The vault server's database, with a role of Wardbell's own"
                    + " (`wardbell setup-sql` makes it), in the forms of DATABASE_URL.")
        Optional<DatabaseUrlText> ownUrl,
    @Setting(
            value = "DATABASE_URL",
            doc =
                "The vault server's own setting. Used if WARDBELL_DATABASE_URL is not set; where it is"
                    + " a login, with a warning: that role owns the tables and may come through a"
                    + " pooler.",
            fallback = "sqlite://{DATA_FOLDER}/db.sqlite3")
        DatabaseUrlText serverUrl,
    @Setting(
            value = "WARDBELL_DATABASE_PASSWORD",
            doc = "The password, if it should not stand in the URL.")
        Optional<Secret> ownPassword) {
  /// Refuses a URL that cannot be used; the server's own is not looked at if there is another.
  public DatabaseAccess {
    String setting = ownUrl.isPresent() ? "WARDBELL_DATABASE_URL" : "DATABASE_URL";
    try {
      ownUrl.orElse(serverUrl).parse();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(setting + ": " + e.getMessage(), e);
    }
  }

  /// The URL in effect, with the password in effect.
  public DatabaseUrl url() {
    DatabaseUrl url = ownUrl.orElse(serverUrl).parse();
    return ownPassword.isPresent() ? url.withPassword(ownPassword.get()) : url;
  }

  /// The variable that the URL in effect comes from.
  public String setting() {
    return ownUrl.isPresent() ? "WARDBELL_DATABASE_URL" : "DATABASE_URL";
  }

  /// Whether Wardbell would log in as the vault server does, which works and is due a warning.
  public boolean asServer() {
    return ownUrl.isEmpty();
  }
}
