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
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// From what changed to who is told what, in order. Holds back what the server is known to write in
/// several commits, each for a bounded time, and everything that is held has a limit. Belongs to
/// the pipeline's thread; never waits and never asks a clock: the caller says what time it is, in
/// nanoseconds of a monotonic clock.
public final class Router {
  /// New items that wait at a time; beyond, they are told as they come.
  private static final int NEW_ITEMS_MAX = 50_000;

  /// A personal item that nobody has been told of, because it may be the beginning of an
  /// organization's.
  ///
  /// @param again whether it was saved once more: the device that made it has it from the first
  private record NewItem(long since, long due, boolean again) {}

  /// An organization whose relations are being rewritten.
  private record Unsettled(long since, long due) {}

  private final VaultModel model;

  /// How long a new personal item waits for a collection: the server creates an organization's item
  /// as a personal one first.
  private static final long NEW_ITEM_WAIT = Duration.ofMillis(300).toNanos();

  /// How long it waits, once there is one, for the item to become the organization's.
  private static final long NEW_ITEM_WAIT_MAX = Duration.ofSeconds(5).toNanos();

  /// How long a favorite, a folder, an archive or an attachment waits for others.
  private static final long ITEM_STATE_QUIET = Duration.ofMillis(100).toNanos();

  /// The log may have been lost for so long before that is noticed.
  private static final Duration UNNOTICED = Duration.ofSeconds(30);

  private final RoutingConfig config;
  private final Messages messages;
  private final Map<Id<Kind.Cipher>, NewItem> newItems = new LinkedHashMap<>();
  private final Map<Id<Kind.Organization>, Unsettled> unsettled = new LinkedHashMap<>();
  private final TouchedItems touched;
  private final SendUpdates sends = new SendUpdates();
  private final CatchAll catchAll;
  private final Confirmations confirmations;

  /// When the log was lost last.
  private long lostAt;

  /// Not later than any new item or organization that waits; looked for anew only when reached.
  private long due = Long.MAX_VALUE;

  public Router(VaultModel model, RoutingConfig config) {
    this.model = model;
    this.config = config;
    RevisionDates dates = new RevisionDates(model.dateStep());
    messages = new Messages(dates);
    touched = new TouchedItems(ITEM_STATE_QUIET);
    catchAll = new CatchAll(model);
    confirmations = new Confirmations(model, dates);
  }

  /// @param asOf when the change was committed
  /// @param now monotonic
  public void route(VaultChange change, Instant asOf, long now, Consumer<Delivery> out) {
    dispatch(change, asOf, now, noting(now, out));
  }

  private Consumer<Delivery> noting(long now, Consumer<Delivery> out) {
    return delivery -> {
      confirmations.said(delivery, now);
      out.accept(delivery);
    };
  }

  private void dispatch(VaultChange change, Instant asOf, long now, Consumer<Delivery> out) {
    catchAll.explain(change, now);
    switch (change) {
      case VaultChange.CipherChanged cipher -> cipher(cipher, asOf, now, out);
      case VaultChange.FolderChanged folder -> folder(folder, now, out);
      case VaultChange.SendChanged send -> send(send, now, out);
      case VaultChange.AuthRequestChanged request -> messages.authRequest(request, asOf, out);
      case VaultChange.AccountChanged account -> account(account, asOf, now, out);
      case VaultChange.ItemStateChanged(var user, var cipher, var left) -> {
        if (touched.has(cipher)) { // Perhaps what the first gave was taken away.
          again(cipher);
        }
        touched.touch(cipher, user, left, now);
      }
      case VaultChange.AttachmentChanged(var cipher) -> {
        again(cipher);
        touched.touch(cipher, now);
      }
      case VaultChange.ItemMoved(var cipher) -> extend(cipher);
      case VaultChange.OrganizationUnsettled(var organization) -> unsettle(organization, now);
      case VaultChange.MembershipChanged _, VaultChange.EmergencyAccessChanged _ -> {
        // A membership is told when its organization settles. Clients fetch emergency contacts
        // when their page is opened: there is no copy to mend.
      }
      case VaultChange.Unreadable(_, var owner, _) -> {
        if (owner != null) {
          messages.sync(UpdateType.SYNC_VAULT, asOf, Set.of(owner), out);
        }
      }
    }
  }

  private void cipher(
      VaultChange.CipherChanged change, Instant asOf, long now, Consumer<Delivery> out) {
    VaultChange.@Nullable Item after = change.after();
    @Nullable NewItem fresh = newItems.get(change.id());
    boolean personal = after != null && after.organization() == null;
    if (change.before() == null && personal && newItems.size() < NEW_ITEMS_MAX) {
      NewItem item = new NewItem(now, now + NEW_ITEM_WAIT, false);
      newItems.put(change.id(), item);
      due = Math.min(due, item.due());
    } else if (fresh == null) {
      messages.cipher(change, out);
      if (after == null && touched.forget(change.id())) {
        confirmations.doubt(change.id(), now); // The answer to that write may come after this.
      }
    } else if (!personal) {
      newItems.remove(change.id());
      var _ = touched.forget(change.id());
      if (after == null) { // The device that made it has it, and a sync may have shown it.
        messages.cipher(change, out);
        return;
      }
      messages.create(change.id(), after, change.sees(), out);
      messages.withdraw(change, out);
      Duration personalFor = Duration.ofNanos(now - fresh.since());
      messages.syncAgain(new Audience.JustSynced(change.saw(), personalFor, false), asOf, out);
    } else { // It will be told as it is then.
      newItems.put(change.id(), new NewItem(fresh.since(), fresh.due(), true));
    }
  }

  private void folder(VaultChange.FolderChanged change, long now, Consumer<Delivery> out) {
    if (change.before() != null && change.after() == null) {
      touched
          .folderGone(change.before().owner(), change.id())
          .forEach(item -> confirmations.doubt(item, now));
    }
    messages.folder(change, out);
  }

  private void send(VaultChange.SendChanged change, long now, Consumer<Delivery> out) {
    VaultChange.@Nullable Send after = change.after();
    if (after == null) {
      sends.forget(change.id());
      messages.send(change, out);
    } else if (sends.mayTell(change.id(), change.before(), after, now)) {
      messages.send(change, out);
    }
  }

  private void account(
      VaultChange.AccountChanged change, Instant asOf, long now, Consumer<Delivery> out) {
    if (messages.logOut(change, asOf, out) || change.after() == null) {
      catchAll.forget(change.id());
    } else if (change.before() != null && change.after().enabled()) {
      catchAll.bumped(change.id(), now);
      if (change.before().settings() != change.after().settings()) {
        messages.sync(UpdateType.SYNC_ORGANIZATIONS, asOf, Set.of(change.id()), out);
      }
    }
  }

  private void again(Id<Kind.Cipher> cipher) {
    newItems.computeIfPresent(cipher, (_, fresh) -> new NewItem(fresh.since(), fresh.due(), true));
  }

  /// A new personal item that is in a collection is going to be an organization's.
  private void extend(Id<Kind.Cipher> cipher) {
    newItems.computeIfPresent(
        cipher,
        (_, fresh) -> new NewItem(fresh.since(), fresh.since() + NEW_ITEM_WAIT_MAX, fresh.again()));
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

  /// What has waited long enough.
  ///
  /// @param asOf wall-clock time, for messages that have no date of their own
  public void tick(Instant asOf, long now, Consumer<Delivery> out) {
    Consumer<Delivery> noting = noting(now, out);
    if (due - now <= 0) {
      tellNewItems(now, noting);
      settle(asOf, now, noting);
      due = earliest();
    }
    touched.tick(now, newItems::containsKey, (cipher, whose) -> touched(cipher, whose, noting));
    sends.tick(now, id -> touched(id, noting));
    Set<Id<Kind.User>> unexplained = new HashSet<>();
    catchAll.tick(now, bump -> unexplained(bump, now, unexplained, noting));
    messages.sync(UpdateType.SYNC_VAULT, asOf, unexplained, noting);
    confirmations.tick(asOf, now, unsettled::containsKey, out);
  }

  private void tellNewItems(long now, Consumer<Delivery> out) {
    Iterator<Map.Entry<Id<Kind.Cipher>, NewItem>> all = newItems.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Id<Kind.Cipher>, NewItem> entry = all.next();
      if (entry.getValue().due() - now <= 0) {
        all.remove();
        var _ = touched.forget(entry.getKey());
        VaultChange.@Nullable Item item = model.item(entry.getKey());
        if (item != null) {
          messages.create(entry.getKey(), item, model.audience(entry.getKey()), out);
          if (entry.getValue().again()) {
            confirmations.doubt(entry.getKey(), now);
          }
        }
      }
    }
  }

  private void settle(Instant asOf, long now, Consumer<Delivery> out) {
    Iterator<Map.Entry<Id<Kind.Organization>, Unsettled>> all = unsettled.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Id<Kind.Organization>, Unsettled> entry = all.next();
      if (entry.getValue().due() - now <= 0) {
        all.remove();
        Settlement settlement = model.settle(entry.getKey());
        confirmations.settled(settlement, now);
        messages.items(settlement, out);
        messages.sync(UpdateType.SYNC_ORGANIZATIONS, asOf, settlement.resync(), out);
        Duration unsettled = Duration.ofNanos(now - entry.getValue().since());
        Set<Id<Kind.User>> rewritten =
            Messages.without(settlement.rewritten(), settlement.resync());
        messages.syncAgain(new Audience.JustSynced(rewritten, unsettled, false), asOf, out);
        Set<Id<Kind.User>> onlookers =
            Messages.without(settlement.onlookers(), settlement.resync());
        messages.syncAgain(new Audience.JustSynced(onlookers, unsettled, true), asOf, out);
      }
    }
  }

  /// @param whose who is to be told, if he still sees the item; null for all who see it
  private void touched(
      Id<Kind.Cipher> cipher, @Nullable Set<Id<Kind.User>> whose, Consumer<Delivery> out) {
    VaultChange.@Nullable Item item = model.item(cipher);
    if (item != null) {
      Set<Id<Kind.User>> all = model.audience(cipher);
      messages.touch(cipher, item, whose == null ? all : Messages.both(whose, all), out);
    }
  }

  private void touched(Id<Kind.Send> id, Consumer<Delivery> out) {
    VaultChange.@Nullable Send send = model.send(id);
    if (send != null) {
      messages.touch(id, send, out);
    }
  }

  /// An access to a Send may be seen as a bump alone; all else is for a sync to find.
  private void unexplained(
      CatchAll.Unexplained bump, long now, Set<Id<Kind.User>> users, Consumer<Delivery> out) {
    var accessed = sends.accessed(bump.user(), bump.first());
    for (Id<Kind.Send> id : accessed) {
      if (sends.mayTellAgain(id, bump.user(), now)) {
        touched(id, out);
      }
    }
    if (accessed.isEmpty()) {
      users.add(bump.user());
    }
  }

  /// When [#tick] is next due; `Long.MAX_VALUE` if nothing waits.
  public long due() {
    long first = Math.min(due, touched.due());
    return Math.min(Math.min(first, sends.due()), Math.min(catchAll.due(), confirmations.due()));
  }

  private long earliest() {
    long earliest = Long.MAX_VALUE;
    for (NewItem item : newItems.values()) {
      earliest = Math.min(earliest, item.due());
    }
    for (Unsettled organization : unsettled.values()) {
      earliest = Math.min(earliest, organization.due());
    }
    return earliest;
  }

  /// The log was lost: what waits will be seen again as a difference, or never happened.
  ///
  /// @param now monotonic
  public void lost(long now) {
    lostAt = now;
    // Items that wait have been told to nobody, yet the model has them: they stay and are told at
    // their time. Organizations stay unsettled in the model, and the snapshot settles them all.
    unsettled.clear();
    catchAll.lost();
  }

  /// After a gap: tells the differences as if they had been streamed. Whoever's account moved or
  /// whose organizations changed also syncs: much of what a client shows leaves no trace but that
  /// in the rows that are read here. So does whoever synced meanwhile: what came and went in the
  /// gap may be in what he read.
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
    Consumer<Delivery> noting = noting(now, out);
    Duration lost = Duration.ofNanos(now - lostAt).plus(UNNOTICED);
    messages.syncAgain(new Audience.EveryoneJustSynced(lost), asOf, noting);
    Set<Id<Kind.User>> resync = new HashSet<>(catchAll.doubtful());
    for (VaultChange change : reconciliation.changes()) {
      switch (change) {
        case VaultChange.CipherChanged cipher -> {
          catchAll.explain(cipher, now);
          if (newItems.remove(cipher.id()) != null && cipher.after() != null) {
            messages.create(cipher.id(), cipher.after(), cipher.sees(), noting);
          } else {
            messages.cipher(cipher, noting);
          }
        }
        case VaultChange.AccountChanged account -> {
          // Whoever logged in anew, with the new stamp, missed the rest.
          var _ = messages.logOut(account, asOf, noting);
          if (account.before() != null && account.after() != null) {
            resync.add(account.id());
          }
        }
        default -> dispatch(change, asOf, now, noting);
      }
    }
    for (Settlement settlement : reconciliation.settlements()) {
      catchAll.explain(new VaultChange.OrganizationUnsettled(settlement.organization()), now);
      messages.items(settlement, noting);
      resync.addAll(settlement.resync());
    }
    messages.sync(UpdateType.SYNC_ORGANIZATIONS, asOf, resync, noting);
  }
}
