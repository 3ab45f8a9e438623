package io.wardbell.server;

/// A file that TLS cannot be spoken with. The message says why, and never quotes a key.
final class BadTlsFileException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String setting;

  /// @param setting the one that names the file
  BadTlsFileException(String setting, String why) {
    super(why);
    this.setting = setting;
  }

  String setting() {
    return setting;
  }

  BadTlsFileException because(Exception cause) {
    initCause(cause);
    return this;
  }
}
