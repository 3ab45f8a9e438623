package io.wardbell.ops;

/// Where a client connects to, read out of an origin. [java.net.URI] takes a name with an
/// underscore for no host, and loses its port.
///
/// @param authority host and port as they were written
record Origin(boolean isTls, String authority, String host, int port) {
  /// @param origin scheme, host and perhaps port, without a path
  static Origin of(String origin) {
    boolean isTls = origin.startsWith("https:");
    String authority = origin.substring(origin.indexOf("//") + 2);
    int colon = authority.lastIndexOf(':');
    boolean named = colon > authority.lastIndexOf(']');
    return new Origin(
        isTls,
        authority,
        named ? authority.substring(0, colon) : authority,
        named ? Integer.parseInt(authority.substring(colon + 1)) : isTls ? 443 : 80);
  }
}
