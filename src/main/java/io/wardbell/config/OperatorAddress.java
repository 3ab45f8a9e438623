package io.wardbell.config;

import java.util.regex.Pattern;

/// Where status page, probes and metrics are. Not for the public: keep it on this machine or a
/// private network.
public record OperatorAddress(
    @Setting(
            value = "WARDBELL_OPERATOR_ADDRESS",
            doc = "The address that the operator listener (probes, metrics) binds to.",
            fallback = "127.0.0.1")
        String host,
    @Setting(
            value = "WARDBELL_OPERATOR_PORT",
            doc = "The port of the operator listener; 0 takes any free one.",
            fallback = "8095")
        int port,
    @Setting(
            value = "WARDBELL_OPERATOR_NAMES",
            doc =
                "Names, with commas between, that the operator listener answers to besides IP"
                    + " addresses, names without a dot and those that end in .localhost, .local,"
                    + " .internal, .home.arpa or .svc.",
            fallback = "none")
        String names) {
  private static final Pattern NAMES = Pattern.compile("[^:/*]*");

  /// @throws IllegalArgumentException saying what would be right
  public OperatorAddress {
    Range.check("WARDBELL_OPERATOR_PORT", port, 0, 65_535);
    if (!NAMES.matcher(names).matches()) {
      throw new IllegalArgumentException(
          "WARDBELL_OPERATOR_NAMES must be whole names with commas between, as in"
              + " prometheus.example.org: no scheme, no port, no *");
    }
  }
}
