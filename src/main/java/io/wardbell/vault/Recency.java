package io.wardbell.vault;

import io.wardbell.vault.VaultChange.Account;
import io.wardbell.vault.VaultChange.Folder;
import io.wardbell.vault.VaultChange.Item;
import io.wardbell.vault.VaultChange.Send;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a snapshot cannot show where dates are kept in whole seconds: a row that was saved once
/// more within the second in which the log was lost looks as it did before.
final class Recency {
  private static final Duration MARGIN = Duration.ofSeconds(2);

  private final boolean wholeSeconds;

  /// The date of the newest row from the log. The server bumps an account with nearly every write,
  /// so this is its host's time, whatever our clock says. Not a maximum: one date that is wrong
  /// must not last.
  private @Nullable Instant latest;

  Recency(Duration dateStep) {
    wholeSeconds = dateStep.compareTo(Duration.ofSeconds(1)) >= 0;
  }

  /// Notes a change from the log.
  void streamed(VaultChange change) {
    @Nullable Instant date = wholeSeconds ? date(change) : null;
    if (date != null) {
      latest = date;
    }
  }

  /// Whether a row that a snapshot shows as it was may have been written again all the same.
  boolean mayHide(VaultChange change) {
    if (!wholeSeconds || latest == null) {
      return false;
    }
    @Nullable Instant date = date(change);
    return date != null && !date.isBefore(latest.minus(MARGIN));
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
