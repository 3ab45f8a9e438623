package io.wardbell.notification;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a client is told. One case for each shape of payload; dates are sent with the database's
/// precision, at most microseconds.
public sealed interface Notification {
  /// The type on the wire.
  UpdateType type();

  /// An item: types 0, 1 and 2.
  ///
  /// @param userId the owner of a personal item; null for an organization's, or clients drop it
  /// @param collectionIds null unless the client should decide by them; never empty
  /// @param revisionDate an item is fetched if the client's copy is older
  record OfCipher(
      UpdateType type,
      Id<Kind.Cipher> id,
      @Nullable Id<Kind.User> userId,
      @Nullable Id<Kind.Organization> organizationId,
      @Nullable List<Id<Kind.Collection>> collectionIds,
      Instant revisionDate)
      implements Notification {
    /// The update that makes whoever has it fetch it once more.
    public OfCipher updated(Duration later) {
      return new OfCipher(
          UpdateType.SYNC_CIPHER_UPDATE,
          id,
          userId,
          organizationId,
          collectionIds,
          revisionDate.plus(later));
    }
  }

  /// A folder: types 3, 7 and 8.
  record OfFolder(UpdateType type, Id<Kind.Folder> id, Id<Kind.User> userId, Instant revisionDate)
      implements Notification {}

  /// A Send: types 12, 13 and 14.
  record OfSend(UpdateType type, Id<Kind.Send> id, Id<Kind.User> userId, Instant revisionDate)
      implements Notification {}

  /// Something about the whole account: types 4, 5, 10, 11 and 17. The payload's `UserId` is the
  /// recipient's and is filled in by the hub, so that one value serves an audience of any size.
  record OfAccount(UpdateType type, Instant date) implements Notification {}

  /// A login with device: type 15 and 16.
  ///
  /// @param contextId the device that acted, as the database names it; that device drops the
  ///   message
  record OfAuthRequest(
      UpdateType type, Id<Kind.AuthRequest> id, Id<Kind.User> userId, @Nullable String contextId)
      implements Notification {}
}
