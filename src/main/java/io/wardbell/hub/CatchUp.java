package io.wardbell.hub;

import io.wardbell.auth.AccountView;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.notification.UpdateType;
import io.wardbell.observe.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// Decides what a client that connects has to be told of the time when it was away.
sealed interface CatchUp {
  /// How far back a change may lie that a client of unknown whereabouts is told of.
  Duration RECENT = Duration.ofHours(24);

  /// So close to a change its last sync may be, by whose clock and however coarse the dates are,
  /// that it takes the account's revision date for no news: whole seconds, a clock that is ahead.
  /// Longer than clients wait before they connect again (five minutes), so that whoever was cut off
  /// by a restart is among these, and short enough that few accounts are.
  Duration FRESH = Duration.ofMinutes(10);

  /// The account's revision date is moved this long before its change is told, at most, with what
  /// the server's clock may be behind. Of a change that moved none, a client that asks learns
  /// nothing, whenever it asks.
  Duration DATED = Duration.ofMinutes(1);

  /// It missed nothing.
  record Nothing() implements CatchUp {}

  /// It missed something, or did so just now if it did: it is told, whatever the account's revision
  /// date says.
  record Missed() implements CatchUp {}

  /// When it was last here is not known; the account changed lately.
  record Perhaps() implements CatchUp {}

  /// There is no model yet to ask.
  record AskLater() implements CatchUp {}

  /// @param since when the client is known to have been here; [DeviceEntry#NEVER] if it is not
  /// @param toldAt when its account was last told of a change, likewise
  static CatchUp of(
      long since, long toldAt, Id<Kind.User> user, AccountView accounts, Clock clock) {
    if (since != DeviceEntry.NEVER) {
      return toldAt > since ? new Missed() : new Nothing();
    }
    AccountView.Account account = accounts.account(user);
    Instant now = clock.now();
    if (toldAt != DeviceEntry.NEVER) {
      Instant told = now.minusNanos(clock.nanoTime() - toldAt);
      return account == null || account.revisionDate().isBefore(told.minus(DATED))
          ? new Missed()
          : changed(Duration.between(told, now));
    }
    return account == null ? new Nothing() : changed(Duration.between(account.revisionDate(), now));
  }

  private static CatchUp changed(Duration ago) {
    if (ago.compareTo(FRESH) < 0) {
      return new Missed();
    }
    return ago.compareTo(RECENT) < 0 ? new Perhaps() : new Nothing();
  }

  /// What to ask the governor for.
  default Optional<UpdateType> type() {
    return switch (this) {
      case Missed() -> Optional.of(UpdateType.SYNC_ORGANIZATIONS);
      case Perhaps() -> Optional.of(UpdateType.SYNC_VAULT);
      case Nothing(), AskLater() -> Optional.empty();
    };
  }
}
