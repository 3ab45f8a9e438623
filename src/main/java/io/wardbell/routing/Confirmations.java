package io.wardbell.routing;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.notification.Notification.OfCipher;
import io.wardbell.notification.Notification.OfFolder;
import io.wardbell.notification.Notification.OfSend;
import io.wardbell.notification.UpdateType;
import io.wardbell.vault.Settlement;
import io.wardbell.vault.VaultChange.Folder;
import io.wardbell.vault.VaultChange.Item;
import io.wardbell.vault.VaultChange.Send;
import io.wardbell.vault.VaultModel;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Says once more what was said several times in a short while.
///
/// A client answers a message by a request. If the next message about the same thing overtakes the
/// answer, the client is left with the older state: a deleted item comes back with the answer that
/// was under way, an update is ignored because the item it is about has yet to arrive. So a few
/// seconds after the last of several messages about one thing its state is told again. It carries
/// the stored date, so that a client which has it all asks for nothing; only where something that
/// does not move the date was told, it asks once more. If it was new among those messages, it is
/// told as new as well, in case the server refused it when the client asked too early; a client
/// acts on one of the two at most.
final class Confirmations {
  /// Longer than a client's request takes.
  private static final long WAIT = Duration.ofSeconds(5).toNanos();

  /// Things that are remembered at a time; beyond, the eldest is forgotten. Whoever was told of it
  /// more than once syncs in place of the confirmation.
  private static final int MAX = 20_000;

  /// The same, of the people who were told of each. In a bulk operation this large clients are told
  /// of few items and sync, which needs no confirmation.
  private static final int PEOPLE_MAX = 1_000_000;

  private static final class Said {
    /// Shared with what was told, for as long as all were told alike.
    Set<Id<Kind.User>> users;

    Notification last;
    long due;
    int times;
    boolean stepped;
    boolean created;

    Said(Notification last, Set<Id<Kind.User>> users) {
      this.last = last;
      this.users = users;
    }

    void also(Set<Id<Kind.User>> more) {
      if (!users.equals(more) && !users.containsAll(more)) {
        Set<Id<Kind.User>> all = new HashSet<>(users);
        all.addAll(more);
        users = Set.copyOf(all);
      }
    }

    Instant dateOf(Instant stored, RevisionDates dates) {
      return stepped ? dates.stepped(stored) : stored;
    }
  }

  private final VaultModel model;
  private final RevisionDates dates;

  /// In the order of their time.
  private final SequencedMap<Object, Said> all = new LinkedHashMap<>();

  /// Of all users in those.
  private long people;

  /// Who has to sync because there was too much to remember.
  private final Set<Id<Kind.User>> overlooked = new HashSet<>();

  Confirmations(VaultModel model, RevisionDates dates) {
    this.model = model;
    this.dates = dates;
  }

  /// Takes note of what is told.
  void said(Delivery delivery, long now) {
    if (!(delivery.audience() instanceof Audience.Users(var users))) {
      return;
    }
    switch (delivery.notification()) {
      case OfCipher cipher -> {
        @Nullable Item item = model.item(cipher.id());
        boolean stepped =
            cipher.type() == UpdateType.SYNC_CIPHER_UPDATE
                && item != null
                && cipher.revisionDate().isAfter(item.updatedAt());
        said(cipher.id(), cipher, users, stepped, now);
      }
      case OfFolder folder -> {
        @Nullable Folder known = model.folder(folder.id());
        boolean stepped = known != null && folder.revisionDate().isAfter(known.updatedAt());
        said(folder.id(), folder, users, stepped, now);
      }
      case OfSend send -> {
        @Nullable Send known = model.send(send.id());
        boolean stepped = known != null && send.revisionDate().isAfter(known.revisionDate());
        said(send.id(), send, users, stepped, now);
      }
      case Notification.OfAccount _, Notification.OfAuthRequest _ -> {
        // Nothing is fetched that could be overtaken.
      }
    }
  }

  /// An organization's relations were being rewritten until now. Whatever clients fetched meanwhile
  /// may show a state that never was meant: what was told of the items concerned is told once more.
  void settled(Settlement settlement, long now) {
    Set<Id<Kind.Cipher>> again = new HashSet<>(settlement.relinked());
    if (!settlement.rewritten().isEmpty()) {
      for (Said said : all.values()) {
        if (said.last instanceof OfCipher cipher
            && settlement.organization().equals(organizationOf(cipher))
            && meet(said.users, settlement.rewritten())) {
          again.add(cipher.id());
        }
      }
    }
    again.forEach(id -> doubt(id, now));
  }

  private static boolean meet(Set<Id<Kind.User>> one, Set<Id<Kind.User>> other) {
    return one.size() < other.size()
        ? one.stream().anyMatch(other::contains)
        : other.stream().anyMatch(one::contains);
  }

  private void said(
      Object id, Notification last, Set<Id<Kind.User>> users, boolean stepped, long now) {
    @Nullable Said known = forget(id);
    Said said = known != null ? known : new Said(last, users);
    said.last = last;
    said.also(users);
    said.times++;
    said.stepped |= stepped;
    said.created |=
        switch (last.type()) {
          case SYNC_CIPHER_CREATE, SYNC_FOLDER_CREATE, SYNC_SEND_CREATE -> true;
          default -> false;
        };
    remember(id, said, now);
  }

  private @Nullable Said forget(Object id) {
    @Nullable Said said = all.remove(id);
    people -= said == null ? 0 : said.users.size();
    return said;
  }

  private void remember(Object id, Said said, long now) {
    said.due = now + WAIT;
    all.put(id, said);
    people += said.users.size();
    while (all.size() > MAX || (people > PEOPLE_MAX && all.size() > 1)) {
      Said eldest = all.pollFirstEntry().getValue();
      people -= eldest.users.size();
      if (eldest.times > 1) {
        overlooked.addAll(eldest.users);
      }
    }
  }

  /// What was told of an item a moment ago may have been answered with what is no more.
  void doubt(Id<Kind.Cipher> id, long now) {
    @Nullable Said said = forget(id);
    if (said != null) {
      said.times++;
      said.stepped = true;
      remember(id, said, now);
    }
  }

  long due() {
    return all.isEmpty() ? Long.MAX_VALUE : all.firstEntry().getValue().due;
  }

  /// Confirms what has been left alone for long enough.
  ///
  /// @param asOf wall-clock time, for what is gone
  /// @param unsettled organizations whose items must wait until they are settled
  void tick(
      Instant asOf, long now, Predicate<Id<Kind.Organization>> unsettled, Consumer<Delivery> out) {
    Map<Object, Said> waiting = new LinkedHashMap<>();
    while (!all.isEmpty() && all.firstEntry().getValue().due - now <= 0) {
      Map.Entry<Object, Said> entry = all.pollFirstEntry();
      Said said = entry.getValue();
      people -= said.users.size();
      @Nullable Id<Kind.Organization> organization =
          said.last instanceof OfCipher cipher ? organizationOf(cipher) : null;
      if (organization != null && unsettled.test(organization)) {
        waiting.put(entry.getKey(), said);
      } else if (said.times > 1) {
        confirm(said, asOf, out);
      }
    }
    waiting.forEach((id, said) -> remember(id, said, now));
    if (!overlooked.isEmpty()) {
      tell(new Notification.OfAccount(UpdateType.SYNC_ORGANIZATIONS, asOf), overlooked, out);
      overlooked.clear();
    }
  }

  private @Nullable Id<Kind.Organization> organizationOf(OfCipher cipher) {
    @Nullable Item item = model.item(cipher.id());
    return item == null ? null : item.organization();
  }

  private void confirm(Said said, Instant asOf, Consumer<Delivery> out) {
    switch (said.last) {
      case OfCipher(_, var id, _, _, _, _) -> item(id, said, asOf, out);
      case OfFolder(_, var id, var owner, _) -> {
        @Nullable Folder folder = model.folder(id);
        if (folder == null || !folder.owner().equals(owner)) {
          tell(new OfFolder(UpdateType.SYNC_FOLDER_DELETE, id, owner, asOf), said.users, out);
          return;
        }
        Instant date = said.dateOf(folder.updatedAt(), dates);
        if (said.created) {
          tell(new OfFolder(UpdateType.SYNC_FOLDER_CREATE, id, owner, date), said.users, out);
        }
        tell(new OfFolder(UpdateType.SYNC_FOLDER_UPDATE, id, owner, date), said.users, out);
      }
      case OfSend(_, var id, var owner, _) -> {
        @Nullable Send send = model.send(id);
        if (send == null || !owner.equals(send.owner())) {
          tell(new OfSend(UpdateType.SYNC_SEND_DELETE, id, owner, asOf), said.users, out);
          return;
        }
        Instant date = said.dateOf(send.revisionDate(), dates);
        if (said.created) {
          tell(new OfSend(UpdateType.SYNC_SEND_CREATE, id, owner, date), said.users, out);
        }
        tell(new OfSend(UpdateType.SYNC_SEND_UPDATE, id, owner, date), said.users, out);
      }
      case Notification.OfAccount _, Notification.OfAuthRequest _ ->
          throw new IllegalStateException("only things that are fetched are confirmed");
    }
  }

  private void item(Id<Kind.Cipher> id, Said said, Instant asOf, Consumer<Delivery> out) {
    @Nullable Item item = model.item(id);
    Set<Id<Kind.User>> audience = model.audience(id);
    Set<Id<Kind.User>> seeing = Messages.both(said.users, audience);
    Set<Id<Kind.User>> gone = Messages.without(said.users, audience);
    if (item != null && !seeing.isEmpty()) {
      @Nullable Id<Kind.User> owner = item.organization() == null ? item.owner() : null;
      @Nullable Id<Kind.Organization> organization = item.organization();
      Instant date = said.dateOf(item.updatedAt(), dates);
      if (said.created) {
        tell(
            new OfCipher(
                UpdateType.SYNC_CIPHER_CREATE, id, owner, organization, null, item.updatedAt()),
            seeing,
            out);
      }
      tell(
          new OfCipher(UpdateType.SYNC_CIPHER_UPDATE, id, owner, organization, null, date),
          seeing,
          out);
    }
    if (!gone.isEmpty()) {
      tell(new OfCipher(UpdateType.SYNC_LOGIN_DELETE, id, null, null, null, asOf), gone, out);
    }
  }

  private static void tell(
      Notification notification, Set<Id<Kind.User>> users, Consumer<Delivery> out) {
    out.accept(new Delivery(notification, new Audience.Users(users), true));
  }
}
