package io.wardbell.hub;

import java.time.Duration;

/// How many messages about items, folders and Sends one client may get one by one. The thread that
/// delivers.
///
/// An official client makes a request for each, Keyguard and rbw a whole sync. So the first few go
/// out as they are, and then one each second: about what people do by hand. A bulk operation has
/// more, and its rest becomes one message to sync (see [SyncGovernor]).
final class ItemBurst {
  /// Who shares, moves or deletes a handful sees it at once; ten requests cost a server less than a
  /// sync of a common vault.
  static final int AT_ONCE = 10;

  private static final long EACH_NANOS = Duration.ofSeconds(1).toNanos();

  private long paidUntil = DeviceEntry.NEVER;

  /// Takes one.
  ///
  /// @return false if there is none left
  boolean take(long now) {
    long earliest = now - AT_ONCE * EACH_NANOS;
    long paid = paidUntil == DeviceEntry.NEVER ? earliest : Math.max(paidUntil, earliest);
    if (paid + EACH_NANOS > now) {
      return false;
    }
    paidUntil = paid + EACH_NANOS;
    return true;
  }
}
