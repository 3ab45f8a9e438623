package io.wardbell.demo;

import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/// What the server does with Sends; since 1.20.0.
public final class ServerSends {
  private static final int DAYS_KEPT = 7;

  private final ServerRows rows;
  private final ServerRevisions bump;

  ServerSends(ServerRows rows, ServerRevisions bump) {
    this.rows = rows;
    this.bump = bump;
  }

  /// A text Send; returns its id.
  public String create(String owner) throws SQLException {
    Row send =
        rows.blank("sends")
            .set("uuid", rows.newId())
            .set("user_uuid", owner)
            .set("atype", 0)
            .set("akey", rows.ciphertext(64))
            .set("access_count", 0)
            .set("creation_date", rows.now())
            .set("deletion_date", rows.now().plusDays(DAYS_KEPT))
            .set("disabled", false)
            .set("hide_email", false);
    store(send);
    bump.user(owner);
    return send.text("uuid");
  }

  /// Edited.
  public void update(String send) throws SQLException {
    Row row = rows.load("sends", "uuid", send);
    store(row);
    bump.user(row.text("user_uuid"));
  }

  /// Read by somebody who has the link.
  public void access(String send) throws SQLException {
    String owner = rows.load("sends", "uuid", send).text("user_uuid").strip();
    bump.user(owner);
    rows.execute(
        """
        UPDATE sends SET access_count = access_count + 1, revision_date = ?
        WHERE uuid = ? AND (max_access_count IS NULL OR access_count < max_access_count)
        """,
        List.of(rows.now(), send));
    bump.user(owner);
  }

  /// Deleted by its owner.
  public void delete(String send) throws SQLException {
    String owner = rows.load("sends", "uuid", send).text("user_uuid").strip();
    purge(send);
    bump.user(owner);
  }

  /// Deleted by the hourly job.
  public void purge(String send) throws SQLException {
    bump.user(rows.load("sends", "uuid", send).text("user_uuid").strip());
    rows.delete("sends", Map.of("uuid", send));
  }

  private void store(Row send) throws SQLException {
    bump.user(send.text("user_uuid").strip());
    rows.save(
        send.set("name", rows.ciphertext(16))
            .set("data", "{\"text\":\"" + rows.ciphertext(32) + "\"}")
            .set("revision_date", rows.now()));
  }
}
