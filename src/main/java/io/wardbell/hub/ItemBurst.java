package io.wardbell.hub;

import java.time.Duration;

/// How many messages about items, folders and Sends one client may get one by one. The thread that
/// delivers.
///
/// An official client makes a request for each, Keyguard and rbw a whole sync. So the first few go
/// out as they are, and then one each second: about what people do by hand. A bulk operation has
/// more, and its rest becomes one message to sync (see [SyncGovernor]).
final class ItemBurst {
  private static final long EACH_NANOS = Duration.ofSeconds(1).toNanos();

  private long paidUntil = DeviceEntry.NEVER;

  /// Takes one.
  ///
  /// @param atOnce how many there are after a quiet time
  /// @return false if there is none left
  boolean take(long now, int atOnce) {
    long earliest = now - atOnce * EACH_NANOS;
    long paid = paidUntil == DeviceEntry.NEVER ? earliest : Math.max(paidUntil, earliest);
    if (paid + EACH_NANOS > now) {
      return false;
    }
    paidUntil = paid + EACH_NANOS;
    return true;
  }
}
