package io.wardbell.vault;

import io.wardbell.change.Row;
import io.wardbell.change.UnreadableRowException;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.id.StampHash;
import io.wardbell.vault.VaultChange.Account;
import io.wardbell.vault.VaultChange.AccountChanged;
import io.wardbell.vault.VaultChange.AttachmentChanged;
import io.wardbell.vault.VaultChange.AuthRequest;
import io.wardbell.vault.VaultChange.AuthRequestChanged;
import io.wardbell.vault.VaultChange.EmergencyAccessChanged;
import io.wardbell.vault.VaultChange.Folder;
import io.wardbell.vault.VaultChange.FolderChanged;
import io.wardbell.vault.VaultChange.ItemStateChanged;
import io.wardbell.vault.VaultChange.Send;
import io.wardbell.vault.VaultChange.SendChanged;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// What belongs to one user, or to one item, whatever the organizations say: accounts, folders,
/// Sends, login requests, emergency contacts, a user's own marks on items, attachments, policies.
final class Belongings {
  /// A mark of one user on one item.
  record UserItem(Id<Kind.User> user, Id<Kind.Cipher> cipher) {}

  /// An item in a folder.
  private record FolderItem(Id<Kind.Folder> folder, Id<Kind.Cipher> cipher) {}

  /// The two sides of an emergency contact.
  private record Contact(
      @Nullable Id<Kind.User> grantor, @Nullable Id<Kind.User> grantee, long status) {
    Set<Id<Kind.User>> users() {
      Set<Id<Kind.User>> users = new HashSet<>(2);
      if (grantor != null) {
        users.add(grantor);
      }
      if (grantee != null) {
        users.add(grantee);
      }
      return users;
    }
  }

  private final Shelf<Kind.User, Account> accounts = new Shelf<>();
  private final Shelf<Kind.Folder, Folder> folders = new Shelf<>();
  private final Shelf<Kind.Send, Send> sends = new Shelf<>();
  private final Shelf<Kind.AuthRequest, AuthRequest> authRequests = new Shelf<>();
  private final Shelf<Kind.EmergencyAccess, Contact> contacts = new Shelf<>();
  private final Shelf<Kind.Attachment, Id<Kind.Cipher>> attachments = new Shelf<>();
  private final Shelf<Kind.Policy, Id<Kind.Organization>> policies = new Shelf<>();
  private final Marks<UserItem> favorites = new Marks<>();
  private final Archives archives = new Archives();
  private final Marks<FolderItem> folderLinks = new Marks<>();

  // ---- accounts ----

  AccountChanged putAccount(Row row, int generation) {
    Id<Kind.User> id = Fields.id(row, "uuid");
    @Nullable String stamp = Fields.text(row, "security_stamp");
    if (stamp == null) {
      throw new UnreadableRowException("column security_stamp is empty or missing");
    }
    Account after =
        new Account(
            Fields.date(row, "updated_at"),
            StampHash.of(stamp),
            row.flag("enabled", true),
            settings(row, accounts.get(id)));
    return new AccountChanged(id, accounts.put(id, after, generation), after);
  }

  /// A text that is missing was left as it was: PostgreSQL does not log long ones then.
  private static long settings(Row row, @Nullable Account known) {
    long before = known == null ? 0 : known.settings();
    @Nullable String equivalent = row.text("equivalent_domains");
    @Nullable String excluded = row.text("excluded_globals");
    int high = equivalent == null ? (int) (before >> 32) : equivalent.hashCode();
    int low = excluded == null ? (int) before : excluded.hashCode();
    return ((long) high << 32) | (low & 0xffff_ffffL);
  }

  void removeAccount(Row key, List<VaultChange> meaning) {
    Id<Kind.User> id = Fields.id(key, "uuid");
    @Nullable Account before = accounts.remove(id);
    if (before != null) {
      meaning.add(new AccountChanged(id, before, null));
    }
  }

  @Nullable Account account(Id<Kind.User> id) {
    return accounts.get(id);
  }

  @Nullable Folder folder(Id<Kind.Folder> id) {
    return folders.get(id);
  }

  @Nullable Send send(Id<Kind.Send> id) {
    return sends.get(id);
  }

  void accounts(BiConsumer<Id<Kind.User>, Account> each) {
    accounts.forEach(each);
  }

  // ---- folders, Sends, login requests ----

  FolderChanged putFolder(Row row, int generation) {
    Id<Kind.Folder> id = Fields.id(row, "uuid");
    Folder after = new Folder(Fields.id(row, "user_uuid"), Fields.date(row, "updated_at"));
    return new FolderChanged(id, folders.put(id, after, generation), after);
  }

  void removeFolder(Row key, List<VaultChange> meaning) {
    Id<Kind.Folder> id = Fields.id(key, "uuid");
    @Nullable Folder before = folders.remove(id);
    if (before != null) {
      meaning.add(new FolderChanged(id, before, null));
    }
  }

  SendChanged putSend(Row row, int generation) {
    Id<Kind.Send> id = Fields.id(row, "uuid");
    Send after =
        new Send(
            Fields.optionalId(row, "user_uuid"),
            Fields.date(row, "revision_date"),
            row.number("access_count", 0));
    return new SendChanged(id, sends.put(id, after, generation), after);
  }

  void removeSend(Row key, List<VaultChange> meaning) {
    Id<Kind.Send> id = Fields.id(key, "uuid");
    @Nullable Send before = sends.remove(id);
    if (before != null) {
      meaning.add(new SendChanged(id, before, null));
    }
  }

  AuthRequestChanged putAuthRequest(Row row, int generation) {
    Id<Kind.AuthRequest> id = Fields.id(row, "uuid");
    boolean answered = row.text("approved") != null;
    AuthRequest after =
        new AuthRequest(
            Fields.id(row, "user_uuid"),
            Fields.text(row, "request_device_identifier"),
            Fields.text(row, "response_device_id"),
            answered ? (Boolean) row.flag("approved", false) : null,
            Fields.date(row, "creation_date"));
    return new AuthRequestChanged(id, authRequests.put(id, after, generation), after);
  }

  void removeAuthRequest(Row key, List<VaultChange> meaning) {
    Id<Kind.AuthRequest> id = Fields.id(key, "uuid");
    @Nullable AuthRequest before = authRequests.remove(id);
    if (before != null) {
      meaning.add(new AuthRequestChanged(id, before, null));
    }
  }

  // ---- emergency contacts, attachments, policies ----

  void putEmergencyAccess(Row row, int generation, boolean snapshot, List<VaultChange> meaning) {
    Contact after =
        new Contact(
            Fields.optionalId(row, "grantor_uuid"),
            Fields.optionalId(row, "grantee_uuid"),
            row.number("status", 0));
    @Nullable Contact before = contacts.put(Fields.id(row, "uuid"), after, generation);
    if (!snapshot || !after.equals(before)) {
      contact(before, after, meaning);
    }
  }

  void removeEmergencyAccess(Row key, List<VaultChange> meaning) {
    contact(contacts.remove(Fields.id(key, "uuid")), null, meaning);
  }

  private static void contact(
      @Nullable Contact before, @Nullable Contact after, List<VaultChange> meaning) {
    Set<Id<Kind.User>> users = new HashSet<>();
    if (before != null) {
      users.addAll(before.users());
    }
    if (after != null) {
      users.addAll(after.users());
    }
    if (!users.isEmpty()) {
      meaning.add(new EmergencyAccessChanged(Set.copyOf(users)));
    }
  }

  /// A write that changes nothing that is read here is news too, unless a snapshot shows it: the
  /// size of a file that is uploaded later, its key.
  void putAttachment(Row row, int generation, boolean snapshot, List<VaultChange> meaning) {
    Id<Kind.Cipher> cipher = Fields.id(row, "cipher_uuid");
    @Nullable Id<Kind.Cipher> before = attachments.put(Fields.id(row, "id"), cipher, generation);
    if (!snapshot || !cipher.equals(before)) {
      meaning.add(new AttachmentChanged(cipher));
    }
  }

  void removeAttachment(Row key, List<VaultChange> meaning) {
    @Nullable Id<Kind.Cipher> cipher = attachments.remove(Fields.id(key, "id"));
    if (cipher != null) {
      meaning.add(new AttachmentChanged(cipher));
    }
  }

  /// @return the organization whose policies changed; null if the row says nothing new
  @Nullable Id<Kind.Organization> putPolicy(Row row, int generation, boolean snapshot) {
    Id<Kind.Organization> organization = Fields.id(row, "org_uuid");
    @Nullable Id<Kind.Organization> before =
        policies.put(Fields.id(row, "uuid"), organization, generation);
    return snapshot && organization.equals(before) ? null : organization;
  }

  @Nullable Id<Kind.Organization> removePolicy(Row key) {
    return policies.remove(Fields.id(key, "uuid"));
  }

  // ---- a user's own marks on items ----

  void putFavorite(Row row, int generation, List<VaultChange> meaning) {
    UserItem mark = userItem(row);
    if (favorites.put(mark, generation)) {
      meaning.add(new ItemStateChanged(mark.user(), mark.cipher(), null));
    }
  }

  void removeFavorite(Row key, List<VaultChange> meaning) {
    UserItem mark = userItem(key);
    if (favorites.remove(mark)) {
      meaning.add(new ItemStateChanged(mark.user(), mark.cipher(), null));
    }
  }

  void putArchive(Row row, int generation, boolean snapshot, List<VaultChange> meaning) {
    UserItem mark = userItem(row);
    if (archives.put(mark, generation) || !snapshot) {
      meaning.add(new ItemStateChanged(mark.user(), mark.cipher(), null));
    }
  }

  void removeArchive(Row key, List<VaultChange> meaning) {
    UserItem mark = userItem(key);
    if (archives.remove(mark)) {
      meaning.add(new ItemStateChanged(mark.user(), mark.cipher(), null));
    }
  }

  /// The item's row was deleted: archives go with it.
  void forgetArchivesOf(Id<Kind.Cipher> cipher) {
    archives.forget(cipher);
  }

  /// The user's row was deleted: archives go with it.
  void forgetArchivesBy(Id<Kind.User> user) {
    archives.forgetUser(user);
  }

  void putFolderLink(Row row, int generation, List<VaultChange> meaning) {
    FolderItem link = folderItem(row);
    if (folderLinks.put(link, generation)) {
      folderLinkChanged(link, null, meaning);
    }
  }

  void removeFolderLink(Row key, List<VaultChange> meaning) {
    FolderItem link = folderItem(key);
    if (folderLinks.remove(link)) {
      folderLinkChanged(link, link.folder(), meaning);
    }
  }

  /// Without its folder nobody can be told: then the folder itself is going, and clients take items
  /// out of a folder that is deleted by themselves.
  private void folderLinkChanged(
      FolderItem link, @Nullable Id<Kind.Folder> left, List<VaultChange> meaning) {
    @Nullable Folder folder = folders.get(link.folder());
    if (folder != null) {
      meaning.add(new ItemStateChanged(folder.owner(), link.cipher(), left));
    }
  }

  private static UserItem userItem(Row row) {
    return new UserItem(Fields.id(row, "user_uuid"), Fields.id(row, "cipher_uuid"));
  }

  private static FolderItem folderItem(Row row) {
    return new FolderItem(Fields.id(row, "folder_uuid"), Fields.id(row, "cipher_uuid"));
  }

  // ---- after a snapshot ----

  /// Takes out what the snapshot did not show, of the tables that it covered.
  void sweep(int generation, Set<String> tables, List<VaultChange> gone) {
    if (tables.contains(VaultTables.FOLDERS_CIPHERS)) {
      folderLinks.sweep(generation, link -> folderLinkChanged(link, link.folder(), gone));
    }
    if (tables.contains(VaultTables.FAVORITES)) {
      favorites.sweep(generation, m -> gone.add(new ItemStateChanged(m.user(), m.cipher(), null)));
    }
    if (tables.contains(VaultTables.ARCHIVES)) {
      archives.sweep(generation, m -> gone.add(new ItemStateChanged(m.user(), m.cipher(), null)));
    }
    if (tables.contains(VaultTables.ATTACHMENTS)) {
      attachments.sweep(generation, (_, cipher) -> gone.add(new AttachmentChanged(cipher)));
    }
    if (tables.contains(VaultTables.FOLDERS)) {
      folders.sweep(generation, (id, was) -> gone.add(new FolderChanged(id, was, null)));
    }
    if (tables.contains(VaultTables.SENDS)) {
      sends.sweep(generation, (id, was) -> gone.add(new SendChanged(id, was, null)));
    }
    if (tables.contains(VaultTables.AUTH_REQUESTS)) {
      authRequests.sweep(generation, (id, was) -> gone.add(new AuthRequestChanged(id, was, null)));
    }
    if (tables.contains(VaultTables.EMERGENCY_ACCESS)) {
      contacts.sweep(generation, (_, was) -> contact(was, null, gone));
    }
    if (tables.contains(VaultTables.USERS)) {
      accounts.sweep(generation, (id, was) -> gone.add(new AccountChanged(id, was, null)));
    }
  }

  /// Takes out policies that the snapshot did not show.
  ///
  /// @return their organizations
  Set<Id<Kind.Organization>> sweepPolicies(int generation, Set<String> tables) {
    Set<Id<Kind.Organization>> organizations = new HashSet<>();
    if (tables.contains(VaultTables.POLICIES)) {
      policies.sweep(generation, (_, organization) -> organizations.add(organization));
    }
    return organizations;
  }
}
