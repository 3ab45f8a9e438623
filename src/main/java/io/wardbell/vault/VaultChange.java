package io.wardbell.vault;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.id.StampHash;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a row change means. `before` is null where the row is new to the model, `after` where it is
/// gone; a write that left all captured columns as they were has equal ones: it was *touched*,
/// which is news still, since columns that are not captured may have changed.
public sealed interface VaultChange {
  /// A vault item.
  ///
  /// @param saw who could see it until now
  /// @param sees who can see it from now on. Both are the union of the settled and the current view
  ///   of the organization's relations, so that nobody misses an edit while those are being
  ///   rewritten.
  record CipherChanged(
      Id<Kind.Cipher> id,
      @Nullable Item before,
      @Nullable Item after,
      Set<Id<Kind.User>> saw,
      Set<Id<Kind.User>> sees)
      implements VaultChange {}

  /// @param owner the user of a personal item
  /// @param organization the organization of a shared one
  /// @param trashed whether it lies in the trash
  record Item(
      @Nullable Id<Kind.User> owner,
      @Nullable Id<Kind.Organization> organization,
      Instant updatedAt,
      boolean trashed) {}

  /// A folder.
  record FolderChanged(Id<Kind.Folder> id, @Nullable Folder before, @Nullable Folder after)
      implements VaultChange {}

  /// A user's folder, last saved then.
  record Folder(Id<Kind.User> owner, Instant updatedAt) {}

  /// A Send.
  record SendChanged(Id<Kind.Send> id, @Nullable Send before, @Nullable Send after)
      implements VaultChange {}

  /// @param owner null for a Send of nobody, which the schema allows and the server never makes
  record Send(@Nullable Id<Kind.User> owner, Instant revisionDate, long accessCount) {}

  /// A login with device.
  record AuthRequestChanged(
      Id<Kind.AuthRequest> id, @Nullable AuthRequest before, @Nullable AuthRequest after)
      implements VaultChange {}

  /// @param approved null until it is answered; a refusal deletes the row
  record AuthRequest(
      Id<Kind.User> user,
      @Nullable String requestDevice,
      @Nullable String responseDevice,
      @Nullable Boolean approved,
      Instant createdAt) {}

  /// An account.
  record AccountChanged(Id<Kind.User> id, @Nullable Account before, @Nullable Account after)
      implements VaultChange {}

  /// @param updatedAt when the server last noted a change for this account
  /// @param settings a hash of its equivalent domains
  record Account(Instant updatedAt, StampHash stamp, boolean enabled, long settings) {}

  /// What one user alone sees differently about an item: its folder, whether it is a favorite,
  /// whether it is archived.
  ///
  /// @param left the folder that the item was taken out of, if that is what happened
  record ItemStateChanged(
      Id<Kind.User> user, Id<Kind.Cipher> cipher, @Nullable Id<Kind.Folder> left)
      implements VaultChange {}

  /// An item got, lost or replaced an attachment.
  record AttachmentChanged(Id<Kind.Cipher> cipher) implements VaultChange {}

  /// An item was put into a collection or taken out of one.
  record ItemMoved(Id<Kind.Cipher> cipher) implements VaultChange {}

  /// Who sees what in an organization is being rewritten: [VaultModel#settle] tells the net effect
  /// once that is over.
  record OrganizationUnsettled(Id<Kind.Organization> organization) implements VaultChange {}

  /// A user's place in an organization was written or went, whatever its status. What it changes is
  /// told when the organization settles.
  record MembershipChanged(Id<Kind.User> user, Id<Kind.Organization> organization)
      implements VaultChange {}

  /// An emergency contact, as one of the two users sees it.
  record EmergencyAccessChanged(Set<Id<Kind.User>> users) implements VaultChange {}

  /// A row that could not be understood.
  ///
  /// @param owner whose row it is, if that much could be read
  record Unreadable(String table, @Nullable Id<Kind.User> owner, String why)
      implements VaultChange {}
}
