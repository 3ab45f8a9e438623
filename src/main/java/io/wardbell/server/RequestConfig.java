package io.wardbell.server;

import io.wardbell.config.Range;
import io.wardbell.config.Setting;

/// The limits of what comes before a token has been seen.
public record RequestConfig(
    @Setting(
            value = "WARDBELL_REQUEST_BYTES",
            doc =
                "The largest request line, the query with the token in it included, and headers"
                    + " together, 4,096 to 1,048,576 bytes.",
            fallback = "" + RequestConfig.BYTES_MAX)
        int bytesMax,
    @Setting(
            value = "WARDBELL_SOCKETS_WITHOUT_REQUEST",
            doc =
                "Sockets that have no session, because no request with a token came or none that was"
                    + " granted, 1 to 100,000. One more closes the one that came first.",
            fallback = "" + RequestConfig.SOCKETS_MAX)
        int socketsMax) {
  /// A token of 16 KiB fits.
  private static final int BYTES_MAX = 32_768;

  private static final int SOCKETS_MAX = 1_000;

  /// What holds unless settings say otherwise.
  public static final RequestConfig USUAL = new RequestConfig(BYTES_MAX, SOCKETS_MAX);

  /// @throws IllegalArgumentException naming the limit that is out of range
  public RequestConfig {
    Range.check("WARDBELL_REQUEST_BYTES", bytesMax, 4_096, 1_048_576);
    Range.check("WARDBELL_SOCKETS_WITHOUT_REQUEST", socketsMax, 1, 100_000);
  }
}
