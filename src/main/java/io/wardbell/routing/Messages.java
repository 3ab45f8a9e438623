package io.wardbell.routing;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.id.StampHash;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import io.wardbell.vault.Settlement;
import io.wardbell.vault.VaultChange;
import io.wardbell.vault.VaultChange.Account;
import io.wardbell.vault.VaultChange.AuthRequest;
import io.wardbell.vault.VaultChange.Folder;
import io.wardbell.vault.VaultChange.Item;
import io.wardbell.vault.VaultChange.Send;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The rules: which change makes which message for whom, without any state. What clients do with
/// each is what decides (`syncUpsertCipher` and its siblings in bitwarden/clients): an Update for
/// an item that a client does not have is ignored, and so is a Create for one that it has.
final class Messages {
  /// The server purges login requests after 15 minutes.
  private static final Duration REQUEST_LIFE = Duration.ofMinutes(15);

  /// An approved request may be used to log in for 5 minutes after it was made.
  private static final Duration APPROVAL_LIFE = Duration.ofMinutes(5);

  private final RevisionDates dates;

  Messages(RevisionDates dates) {
    this.dates = dates;
  }

  // ---- items ----

  /// An item changed: Update to those who saw it, Create to those who did not, Delete to those who
  /// do not any more.
  void cipher(VaultChange.CipherChanged change, Consumer<Delivery> out) {
    @Nullable Item before = change.before();
    @Nullable Item after = change.after();
    if (after == null) {
      if (before != null) {
        delete(change.id(), before, change.saw(), out);
      }
      return;
    }
    create(change.id(), after, without(change.sees(), change.saw()), out);
    delete(change.id(), after, without(change.saw(), change.sees()), out);
    Instant date = dates.of(after.updatedAt(), before == null ? null : before.updatedAt());
    Set<Id<Kind.User>> kept = both(change.sees(), change.saw());
    upsert(UpdateType.SYNC_CIPHER_UPDATE, change.id(), after, date, kept, out);
  }

  /// The users in both, without a copy where these are all.
  static Set<Id<Kind.User>> both(Set<Id<Kind.User>> users, Set<Id<Kind.User>> others) {
    if (users.equals(others) || others.containsAll(users)) {
      return users;
    }
    Set<Id<Kind.User>> both = new HashSet<>(users);
    both.retainAll(others);
    return both;
  }

  /// The users who are not among the others, without a copy where these are all.
  static Set<Id<Kind.User>> without(Set<Id<Kind.User>> users, Set<Id<Kind.User>> others) {
    if (users.equals(others) || others.containsAll(users)) {
      return Set.of();
    }
    if (others.isEmpty()) {
      return users;
    }
    Set<Id<Kind.User>> left = new HashSet<>(users);
    left.removeAll(others);
    return left;
  }

  /// The creator of an organization's item may have seen it while it was a personal one.
  void withdraw(VaultChange.CipherChanged change, Consumer<Delivery> out) {
    @Nullable Item after = change.after();
    if (after != null) {
      delete(change.id(), after, without(change.saw(), change.sees()), out);
    }
  }

  void create(Id<Kind.Cipher> id, Item item, Set<Id<Kind.User>> users, Consumer<Delivery> out) {
    upsert(UpdateType.SYNC_CIPHER_CREATE, id, item, item.updatedAt(), users, out);
  }

  /// Something about an item changed that does not move its date.
  void touch(Id<Kind.Cipher> id, Item item, Set<Id<Kind.User>> users, Consumer<Delivery> out) {
    Instant date = dates.stepped(item.updatedAt());
    upsert(UpdateType.SYNC_CIPHER_UPDATE, id, item, date, users, out);
  }

  private void delete(
      Id<Kind.Cipher> id, Item item, Set<Id<Kind.User>> users, Consumer<Delivery> out) {
    upsert(UpdateType.SYNC_LOGIN_DELETE, id, item, item.updatedAt(), users, out);
  }

  /// Without collection ids, so that clients decide by what they have, and not by which collections
  /// they know.
  private static void upsert(
      UpdateType type,
      Id<Kind.Cipher> id,
      Item item,
      Instant date,
      Set<Id<Kind.User>> users,
      Consumer<Delivery> out) {
    if (!users.isEmpty()) {
      @Nullable Id<Kind.Organization> organization = item.organization();
      @Nullable Id<Kind.User> owner = organization == null ? item.owner() : null;
      out.accept(
          new Delivery(
              new Notification.OfCipher(type, id, owner, organization, null, date),
              new Audience.Users(users)));
    }
  }

  // ---- folders and Sends ----

  void folder(VaultChange.FolderChanged change, Consumer<Delivery> out) {
    @Nullable Folder before = change.before();
    @Nullable Folder after = change.after();
    if (before != null && (after == null || !after.owner().equals(before.owner()))) {
      folder(UpdateType.SYNC_FOLDER_DELETE, change.id(), before, before.updatedAt(), out);
    }
    if (after != null) {
      boolean fresh = before == null || !after.owner().equals(before.owner());
      folder(
          fresh ? UpdateType.SYNC_FOLDER_CREATE : UpdateType.SYNC_FOLDER_UPDATE,
          change.id(),
          after,
          dates.of(after.updatedAt(), before == null ? null : before.updatedAt()),
          out);
    }
  }

  private static void folder(
      UpdateType type, Id<Kind.Folder> id, Folder folder, Instant date, Consumer<Delivery> out) {
    out.accept(
        new Delivery(
            new Notification.OfFolder(type, id, folder.owner(), date),
            Audience.Users.of(folder.owner())));
  }

  void send(VaultChange.SendChanged change, Consumer<Delivery> out) {
    @Nullable Send before = change.before();
    @Nullable Send after = change.after();
    if (after == null) {
      if (before != null) {
        send(UpdateType.SYNC_SEND_DELETE, change.id(), before, before.revisionDate(), out);
      }
    } else {
      send(
          before == null ? UpdateType.SYNC_SEND_CREATE : UpdateType.SYNC_SEND_UPDATE,
          change.id(),
          after,
          dates.of(after.revisionDate(), before == null ? null : before.revisionDate()),
          out);
    }
  }

  /// Something about a Send changed that does not move its date, or was held back.
  void touch(Id<Kind.Send> id, Send send, Consumer<Delivery> out) {
    send(UpdateType.SYNC_SEND_UPDATE, id, send, dates.stepped(send.revisionDate()), out);
  }

  private static void send(
      UpdateType type, Id<Kind.Send> id, Send send, Instant date, Consumer<Delivery> out) {
    @Nullable Id<Kind.User> owner = send.owner();
    if (owner != null) {
      out.accept(
          new Delivery(new Notification.OfSend(type, id, owner, date), Audience.Users.of(owner)));
    }
  }

  // ---- login with device ----

  /// @param asOf when the change was committed
  void authRequest(VaultChange.AuthRequestChanged change, Instant asOf, Consumer<Delivery> out) {
    @Nullable AuthRequest before = change.before();
    @Nullable AuthRequest after = change.after();
    if (after == null) {
      return; // Refused, used or expired: the server's own hub says nothing either.
    }
    Duration age = Duration.between(after.createdAt(), asOf);
    if (Boolean.TRUE.equals(after.approved())) {
      boolean news = before == null || !Boolean.TRUE.equals(before.approved());
      if (news && age.compareTo(APPROVAL_LIFE) <= 0) {
        Notification approved =
            new Notification.OfAuthRequest(
                UpdateType.AUTH_REQUEST_RESPONSE,
                change.id(),
                after.user(),
                after.responseDevice());
        out.accept(new Delivery(approved, new Audience.Anonymous(change.id())));
        out.accept(new Delivery(approved, Audience.Users.of(after.user())));
      }
    } else if (before == null && after.approved() == null && age.compareTo(REQUEST_LIFE) <= 0) {
      out.accept(
          new Delivery(
              new Notification.OfAuthRequest(
                  UpdateType.AUTH_REQUEST, change.id(), after.user(), after.requestDevice()),
              Audience.Users.of(after.user())));
    }
  }

  // ---- accounts ----

  /// Logs out the sessions that a change of the stamp, a disabled or a deleted account leaves
  /// behind.
  ///
  /// @return whether it did
  boolean logOut(VaultChange.AccountChanged change, Instant asOf, Consumer<Delivery> out) {
    @Nullable Account before = change.before();
    if (before == null) {
      return false;
    }
    @Nullable Account after = change.after();
    if (after == null) {
      logOut(change.id(), null, asOf, out);
      return true;
    }
    boolean disabled = before.enabled() && !after.enabled();
    if (!disabled && before.stamp().equals(after.stamp())) {
      return false;
    }
    logOut(change.id(), disabled ? null : after.stamp(), after.updatedAt(), out);
    return true;
  }

  private static void logOut(
      Id<Kind.User> user, @Nullable StampHash current, Instant date, Consumer<Delivery> out) {
    out.accept(
        new Delivery(
            new Notification.OfAccount(UpdateType.LOG_OUT, date),
            new Audience.StaleSessions(user, current)));
  }

  /// Makes these users' clients sync.
  void sync(UpdateType type, Instant date, Set<Id<Kind.User>> users, Consumer<Delivery> out) {
    if (!users.isEmpty()) {
      out.accept(new Delivery(new Notification.OfAccount(type, date), new Audience.Users(users)));
    }
  }

  /// Makes those sync again who may just have read what never was meant.
  void syncAgain(Audience audience, Instant date, Consumer<Delivery> out) {
    if (!(audience instanceof Audience.JustSynced(var users, _, _) && users.isEmpty())) {
      Notification sync = new Notification.OfAccount(UpdateType.SYNC_ORGANIZATIONS, date);
      out.accept(new Delivery(sync, audience));
    }
  }

  /// Items that changed their collections; those for whom more changed are not among the users.
  void items(Settlement settlement, Consumer<Delivery> out) {
    for (Settlement.Item moved : settlement.items()) {
      Item item = moved.item();
      create(moved.cipher(), item, moved.gained(), out);
      delete(moved.cipher(), item, moved.lost(), out);
      touch(moved.cipher(), item, moved.kept(), out);
    }
  }
}
