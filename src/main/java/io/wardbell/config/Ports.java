package io.wardbell.config;

/// What a port may be.
final class Ports {
  private Ports() {}

  static void check(String setting, int port) {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException(setting + " must be from 0 to 65535");
    }
  }
}
