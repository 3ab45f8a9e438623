package io.wardbell.notification;

/// Bitwarden's update types, by the numbers that clients know (`NotificationType` in
/// bitwarden/clients). Only the types that Wardbell sends are listed.
public enum UpdateType {
  SYNC_CIPHER_UPDATE(0),
  SYNC_CIPHER_CREATE(1),
  /// An item is gone for this user. The official server sends 2 and never 9.
  SYNC_LOGIN_DELETE(2),
  SYNC_FOLDER_DELETE(3),
  /// The client syncs if the account's revision date moved.
  SYNC_CIPHERS(4),
  /// The client syncs if the account's revision date moved.
  SYNC_VAULT(5),
  SYNC_FOLDER_CREATE(7),
  SYNC_FOLDER_UPDATE(8),
  /// The client syncs if the account's revision date moved.
  SYNC_SETTINGS(10),
  LOG_OUT(11),
  SYNC_SEND_CREATE(12),
  SYNC_SEND_UPDATE(13),
  SYNC_SEND_DELETE(14),
  AUTH_REQUEST(15),
  AUTH_REQUEST_RESPONSE(16),
  /// The client syncs, whatever the account's revision date says. Clients before 2024 ignore it.
  SYNC_ORGANIZATIONS(17);

  private final int number;

  UpdateType(int number) {
    this.number = number;
  }

  /// The number on the wire.
  public int number() {
    return number;
  }
}
