package io.wardbell.demo;

import java.sql.SQLException;
import java.util.Map;

/// What the server does with folders.
public final class ServerFolders {
  private final ServerRows rows;
  private final ServerRevisions bump;

  ServerFolders(ServerRows rows, ServerRevisions bump) {
    this.rows = rows;
    this.bump = bump;
  }

  /// A new folder; returns its id.
  public String create(String owner) throws SQLException {
    Row folder =
        rows.blank("folders")
            .set("uuid", rows.newId())
            .set("created_at", rows.now())
            .set("user_uuid", owner);
    store(folder);
    return folder.text("uuid");
  }

  /// Renamed.
  public void update(String folder) throws SQLException {
    store(rows.load("folders", "uuid", folder));
  }

  /// Deleted; its items stay.
  public void delete(String folder) throws SQLException {
    bump.user(rows.load("folders", "uuid", folder).text("user_uuid"));
    rows.delete("folders_ciphers", Map.of("folder_uuid", folder));
    rows.delete("folders", Map.of("uuid", folder));
  }

  private void store(Row folder) throws SQLException {
    bump.user(folder.text("user_uuid"));
    rows.save(folder.set("name", rows.ciphertext(16)).set("updated_at", rows.now()));
  }
}
