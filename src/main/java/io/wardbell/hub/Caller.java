package io.wardbell.hub;

import io.wardbell.auth.Principal;
import org.jspecify.annotations.Nullable;

/// Who opens a connection.
public sealed interface Caller {
  /// A client with a login token, on the hub of accounts.
  record Account(Principal principal) implements Caller {}

  /// A login screen that waits for another device's approval, on the anonymous hub.
  ///
  /// @param requestToken the login request's id as the client spelled it; null if it gave none: it
  ///   is let in and hears nothing, as in the vault server
  record Waiting(@Nullable String requestToken) implements Caller {}

  /// The metric's label.
  default String hub() {
    return switch (this) {
      case Account _ -> "accounts";
      case Waiting _ -> "anonymous";
    };
  }
}
