package io.wardbell.demo;

import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the server does when somebody logs in with another device; since 1.29.2.
public final class ServerLogins {
  private final ServerRows rows;

  ServerLogins(ServerRows rows) {
    this.rows = rows;
  }

  /// A device asks to be let in; returns the request's id.
  public String request(String user, String device) throws SQLException {
    Row request =
        rows.blank("auth_requests")
            .set("uuid", rows.newId())
            .set("user_uuid", user)
            .set("request_device_identifier", device)
            .set("device_type", ServerAccounts.WEB_VAULT)
            .set("request_ip", "192.0.2.1")
            .set("access_code", rows.ciphertext(16))
            .set("public_key", rows.ciphertext(270))
            .set("enc_key", required())
            .set("master_password_hash", required())
            .set("creation_date", rows.now());
    rows.save(request);
    return request.text("uuid");
  }

  /// Another device says yes.
  public void approve(String request, String device) throws SQLException {
    rows.save(
        rows.load("auth_requests", "uuid", request)
            .set("approved", true)
            .set("enc_key", rows.ciphertext(256))
            .set("response_device_id", device)
            .set("response_date", rows.now()));
  }

  /// Another device says no; or the job that removes old requests.
  public void deny(String request) throws SQLException {
    rows.delete("auth_requests", Map.of("uuid", request));
  }

  /// Both columns could not be null before 1.30.0; the release is told by a column of that time.
  private @Nullable String required() throws SQLException {
    return rows.blank("ciphers").columns().contains("key") ? null : "";
  }
}
