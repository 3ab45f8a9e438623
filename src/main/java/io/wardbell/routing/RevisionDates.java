package io.wardbell.routing;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/// The revision date that makes a client fetch, without asking any clock.
///
/// A client fetches if the date it is told is later than that of its own copy, both cut to
/// milliseconds (`new Date`). The stored date will do if it is later than the one known before.
/// Otherwise, as when only an attachment changed, one step is added; the item that is then fetched
/// carries its true date, so that nothing drifts. A date that went backwards (a restored backup)
/// counts from the later one, which clients still have.
///
/// @param step one millisecond; one second where the database keeps whole seconds, because a
///   client's own copy may have the fraction that the database dropped
record RevisionDates(Duration step) {
  /// @param before the date known until now; null if the row is new
  Instant of(Instant stored, @Nullable Instant before) {
    if (before == null || millis(stored).isAfter(millis(before))) {
      return stored;
    }
    return stepped(stored.isBefore(before) ? before : stored);
  }

  /// Later than what is stored.
  Instant stepped(Instant stored) {
    return stored.plus(step);
  }

  private static Instant millis(Instant date) {
    return date.truncatedTo(ChronoUnit.MILLIS);
  }
}
