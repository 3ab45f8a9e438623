package io.wardbell.routing;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import io.wardbell.vault.Reconciliation;
import io.wardbell.vault.Settlement;
import io.wardbell.vault.VaultChange;
import io.wardbell.vault.VaultModel;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// From what changed to who is told what, in order. Holds back what the server is known to write in
/// several commits, each for a bounded time. Belongs to the pipeline's thread; never waits and
/// never asks a clock: the caller says what time it is, in nanoseconds of a monotonic clock.
public final class Router {
  /// A personal item that nobody has been told of, because it may be the beginning of an
  /// organization's.
  private record NewItem(long since, long due) {}

  /// An organization whose relations are being rewritten.
  private record Unsettled(long since, long due) {}

  /// Users for whom something about an item changed that its own row does not show.
  private record Touched(Set<Id<Kind.User>> users, long due) {}

  private final VaultModel model;
  private final RoutingConfig config;
  private final Messages messages;
  private final Map<Id<Kind.Cipher>, NewItem> newItems = new LinkedHashMap<>();
  private final Map<Id<Kind.Organization>, Unsettled> unsettled = new LinkedHashMap<>();
  private final Map<Id<Kind.Cipher>, Touched> touched = new LinkedHashMap<>();

  /// Not later than anything that waits; looked for anew only when it is reached.
  private long due = Long.MAX_VALUE;

  public Router(VaultModel model, RoutingConfig config) {
    this.model = model;
    this.config = config;
    messages = new Messages(new RevisionDates(config.dateStep()));
  }

  /// @param asOf when the change was committed
  /// @param now monotonic
  public void route(VaultChange change, Instant asOf, long now, Consumer<Delivery> out) {
    switch (change) {
      case VaultChange.CipherChanged cipher -> route(cipher, now, out);
      case VaultChange.FolderChanged folder -> messages.folder(folder, out);
      case VaultChange.SendChanged send -> messages.send(send, out);
      case VaultChange.AuthRequestChanged request -> messages.authRequest(request, asOf, out);
      case VaultChange.AccountChanged account -> messages.logOut(account, asOf, out);
      case VaultChange.ItemStateChanged(var user, var cipher) -> touch(cipher, Set.of(user), now);
      case VaultChange.AttachmentChanged(var cipher) -> touch(cipher, model.audience(cipher), now);
      case VaultChange.ItemMoved(var cipher) -> extend(cipher);
      case VaultChange.OrganizationUnsettled(var organization) -> unsettle(organization, now);
      case VaultChange.EmergencyAccessChanged _ -> {
        // Clients fetch emergency contacts when their page is opened: there is no copy to mend.
      }
      case VaultChange.Unreadable(_, var owner, _) -> {
        if (owner != null) {
          messages.sync(UpdateType.SYNC_VAULT, asOf, Set.of(owner), out);
        }
      }
    }
  }

  private void route(VaultChange.CipherChanged change, long now, Consumer<Delivery> out) {
    VaultChange.@Nullable Item after = change.after();
    @Nullable NewItem fresh = newItems.get(change.id());
    boolean personal = after != null && after.organization() == null;
    if (change.before() == null && personal) {
      NewItem item = new NewItem(now, now + config.newItemWait().toNanos());
      newItems.put(change.id(), item);
      due = Math.min(due, item.due());
    } else if (fresh == null) {
      messages.cipher(change, out);
    } else if (!personal) {
      newItems.remove(change.id());
      touched.remove(change.id());
      if (after != null) {
        messages.create(change.id(), after, change.sees(), out);
      }
    } // Else it was saved once more while it waits, and will be told as it is then.
  }

  /// A new personal item that is in a collection is going to be an organization's.
  private void extend(Id<Kind.Cipher> cipher) {
    newItems.computeIfPresent(
        cipher,
        (_, fresh) ->
            new NewItem(fresh.since(), fresh.since() + config.newItemWaitMax().toNanos()));
  }

  private void unsettle(Id<Kind.Organization> organization, long now) {
    unsettled.compute(
        organization,
        (_, known) -> {
          long since = known == null ? now : known.since();
          long quiet = now + config.quiet().toNanos();
          long most = since + config.quietMax().toNanos();
          return new Unsettled(since, Math.min(quiet, most));
        });
    due = Math.min(due, now + config.quiet().toNanos());
  }

  private void touch(Id<Kind.Cipher> cipher, Set<Id<Kind.User>> users, long now) {
    touched.compute(
        cipher,
        (_, known) -> {
          if (known == null) {
            return new Touched(new HashSet<>(users), now + config.itemStateQuiet().toNanos());
          }
          known.users().addAll(users);
          return known;
        });
    due = Math.min(due, now + config.itemStateQuiet().toNanos());
  }

  /// What has waited long enough.
  ///
  /// @param asOf wall-clock time, for messages that have no date of their own
  public void tick(Instant asOf, long now, Consumer<Delivery> out) {
    for (Iterator<Map.Entry<Id<Kind.Cipher>, NewItem>> all = newItems.entrySet().iterator();
        all.hasNext(); ) {
      Map.Entry<Id<Kind.Cipher>, NewItem> entry = all.next();
      if (entry.getValue().due() - now <= 0) {
        all.remove();
        touched.remove(entry.getKey());
        VaultChange.@Nullable Item item = model.item(entry.getKey());
        if (item != null) {
          messages.create(entry.getKey(), item, model.audience(entry.getKey()), out);
        }
      }
    }
    for (Iterator<Map.Entry<Id<Kind.Organization>, Unsettled>> all =
            unsettled.entrySet().iterator();
        all.hasNext(); ) {
      Map.Entry<Id<Kind.Organization>, Unsettled> entry = all.next();
      if (entry.getValue().due() - now <= 0) {
        all.remove();
        messages.settlement(model.settle(entry.getKey()), asOf, out);
      }
    }
    for (Iterator<Map.Entry<Id<Kind.Cipher>, Touched>> all = touched.entrySet().iterator();
        all.hasNext(); ) {
      Map.Entry<Id<Kind.Cipher>, Touched> entry = all.next();
      if (entry.getValue().due() - now <= 0 && !newItems.containsKey(entry.getKey())) {
        all.remove();
        touched(entry.getKey(), entry.getValue().users(), out);
      }
    }
    due = earliest();
  }

  private void touched(Id<Kind.Cipher> cipher, Set<Id<Kind.User>> users, Consumer<Delivery> out) {
    VaultChange.@Nullable Item item = model.item(cipher);
    if (item != null) {
      Set<Id<Kind.User>> seeing = new HashSet<>(users);
      seeing.retainAll(model.audience(cipher));
      messages.touch(cipher, item, seeing, out);
    }
  }

  /// When [#tick] is next due; `Long.MAX_VALUE` if nothing waits.
  public long due() {
    return due;
  }

  private long earliest() {
    long earliest = Long.MAX_VALUE;
    for (NewItem item : newItems.values()) {
      earliest = Math.min(earliest, item.due());
    }
    for (Unsettled organization : unsettled.values()) {
      earliest = Math.min(earliest, organization.due());
    }
    for (Map.Entry<Id<Kind.Cipher>, Touched> entry : touched.entrySet()) {
      if (!newItems.containsKey(entry.getKey())) {
        earliest = Math.min(earliest, entry.getValue().due());
      }
    }
    return earliest;
  }

  /// The log was lost: what waits will be seen again as a difference, or never happened.
  public void lost() {
    // Items that wait have been told to nobody, yet the model has them: they stay and are told at
    // their time. Organizations stay unsettled in the model, and the snapshot settles them all.
    unsettled.clear();
  }

  /// After a gap: tells the differences as if they had been streamed.
  public void reconciled(
      Reconciliation reconciliation, Instant asOf, long now, Consumer<Delivery> out) {
    if (reconciliation.first()) {
      return;
    }
    if (reconciliation.overwhelmed()) {
      out.accept(
          new Delivery(
              new Notification.OfAccount(UpdateType.SYNC_ORGANIZATIONS, asOf),
              new Audience.Everyone()));
      return;
    }
    Set<Id<Kind.User>> told = new HashSet<>();
    Set<Id<Kind.User>> moved = new HashSet<>();
    Consumer<Delivery> noting =
        delivery -> {
          if (delivery.audience() instanceof Audience.Users(var users)) {
            told.addAll(users);
          }
          out.accept(delivery);
        };
    for (Settlement settlement : reconciliation.settlements()) {
      messages.settlement(settlement, asOf, noting);
    }
    for (VaultChange change : reconciliation.changes()) {
      switch (change) {
        case VaultChange.CipherChanged cipher -> {
          if (newItems.remove(cipher.id()) != null && cipher.after() != null) {
            messages.create(cipher.id(), cipher.after(), cipher.sees(), noting);
          } else {
            messages.cipher(cipher, noting);
          }
        }
        case VaultChange.AccountChanged account -> {
          if (!messages.logOut(account, asOf, noting) && account.after() != null) {
            moved.add(account.id());
          }
        }
        default -> route(change, asOf, now, noting);
      }
    }
    moved.removeAll(told);
    messages.sync(UpdateType.SYNC_VAULT, asOf, moved, out);
  }
}
