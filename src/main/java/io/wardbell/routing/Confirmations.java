package io.wardbell.routing;

import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.notification.Audience;
import io.wardbell.notification.Delivery;
import io.wardbell.notification.Notification;
import io.wardbell.notification.UpdateType;
import io.wardbell.vault.VaultChange.Folder;
import io.wardbell.vault.VaultChange.Item;
import io.wardbell.vault.VaultChange.Send;
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

/// Says once more what was said several times in a short while.
///
/// A client answers a message by a request. If the next message about the same thing overtakes the
/// answer, the client is left with the older state: a deleted item comes back with the answer that
/// was under way, an update is ignored because the item it is about has yet to arrive. So a few
/// seconds after the last of several messages about one thing its state is told again. It carries
/// the stored date, so that a client which has it all asks for nothing; only where something that
/// does not move the date was told, it asks once more.
final class Confirmations {
  /// Longer than a client's request takes.
  private static final long WAIT = Duration.ofSeconds(5).toNanos();

  /// Things that are remembered at a time; beyond, the eldest is not confirmed.
  private static final int MAX = 20_000;

  private static final class Said {
    final Set<Id<Kind.User>> users = new HashSet<>();
    Notification last;
    long due;
    int times;
    boolean stepped;

    Said(Notification last) {
      this.last = last;
    }
  }

  private final VaultModel model;
  private final RevisionDates dates;

  /// In the order of their time.
  private final Map<Object, Said> all = new LinkedHashMap<>();

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
      case Notification.OfCipher cipher -> {
        @Nullable Item item = model.item(cipher.id());
        boolean stepped =
            cipher.type() == UpdateType.SYNC_CIPHER_UPDATE
                && item != null
                && cipher.revisionDate().isAfter(item.updatedAt());
        said(cipher.id(), cipher, users, stepped, now);
      }
      case Notification.OfFolder folder -> said(folder.id(), folder, users, false, now);
      case Notification.OfSend send -> said(send.id(), send, users, false, now);
      case Notification.OfAccount _, Notification.OfAuthRequest _ -> {
        // A sync is repeated by the hub where it must be; a login request is asked for afresh.
      }
    }
  }

  private void said(
      Object id, Notification last, Set<Id<Kind.User>> users, boolean stepped, long now) {
    @Nullable Said known = all.remove(id);
    Said said = known != null ? known : new Said(last);
    said.last = last;
    said.users.addAll(users);
    said.times++;
    said.stepped |= stepped;
    said.due = now + WAIT;
    all.put(id, said);
    if (all.size() > MAX) {
      Iterator<Said> eldest = all.values().iterator();
      eldest.next();
      eldest.remove();
    }
  }

  long due() {
    return all.isEmpty() ? Long.MAX_VALUE : all.values().iterator().next().due;
  }

  /// Confirms what has been left alone for long enough.
  ///
  /// @param asOf wall-clock time, for what is gone
  void tick(Instant asOf, long now, Consumer<Delivery> out) {
    Iterator<Said> eldest = all.values().iterator();
    while (eldest.hasNext()) {
      Said said = eldest.next();
      if (said.due - now > 0) {
        return;
      }
      eldest.remove();
      if (said.times > 1) {
        confirm(said, asOf, out);
      }
    }
  }

  private void confirm(Said said, Instant asOf, Consumer<Delivery> out) {
    switch (said.last) {
      case Notification.OfCipher(_, var id, _, _, _, _) -> item(id, said, asOf, out);
      case Notification.OfFolder(_, var id, var owner, _) -> {
        @Nullable Folder folder = model.folder(id);
        Notification told =
            folder != null && folder.owner().equals(owner)
                ? new Notification.OfFolder(
                    UpdateType.SYNC_FOLDER_UPDATE, id, owner, folder.updatedAt())
                : new Notification.OfFolder(UpdateType.SYNC_FOLDER_DELETE, id, owner, asOf);
        out.accept(new Delivery(told, new Audience.Users(said.users)));
      }
      case Notification.OfSend(_, var id, var owner, _) -> {
        @Nullable Send send = model.send(id);
        Notification told =
            send != null && owner.equals(send.owner())
                ? new Notification.OfSend(
                    UpdateType.SYNC_SEND_UPDATE, id, owner, send.revisionDate())
                : new Notification.OfSend(UpdateType.SYNC_SEND_DELETE, id, owner, asOf);
        out.accept(new Delivery(told, new Audience.Users(said.users)));
      }
      case Notification.OfAccount _, Notification.OfAuthRequest _ ->
          throw new IllegalStateException("only things that are fetched are confirmed");
    }
  }

  private void item(Id<Kind.Cipher> id, Said said, Instant asOf, Consumer<Delivery> out) {
    @Nullable Item item = model.item(id);
    Set<Id<Kind.User>> seeing = new HashSet<>(said.users);
    seeing.retainAll(model.audience(id));
    Set<Id<Kind.User>> gone = new HashSet<>(said.users);
    gone.removeAll(seeing);
    if (item != null && !seeing.isEmpty()) {
      @Nullable Id<Kind.User> owner = item.organization() == null ? item.owner() : null;
      Instant date = said.stepped ? dates.stepped(item.updatedAt()) : item.updatedAt();
      out.accept(
          new Delivery(
              new Notification.OfCipher(
                  UpdateType.SYNC_CIPHER_UPDATE, id, owner, item.organization(), null, date),
              new Audience.Users(seeing)));
    }
    if (!gone.isEmpty()) {
      out.accept(
          new Delivery(
              new Notification.OfCipher(UpdateType.SYNC_LOGIN_DELETE, id, null, null, null, asOf),
              new Audience.Users(gone)));
    }
  }
}
