package io.wardbell.routing;

import java.time.Duration;

/// How long to wait for what belongs together.
///
/// @param dateStep how exactly the database keeps dates: one millisecond or one second
/// @param newItemWait how long a new personal item waits for a collection: the server creates an
///   organization's item as a personal one first
/// @param newItemWaitMax how long it waits, once there is one, for the item to become the
///   organization's
/// @param quiet how long an organization's relations must be left alone to count as settled
/// @param quietMax after how long they are settled although they keep changing
/// @param itemStateQuiet how long a favorite, a folder, an archive or an attachment waits for
///   others
public record RoutingConfig(
    Duration dateStep,
    Duration newItemWait,
    Duration newItemWaitMax,
    Duration quiet,
    Duration quietMax,
    Duration itemStateQuiet) {

  /// The defaults for a database that keeps fractions of seconds.
  public static RoutingConfig defaults() {
    return new RoutingConfig(
        Duration.ofMillis(1),
        Duration.ofMillis(300),
        Duration.ofSeconds(5),
        Duration.ofMillis(400),
        Duration.ofSeconds(5),
        Duration.ofMillis(100));
  }
}
