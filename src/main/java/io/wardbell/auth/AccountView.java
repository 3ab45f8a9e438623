package io.wardbell.auth;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.id.StampHash;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The state of accounts as the vault model last knew it. Read by any thread, never blocks.
public interface AccountView {
  /// What is known of one user; null if the model does not know this user, or if there is none yet.
  @Nullable Account account(Id<Kind.User> user);

  /// The instant up to which the model is known to be complete, by the database's commit times or
  /// our clock, whichever is earlier; null while there is no model. A token issued later than this
  /// may belong to an account or a stamp that the model has yet to hear of.
  @Nullable Instant asOf();

  /// @param enabled false once an administrator disabled the account
  /// @param revisionDate `users.updated_at`: when the server last noted a change for this account
  record Account(boolean enabled, StampHash stamp, Instant revisionDate) {}
}
