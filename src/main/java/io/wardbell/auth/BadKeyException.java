package io.wardbell.auth;

/// A key file that gives no RSA key. The message completes "the key file … cannot be used:".
final class BadKeyException extends Exception {
  BadKeyException(String message) {
    super(message);
  }

  BadKeyException(String message, Throwable cause) {
    super(message, cause);
  }
}
