package io.wardbell.vault;

import io.wardbell.change.Row;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.vault.Relations.Cipher;
import io.wardbell.vault.Relations.Collection;
import io.wardbell.vault.Relations.Link;
import io.wardbell.vault.Relations.Organization;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Vault items and the collections they lie in.
final class Items {
  private final AccessGraph graph;
  private final Sight sight;
  private final Map<Id<Kind.Cipher>, Cipher> ciphers = new HashMap<>();

  /// One object for each owner's id, however many items he has.
  private final Map<Id<Kind.User>, Id<Kind.User>> owners = new HashMap<>();

  /// While nobody has been told anything yet, whatever is read is settled.
  private boolean absorbing;

  Items(AccessGraph graph, Sight sight) {
    this.graph = graph;
    this.sight = sight;
  }

  /// A snapshot is compared with what people were told before it, not with what it has shown so far
  /// of who sees what.
  private boolean snapshotting;

  void reading(boolean snapshotting, boolean absorbing) {
    this.snapshotting = snapshotting;
    this.absorbing = absorbing;
  }

  private Set<Id<Kind.User>> saw(Cipher cipher) {
    return snapshotting ? sight.informed(cipher) : sight.everyoneSeeing(cipher);
  }

  private Cipher cipher(Id<Kind.Cipher> id) {
    return ciphers.computeIfAbsent(id, Cipher::new);
  }

  @Nullable Cipher find(Id<Kind.Cipher> id) {
    @Nullable Cipher cipher = ciphers.get(id);
    return cipher != null && cipher.exists ? cipher : null;
  }

  static VaultChange.@Nullable Item state(Cipher cipher) {
    if (!cipher.exists) {
      return null;
    }
    @Nullable Organization organization = cipher.organization;
    return new VaultChange.Item(
        cipher.owner,
        organization == null ? null : organization.id,
        Instant.EPOCH.plus(cipher.updatedAtMicros, ChronoUnit.MICROS),
        cipher.trashed);
  }

  VaultChange.CipherChanged put(Row row, int generation) {
    // Read all first: an unreadable row must leave the model as it was.
    Id<Kind.Cipher> id = Fields.id(row, "uuid");
    @Nullable Id<Kind.User> owner = Fields.optionalId(row, "user_uuid");
    @Nullable Id<Kind.Organization> organizationId = Fields.optionalId(row, "organization_uuid");
    Instant updatedAt = Fields.date(row, "updated_at");
    boolean trashed = row.date("deleted_at") != null;

    Cipher cipher = cipher(id);
    VaultChange.@Nullable Item before = state(cipher);
    Set<Id<Kind.User>> saw = saw(cipher);
    @Nullable Organization organization =
        organizationId == null ? null : graph.organization(organizationId);
    boolean sameSight =
        cipher.exists
            && cipher.organization == organization
            && java.util.Objects.equals(cipher.owner, owner);
    cipher.owner = owner == null ? null : owners.computeIfAbsent(owner, same -> same);
    cipher.organization = organization;
    cipher.updatedAtMicros = ChronoUnit.MICROS.between(Instant.EPOCH, updatedAt);
    cipher.trashed = trashed;
    cipher.exists = true;
    cipher.seen = generation;
    // Who saw things in the settled view alone never saw what is new here.
    Set<Id<Kind.User>> sees = sameSight ? saw : sight.audience(cipher, View.CURRENT);
    if (!sameSight && !snapshotting && organization != null && organization.unsettled != null) {
      organization.unsettled.fresh(cipher, sees);
    }
    return new VaultChange.CipherChanged(cipher.id, before, state(cipher), saw, sees);
  }

  VaultChange.@Nullable CipherChanged remove(Id<Kind.Cipher> id) {
    @Nullable Cipher cipher = find(id);
    return cipher == null ? null : remove(cipher);
  }

  private VaultChange.CipherChanged remove(Cipher cipher) {
    VaultChange.@Nullable Item before = state(cipher);
    Set<Id<Kind.User>> saw = saw(cipher);
    cipher.exists = false;
    cipher.settle();
    if (cipher.organization != null && cipher.organization.unsettled != null) {
      cipher.organization.unsettled.fresh.remove(cipher);
    }
    forgetIfGone(cipher);
    return new VaultChange.CipherChanged(cipher.id, before, null, saw, Set.of());
  }

  /// What a cipher's own change has told to everyone need not be told again when its organization
  /// settles.
  void settle(Id<Kind.Cipher> id) {
    @Nullable Cipher cipher = ciphers.get(id);
    if (cipher != null) {
      cipher.settle();
    }
  }

  private void forgetIfGone(Cipher cipher) {
    if (!cipher.exists && cipher.links.length == 0) {
      ciphers.remove(cipher.id);
    }
  }

  /// @return the organization that is unsettled by it, or null
  @Nullable Organization link(Row row, int generation) {
    Cipher cipher = cipher(Fields.id(row, "cipher_uuid"));
    Collection collection = graph.collection(Fields.id(row, "collection_uuid"));
    @Nullable Link link = cipher.link(collection);
    if (link == null) {
      link = new Link(collection);
      cipher.add(link);
    }
    flicker(cipher, link.standing == Standing.DEPARTED);
    link.standing = absorbing ? Standing.KEPT : link.standing.afterInsert();
    link.seen = generation;
    return link.standing == Standing.KEPT ? null : unsettle(cipher, collection);
  }

  @Nullable Organization unlink(Row key) {
    @Nullable Cipher cipher = ciphers.get(Fields.<Kind.Cipher>id(key, "cipher_uuid"));
    Collection collection = graph.collection(Fields.id(key, "collection_uuid"));
    @Nullable Link link = cipher == null ? null : cipher.link(collection);
    return cipher == null || link == null ? null : unlink(cipher, link);
  }

  private static void flicker(Cipher cipher, boolean flickers) {
    if (flickers && cipher.organization != null) {
      cipher.organization.unsettled().flickered = true;
    }
  }

  private @Nullable Organization unlink(Cipher cipher, Link link) {
    flicker(cipher, link.standing == Standing.ARRIVED);
    if (link.standing == Standing.ARRIVED || !cipher.exists) {
      cipher.remove(link);
      forgetIfGone(cipher);
    } else {
      link.standing = Standing.DEPARTED;
    }
    return unsettle(cipher, link.collection);
  }

  private static @Nullable Organization unsettle(Cipher cipher, Collection collection) {
    @Nullable Organization organization =
        cipher.organization != null ? cipher.organization : collection.organization;
    if (organization != null) {
      organization.unsettled().ciphers.add(cipher);
      if (cipher.organization == organization) {
        organization.unsettled().relinked.add(cipher);
      }
    }
    return organization;
  }

  /// Takes out what the snapshot did not show.
  void sweep(int generation, Set<String> tables, Consumer<VaultChange.CipherChanged> gone) {
    for (Cipher cipher : List.copyOf(ciphers.values())) {
      if (tables.contains(VaultTables.CIPHERS) && cipher.exists && cipher.seen != generation) {
        gone.accept(remove(cipher));
      }
      if (tables.contains(VaultTables.CIPHERS_COLLECTIONS)) {
        for (Link link : cipher.links) {
          if (link.standing != Standing.DEPARTED && link.seen != generation) {
            var _ = unlink(cipher, link);
          }
        }
      }
      forgetIfGone(cipher);
    }
  }

  int size() {
    return ciphers.size();
  }
}
