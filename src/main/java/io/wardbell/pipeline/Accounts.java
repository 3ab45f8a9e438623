package io.wardbell.pipeline;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.vault.VaultChange.Account;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The state of every account, as the pipeline last knew it, for other threads to read. Written by
/// the pipeline's thread alone; reading never waits.
public final class Accounts {
  private final Map<Id<Kind.User>, Account> accounts = new ConcurrentHashMap<>();
  private volatile @Nullable Instant asOf;

  /// One account; null if it is not known.
  public @Nullable Account account(Id<Kind.User> id) {
    return accounts.get(id);
  }

  /// Up to when the model is known to be complete; null as long as there is none. While the log is
  /// followed, that is the last commit: an empty queue does not say that the log has been read.
  public @Nullable Instant asOf() {
    return asOf;
  }

  /// Never goes back: commit times do, a little.
  void asOf(Instant instant) {
    @Nullable Instant before = asOf;
    if (before == null || instant.isAfter(before)) {
      asOf = instant;
    }
  }

  void put(Id<Kind.User> id, @Nullable Account account) {
    if (account == null) {
      accounts.remove(id);
    } else {
      accounts.put(id, account);
    }
  }

  /// Everything anew, after a snapshot: nobody is missing in between.
  void replace(java.util.function.Consumer<BiConsumer<Id<Kind.User>, Account>> all) {
    java.util.Set<Id<Kind.User>> there = new java.util.HashSet<>();
    all.accept((id, account) -> {
      there.add(id);
      accounts.put(id, account);
    });
    accounts.keySet().retainAll(there);
  }
}
