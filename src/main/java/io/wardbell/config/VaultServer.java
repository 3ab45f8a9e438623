package io.wardbell.config;

import java.nio.file.Path;
import java.util.Optional;

/// What Wardbell must know of the vault server beside its database, from the server's own
/// variables.
///
/// @param groupsEnabled empty if this process was not told; the server's own fallback is false
public record VaultServer(
    @Setting(
            value = "DATA_FOLDER",
            doc =
                "The vault server's data folder, with `rsa_key.pem`, `config.json` and, if nothing"
                    + " else is said, `db.sqlite3`.",
            fallback = DATA_FOLDER_FALLBACK)
        Path dataFolder,
    @Setting(
            value = "DOMAIN",
            doc =
                "The vault server's public address. Its origin is the issuer of the tokens, so it"
                    + " must be what the server has; its path stands before `/notifications`.",
            fallback = "http://localhost")
        Domain domain,
    @Setting(
            value = "RSA_KEY_FILENAME",
            doc = "The server's signing key, without the ending `.pem`.",
            fallback = "{DATA_FOLDER}/rsa_key")
        Path rsaKeyFilename,
    @Setting(
            value = "WARDBELL_PUBLIC_KEY_FILE",
            doc =
                "The public half of the server's signing key (PEM). Goes before RSA_KEY_FILENAME,"
                    + " so that Wardbell need not see the private key.")
        Optional<Path> publicKeyFile,
    @Setting(
            value = "ORG_GROUPS_ENABLED",
            doc =
                "Whether the server has groups switched on. Unset means that Wardbell was not told:"
                    + " then groups count if there are any, those left from when they were on, too.")
        Optional<Boolean> groupsEnabled) {
  static final String DATA_FOLDER_FALLBACK = "data";

  /// The file whose key the tokens are checked with, be it a private or a public one.
  public Path keyFile() {
    return publicKeyFile.orElseGet(() -> Path.of(rsaKeyFilename + ".pem"));
  }
}
