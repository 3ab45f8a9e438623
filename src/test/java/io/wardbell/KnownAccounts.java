package io.wardbell;

import io.wardbell.auth.AccountView;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.id.StampHash;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The state of accounts, as the test says it.
public final class KnownAccounts implements AccountView {
  private final ConcurrentHashMap<Id<Kind.User>, Account> accounts = new ConcurrentHashMap<>();
  private volatile @Nullable Instant asOf;

  /// The model is complete up to here; null for no model.
  public void asOf(@Nullable Instant instant) {
    asOf = instant;
  }

  /// An enabled account with this stamp.
  public void put(String user, String stamp) {
    put(user, stamp, true, Instant.EPOCH);
  }

  /// An account.
  public void put(String user, String stamp, boolean enabled, Instant revisionDate) {
    accounts.put(Id.of(user), new Account(enabled, StampHash.of(stamp), revisionDate));
  }

  /// The account is gone.
  public void remove(String user) {
    accounts.remove(Id.<Kind.User>of(user));
  }

  @Override
  public @Nullable Account account(Id<Kind.User> user) {
    return accounts.get(user);
  }

  @Override
  public @Nullable Instant asOf() {
    return asOf;
  }
}
