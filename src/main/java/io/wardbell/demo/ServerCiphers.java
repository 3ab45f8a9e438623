package io.wardbell.demo;

import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the server does with items. Each method runs its statements in the server's order.
public final class ServerCiphers {
  private static final int LOGIN = 1;

  private final ServerRows rows;
  private final ServerRevisions bump;

  ServerCiphers(ServerRows rows, ServerRevisions bump) {
    this.rows = rows;
    this.bump = bump;
  }

  /// A personal item; returns its id.
  public String create(String owner) throws SQLException {
    return create(owner, null, false);
  }

  /// A personal item in a folder or not, favorite or not; returns its id.
  public String create(String owner, @Nullable String folder, boolean favorite)
      throws SQLException {
    Row cipher = newCipher(owner);
    store(cipher);
    bump.user(owner);
    if (folder != null) {
      putIntoFolder(cipher.text("uuid"), folder);
    }
    if (favorite) {
      favorite(owner, cipher.text("uuid"), true);
    }
    bump.user(owner);
    return cipher.text("uuid");
  }

  /// An organization's item: a personal one of the creator at first, then its collections, then the
  /// organization's; returns its id.
  public String createInOrganization(String creator, String organization, List<String> collections)
      throws SQLException {
    Row cipher = newCipher(creator).set("data", "").set("name", "");
    store(cipher);
    give(cipher, organization, collections);
    bump.user(creator);
    bump.cipher(cipher);
    return cipher.text("uuid");
  }

  /// A personal item becomes an organization's: collections first, then the item.
  public void share(String actor, String cipher, String organization, List<String> collections)
      throws SQLException {
    Row row = rows.load("ciphers", "uuid", cipher);
    give(row, organization, collections);
    bump.user(actor);
    bump.cipher(row);
  }

  /// Edited by the given user.
  public void update(String actor, String cipher) throws SQLException {
    Row row = encrypt(rows.load("ciphers", "uuid", cipher));
    store(row);
    bump.user(actor);
    bump.cipher(row);
  }

  /// Into the trash.
  public void softDelete(String cipher) throws SQLException {
    Row row = rows.load("ciphers", "uuid", cipher).set("deleted_at", rows.now());
    store(row);
    bump.cipher(row);
  }

  /// Out of the trash.
  public void restore(String cipher) throws SQLException {
    Row row = rows.load("ciphers", "uuid", cipher).set("deleted_at", null);
    store(row);
    bump.cipher(row);
  }

  /// For good; then those are told who can still be found, without the collections.
  public void hardDelete(String cipher) throws SQLException {
    Row row = rows.load("ciphers", "uuid", cipher);
    delete(row);
    bump.cipher(row);
  }

  /// As the trash purge does, or the deletion of an account: nobody afterwards.
  void delete(Row cipher) throws SQLException {
    String id = cipher.text("uuid");
    bump.cipher(cipher);
    rows.delete("folders_ciphers", Map.of("cipher_uuid", id));
    rows.delete("ciphers_collections", Map.of("cipher_uuid", id));
    for (Row attachment : rows.find("attachments", "cipher_uuid", id)) {
      rows.delete("attachments", Map.of("id", attachment.text("id")));
    }
    rows.delete("favorites", Map.of("cipher_uuid", id));
    rows.delete("ciphers", Map.of("uuid", id));
  }

  /// All personal items and folders of a user, then one bump.
  public void purge(String user) throws SQLException {
    for (Row cipher : rows.find("ciphers", "user_uuid", user)) {
      delete(cipher);
    }
    for (Row folder : rows.find("folders", "user_uuid", user)) {
      bump.user(user);
      rows.delete("folders_ciphers", Map.of("folder_uuid", folder.text("uuid")));
      rows.delete("folders", Map.of("uuid", folder.text("uuid")));
    }
    bump.user(user);
  }

  /// The item is in exactly these collections afterwards; its own row is not written.
  public void setCollections(String cipher, List<String> collections) throws SQLException {
    changeCollections(cipher, collections);
    bump.cipher(rows.load("ciphers", "uuid", cipher));
  }

  /// As setCollections, from the bulk dialog: nobody is told afterwards.
  public void setCollectionsInBulk(List<String> ciphers, List<String> collections)
      throws SQLException {
    for (String cipher : ciphers) {
      changeCollections(cipher, collections);
    }
  }

  /// Into the user's folder, or out of any with null.
  public void moveToFolder(String user, String cipher, @Nullable String folder)
      throws SQLException {
    bump.user(user);
    for (Row mine : rows.find("folders", "user_uuid", user)) {
      String id = mine.text("uuid");
      if (!id.equals(folder)) {
        rows.delete("folders_ciphers", Map.of("cipher_uuid", cipher, "folder_uuid", id));
      }
    }
    if (folder != null) {
      putIntoFolder(cipher, folder);
    }
  }

  /// Marks the item for one user; call it only for a change.
  public void favorite(String user, String cipher, boolean favorite) throws SQLException {
    bump.user(user);
    if (favorite) {
      rows.insert(rows.blank("favorites").set("user_uuid", user).set("cipher_uuid", cipher));
    } else {
      rows.delete("favorites", Map.of("user_uuid", user, "cipher_uuid", cipher));
    }
  }

  /// Archives the item for one user, or takes it out; since 1.36.0.
  public void archive(String user, String cipher, boolean archived) throws SQLException {
    Row row =
        rows.blank("archives")
            .set("user_uuid", user)
            .set("cipher_uuid", cipher)
            .set("archived_at", rows.now());
    bump.user(user);
    if (archived) {
      rows.save(row);
    } else {
      rows.delete("archives", Map.of("user_uuid", user, "cipher_uuid", cipher));
    }
    bump.cipher(rows.load("ciphers", "uuid", cipher));
  }

  /// Attaches a file; returns the attachment's id.
  public String attach(String cipher) throws SQLException {
    String id = rows.newId();
    rows.save(
        rows.blank("attachments")
            .set("id", id)
            .set("cipher_uuid", cipher)
            .set("file_name", rows.ciphertext(20))
            .set("file_size", 1_000)
            .set("akey", rows.ciphertext(64)));
    bump.cipher(rows.load("ciphers", "uuid", cipher));
    return id;
  }

  /// Removes a file.
  public void detach(String cipher, String attachment) throws SQLException {
    rows.delete("attachments", Map.of("id", attachment));
    bump.cipher(rows.load("ciphers", "uuid", cipher));
  }

  private Row newCipher(String owner) throws SQLException {
    return encrypt(
        rows.blank("ciphers")
            .set("uuid", rows.newId())
            .set("created_at", rows.now())
            .set("user_uuid", owner)
            .set("atype", LOGIN));
  }

  private Row encrypt(Row cipher) {
    return cipher
        .set("name", rows.ciphertext(32))
        .set("notes", rows.ciphertext(64))
        .set("data", "{\"Username\":\"" + rows.ciphertext(48) + "\"}")
        .set("key", rows.ciphertext(64));
  }

  private void store(Row cipher) throws SQLException {
    bump.cipher(cipher);
    rows.save(cipher.set("updated_at", rows.now()));
  }

  private void give(Row cipher, String organization, List<String> collections) throws SQLException {
    for (String collection : collections) {
      addToCollection(cipher.text("uuid"), collection);
    }
    store(encrypt(cipher.set("user_uuid", null).set("organization_uuid", organization)));
  }

  private void changeCollections(String cipher, List<String> collections) throws SQLException {
    Set<String> now =
        new HashSet<>(
            rows.texts(
                "SELECT collection_uuid FROM ciphers_collections WHERE cipher_uuid = ?", cipher));
    for (String collection : collections) {
      if (!now.remove(collection)) {
        addToCollection(cipher, collection);
      }
    }
    for (String collection : now) {
      bump.collection(collection);
      rows.delete(
          "ciphers_collections", Map.of("cipher_uuid", cipher, "collection_uuid", collection));
    }
  }

  private void addToCollection(String cipher, String collection) throws SQLException {
    bump.collection(collection);
    rows.relate(
        rows.blank("ciphers_collections")
            .set("cipher_uuid", cipher)
            .set("collection_uuid", collection));
  }

  private void putIntoFolder(String cipher, String folder) throws SQLException {
    rows.relate(
        rows.blank("folders_ciphers").set("cipher_uuid", cipher).set("folder_uuid", folder));
  }
}
