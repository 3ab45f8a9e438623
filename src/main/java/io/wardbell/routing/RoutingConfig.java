package io.wardbell.routing;

import io.wardbell.config.Setting;
import java.time.Duration;

/// How long to wait for an organization's relations, which the server rewrites row by row.
public record RoutingConfig(
    @Setting(
            value = "WARDBELL_SETTLE_QUIET",
            doc =
                "How long an organization's members, collections and groups must be left alone before"
                    + " it is told what changed for whom, 50 ms to 10 s. Longer than the vault server"
                    + " pauses between two statements of one request.",
            fallback = RoutingConfig.QUIET_MILLIS + "ms")
        Duration quiet,
    @Setting(
            value = "WARDBELL_SETTLE_MAX",
            doc =
                "After how long it is told although they keep changing, from WARDBELL_SETTLE_QUIET to"
                    + " 60 s.",
            fallback = RoutingConfig.QUIET_MAX_SECONDS + "s")
        Duration quietMax) {
  /// Of 29,000 pauses between a real server's statements on relations and items, with eight
  /// requests at a time on two busy cores, half were below 4 ms, 99 % below 50 ms, 99.9 % below 175
  /// ms; three were longer than this.
  static final int QUIET_MILLIS = 400;

  static final int QUIET_MAX_SECONDS = 5;

  /// @throws IllegalArgumentException naming the setting that is out of range
  public RoutingConfig {
    if (quiet.compareTo(Duration.ofMillis(50)) < 0 || quiet.compareTo(Duration.ofSeconds(10)) > 0) {
      throw new IllegalArgumentException("WARDBELL_SETTLE_QUIET must be from 50ms to 10s");
    }
    if (quietMax.compareTo(quiet) < 0 || quietMax.compareTo(Duration.ofSeconds(60)) > 0) {
      throw new IllegalArgumentException(
          "WARDBELL_SETTLE_MAX must be from WARDBELL_SETTLE_QUIET to 60s");
    }
  }

  /// What is there if nothing is set.
  public static RoutingConfig defaults() {
    return new RoutingConfig(
        Duration.ofMillis(QUIET_MILLIS), Duration.ofSeconds(QUIET_MAX_SECONDS));
  }
}
