package io.wardbell.notification;

/// Bitwarden's update types, by the numbers that clients know (`NotificationType` in
/// bitwarden/clients). Only the types that Wardbell sends are listed.
public enum UpdateType {
  SYNC_CIPHER_UPDATE(0, "SyncCipherUpdate"),
  SYNC_CIPHER_CREATE(1, "SyncCipherCreate"),
  /// An item is gone for this user. The official server sends 2 and never 9.
  SYNC_LOGIN_DELETE(2, "SyncLoginDelete"),
  SYNC_FOLDER_DELETE(3, "SyncFolderDelete"),
  /// The client syncs if the account's revision date moved.
  SYNC_CIPHERS(4, "SyncCiphers"),
  /// The client syncs if the account's revision date moved.
  SYNC_VAULT(5, "SyncVault"),
  SYNC_FOLDER_CREATE(7, "SyncFolderCreate"),
  SYNC_FOLDER_UPDATE(8, "SyncFolderUpdate"),
  /// The client syncs if the account's revision date moved.
  SYNC_SETTINGS(10, "SyncSettings"),
  LOG_OUT(11, "LogOut"),
  SYNC_SEND_CREATE(12, "SyncSendCreate"),
  SYNC_SEND_UPDATE(13, "SyncSendUpdate"),
  SYNC_SEND_DELETE(14, "SyncSendDelete"),
  AUTH_REQUEST(15, "AuthRequest"),
  AUTH_REQUEST_RESPONSE(16, "AuthRequestResponse"),
  /// The client syncs, whatever the account's revision date says. Clients before 2024 ignore it.
  SYNC_ORGANIZATIONS(17, "SyncOrganizations");

  private final int number;
  private final String bitwardenName;

  UpdateType(int number, String bitwardenName) {
    this.number = number;
    this.bitwardenName = bitwardenName;
  }

  /// The number on the wire.
  public int number() {
    return number;
  }

  /// Bitwarden's own name, as `SyncCipherUpdate`.
  @Override
  public String toString() {
    return bitwardenName;
  }
}
