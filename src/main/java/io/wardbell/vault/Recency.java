package io.wardbell.vault;

import io.wardbell.vault.VaultChange.Account;
import io.wardbell.vault.VaultChange.Folder;
import io.wardbell.vault.VaultChange.Item;
import io.wardbell.vault.VaultChange.Send;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a snapshot cannot show where dates are kept in whole seconds: a row that was saved once
/// more within the second in which the log was lost looks as it did before. Where the log had been
/// quiet for longer than that, no row can hide anything.
final class Recency {
  /// A row is dated by the server and then written; a write takes so long at most.
  private static final Duration MARGIN = Duration.ofSeconds(2);

  /// After so long without a row, whatever has the latest one's date has been written.
  private static final Duration QUIET = MARGIN.plusSeconds(1);

  private final boolean wholeSeconds;

  /// The date of the newest row: of the log's last, or of the newest in a snapshot that no row of
  /// the log has followed yet. The server bumps an account with nearly every write, so this is its
  /// host's time, whatever our clock says. Of the log not the maximum: one date that is wrong must
  /// not last.
  private @Nullable Instant latest;

  /// The newest date in the snapshot that is being read.
  private @Nullable Instant newestRead;

  /// Rows with this date or a later one may have been written again after the log was lost; null if
  /// none can.
  private @Nullable Instant doubtful;

  Recency(Duration dateStep) {
    wholeSeconds = dateStep.compareTo(Duration.ofSeconds(1)) >= 0;
  }

  void beginSnapshot() {
    newestRead = null;
  }

  /// Notes a row of a snapshot.
  void read(VaultChange row) {
    @Nullable Instant date = wholeSeconds ? date(row) : null;
    if (date != null && (newestRead == null || date.isAfter(newestRead))) {
      newestRead = date;
    }
  }

  void endSnapshot() {
    if (newestRead != null) {
      latest = newestRead;
    }
  }

  /// Notes a change from the log.
  void streamed(VaultChange change) {
    @Nullable Instant date = wholeSeconds ? date(change) : null;
    if (date != null) {
      latest = date;
    }
  }

  /// Notes that the log was lost, which had held nothing new for a while.
  void lost(Duration quiet) {
    if (quiet.compareTo(QUIET) >= 0) {
      latest = null;
    }
    doubtful = latest == null ? null : latest.minus(MARGIN);
  }

  /// Whether a row that a snapshot shows as it was may have been written again all the same.
  boolean mayHide(VaultChange change) {
    if (doubtful == null) {
      return false;
    }
    @Nullable Instant date = date(change);
    return date != null && !date.isBefore(doubtful);
  }

  private static @Nullable Instant date(VaultChange change) {
    return switch (change) {
      case VaultChange.CipherChanged(_, _, @Nullable Item after, _, _) ->
          after == null ? null : after.updatedAt();
      case VaultChange.FolderChanged(_, _, @Nullable Folder after) ->
          after == null ? null : after.updatedAt();
      case VaultChange.SendChanged(_, _, @Nullable Send after) ->
          after == null ? null : after.revisionDate();
      case VaultChange.AccountChanged(_, _, @Nullable Account after) ->
          after == null ? null : after.updatedAt();
      case VaultChange.AuthRequestChanged _,
          VaultChange.ItemStateChanged _,
          VaultChange.AttachmentChanged _,
          VaultChange.ItemMoved _,
          VaultChange.OrganizationUnsettled _,
          VaultChange.MembershipChanged _,
          VaultChange.EmergencyAccessChanged _,
          VaultChange.Unreadable _ ->
          null;
    };
  }
}
