package io.wardbell.vault;

import static io.wardbell.vault.VaultTables.ARCHIVES;
import static io.wardbell.vault.VaultTables.ATTACHMENTS;
import static io.wardbell.vault.VaultTables.AUTH_REQUESTS;
import static io.wardbell.vault.VaultTables.CIPHERS;
import static io.wardbell.vault.VaultTables.CIPHERS_COLLECTIONS;
import static io.wardbell.vault.VaultTables.COLLECTIONS;
import static io.wardbell.vault.VaultTables.COLLECTIONS_GROUPS;
import static io.wardbell.vault.VaultTables.EMERGENCY_ACCESS;
import static io.wardbell.vault.VaultTables.FAVORITES;
import static io.wardbell.vault.VaultTables.FOLDERS;
import static io.wardbell.vault.VaultTables.FOLDERS_CIPHERS;
import static io.wardbell.vault.VaultTables.GROUPS;
import static io.wardbell.vault.VaultTables.GROUPS_USERS;
import static io.wardbell.vault.VaultTables.MEMBERSHIPS;
import static io.wardbell.vault.VaultTables.ORGANIZATIONS;
import static io.wardbell.vault.VaultTables.POLICIES;
import static io.wardbell.vault.VaultTables.SENDS;
import static io.wardbell.vault.VaultTables.USERS;
import static io.wardbell.vault.VaultTables.USERS_COLLECTIONS;

import io.wardbell.change.Row;
import io.wardbell.change.RowChange;
import io.wardbell.change.UnreadableRowException;
import io.wardbell.id.Id;
import io.wardbell.id.Kind;
import io.wardbell.vault.Relations.Cipher;
import io.wardbell.vault.Relations.Member;
import io.wardbell.vault.Relations.Organization;
import io.wardbell.vault.VaultChange.CipherChanged;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Who may see what, folded from row changes. Holds ids, dates and flags, never content. Belongs to
/// one thread. The cost of a change follows the people it concerns, not the size of any table.
public final class VaultModel {
  /// Beyond so many differences after a gap it is cheaper that everybody syncs.
  private static final int DIFFERENCES_MAX = 50_000;

  private final boolean groupsEnabled;
  private final AccessGraph graph = new AccessGraph();
  private final Settling settling;
  private final Sight sight;
  private final Items items;
  private final Belongings belongings = new Belongings();
  private final Differences differences = new Differences(DIFFERENCES_MAX);

  /// Tables that some whole snapshot has covered: what is new in others is not news.
  private final Set<String> known = new HashSet<>();

  private final Duration dateStep;
  private final Recency recency;
  private Set<String> covered = Set.of();
  private int generation = AccessGraph.GONE;
  private boolean snapshotting;

  /// For a database that keeps fractions of seconds.
  ///
  /// @param groupsEnabled the server's ORG_GROUPS_ENABLED: without it, rows of groups mean nothing
  public VaultModel(boolean groupsEnabled) {
    this(groupsEnabled, Duration.ofMillis(1));
  }

  /// @param groupsEnabled the server's ORG_GROUPS_ENABLED: without it, rows of groups mean nothing
  /// @param dateStep how exactly the database keeps dates: where it drops fractions of seconds, two
  ///   saves may carry the same date, and a snapshot cannot tell them apart
  public VaultModel(boolean groupsEnabled, Duration dateStep) {
    this.groupsEnabled = groupsEnabled;
    this.dateStep = dateStep;
    recency = new Recency(dateStep);
    sight = new Sight(graph, groupsEnabled);
    settling = new Settling(graph, sight, groupsEnabled);
    items = new Items(graph, sight);
  }

  /// How exactly the database keeps dates: one millisecond or one second.
  public Duration dateStep() {
    return dateStep;
  }

  /// Rows that follow are a snapshot of these tables.
  public void beginSnapshot(Set<String> tables) {
    generation++;
    snapshotting = true;
    covered = tables;
    recency.beginSnapshot();
  }

  /// The log was lost.
  ///
  /// @param quiet for how long it was known to hold nothing new before
  public void lost(Duration quiet) {
    recency.lost(quiet);
  }

  /// Takes the changes of one commit over, or of several. A row that is deleted and written again
  /// within them was written.
  ///
  /// @param meaning is given what each means before the next is taken over; nothing while a
  ///   snapshot runs, which [#endSnapshot] sums up
  public void apply(List<RowChange> changes, Consumer<VaultChange> meaning) {
    Folding.fold(changes).forEach(change -> apply(change).forEach(meaning));
  }

  /// Takes a change over.
  ///
  /// @return what it means; nothing while a snapshot runs, which [#endSnapshot] sums up
  public List<VaultChange> apply(RowChange change) {
    List<VaultChange> meaning = new ArrayList<>(2);
    boolean absorb = snapshotting && !known.contains(change.table());
    items.reading(snapshotting, absorb);
    graph.absorbing(absorb);
    try {
      switch (change) {
        case RowChange.Upserted(var table, var row) -> put(table, row, meaning);
        case RowChange.Replaced(var table, var row) -> {
          put(table, row, meaning);
          cascade(table, row);
        }
        case RowChange.Deleted(var table, var key) -> {
          remove(table, key, meaning);
          cascade(table, key);
        }
      }
    } catch (UnreadableRowException e) {
      meaning.add(unreadable(change, e));
    }
    if (!snapshotting) {
      meaning.forEach(recency::streamed);
      return meaning;
    }
    meaning.forEach(recency::read);
    if (!absorb) {
      meaning.forEach(different -> differences.add(different, recency.mayHide(different)));
    }
    return List.of();
  }

  private static VaultChange unreadable(RowChange change, UnreadableRowException why) {
    String column = change.table().equals(USERS) ? "uuid" : "user_uuid";
    return new VaultChange.Unreadable(
        change.table(), Fields.optionalId(change.row(), column), String.valueOf(why.getMessage()));
  }

  private void put(String table, Row row, List<VaultChange> meaning) {
    switch (table) {
      case USERS -> meaning.add(belongings.putAccount(row, generation));
      case FOLDERS -> meaning.add(belongings.putFolder(row, generation));
      case SENDS -> meaning.add(belongings.putSend(row, generation));
      case AUTH_REQUESTS -> meaning.add(belongings.putAuthRequest(row, generation));
      case EMERGENCY_ACCESS ->
          belongings.putEmergencyAccess(row, generation, snapshotting, meaning);
      case FOLDERS_CIPHERS -> belongings.putFolderLink(row, generation, meaning);
      case FAVORITES -> belongings.putFavorite(row, generation, meaning);
      case ARCHIVES -> belongings.putArchive(row, generation, snapshotting, meaning);
      case ATTACHMENTS -> belongings.putAttachment(row, generation, snapshotting, meaning);
      case CIPHERS -> told(items.put(row, generation), meaning);
      case CIPHERS_COLLECTIONS -> moved(row, items.link(row, generation), meaning);
      case ORGANIZATIONS -> related(graph.putOrganization(row, generation), meaning);
      case MEMBERSHIPS -> {
        @Nullable Organization organization = graph.putMember(row, generation);
        member(graph.memberOf(row), meaning);
        related(organization, meaning);
      }
      case COLLECTIONS -> related(graph.putCollection(row, generation), meaning);
      case USERS_COLLECTIONS -> related(graph.putUserGrant(row, generation), meaning);
      case POLICIES ->
          unsettled(policy(belongings.putPolicy(row, generation, snapshotting)), meaning);
      default -> {
        if (groupsEnabled) {
          putOfGroups(table, row, meaning);
        }
      }
    }
  }

  private void putOfGroups(String table, Row row, List<VaultChange> meaning) {
    switch (table) {
      case GROUPS -> related(graph.putGroup(row, generation), meaning);
      case GROUPS_USERS -> related(graph.putGroupMember(row, generation), meaning);
      case COLLECTIONS_GROUPS -> related(graph.putGroupGrant(row, generation), meaning);
      default -> {
        // Not a table of ours: a source may deliver more than it was asked for.
      }
    }
  }

  private void remove(String table, Row key, List<VaultChange> meaning) {
    switch (table) {
      case USERS -> belongings.removeAccount(key, meaning);
      case FOLDERS -> belongings.removeFolder(key, meaning);
      case SENDS -> belongings.removeSend(key, meaning);
      case AUTH_REQUESTS -> belongings.removeAuthRequest(key, meaning);
      case EMERGENCY_ACCESS -> belongings.removeEmergencyAccess(key, meaning);
      case FOLDERS_CIPHERS -> belongings.removeFolderLink(key, meaning);
      case FAVORITES -> belongings.removeFavorite(key, meaning);
      case ARCHIVES -> belongings.removeArchive(key, meaning);
      case ATTACHMENTS -> belongings.removeAttachment(key, meaning);
      case CIPHERS -> told(items.remove(Fields.id(key, "uuid")), meaning);
      case CIPHERS_COLLECTIONS -> moved(key, items.unlink(key), meaning);
      case ORGANIZATIONS -> related(graph.removeOrganization(key), meaning);
      case MEMBERSHIPS -> {
        member(graph.memberOf(key), meaning);
        related(graph.removeMember(key), meaning);
      }
      case COLLECTIONS -> related(graph.removeCollection(key), meaning);
      case USERS_COLLECTIONS -> related(graph.removeUserGrant(key), meaning);
      case POLICIES -> unsettled(policy(belongings.removePolicy(key)), meaning);
      default -> {
        if (groupsEnabled) {
          removeOfGroups(table, key, meaning);
        }
      }
    }
  }

  /// What goes with a row by ON DELETE CASCADE: MariaDB and MySQL do not log it. It needs no word
  /// of its own, because the row itself is told.
  private void cascade(String table, Row key) {
    switch (table) {
      case CIPHERS -> belongings.forgetArchivesOf(Fields.<Kind.Cipher>id(key, "uuid"));
      case USERS -> belongings.forgetArchivesBy(Fields.<Kind.User>id(key, "uuid"));
      default -> {
        // No other table of ours cascades.
      }
    }
  }

  private void removeOfGroups(String table, Row key, List<VaultChange> meaning) {
    switch (table) {
      case GROUPS -> related(graph.removeGroup(key), meaning);
      case GROUPS_USERS -> related(graph.removeGroupMember(key), meaning);
      case COLLECTIONS_GROUPS -> related(graph.removeGroupGrant(key), meaning);
      default -> {
        // Not a table of ours.
      }
    }
  }

  /// An item that is new, or is someone else's now, is told to all who see it by that very change.
  private void told(VaultChange.@Nullable CipherChanged change, List<VaultChange> meaning) {
    if (change == null) {
      return;
    }
    meaning.add(change);
    VaultChange.@Nullable Item before = change.before();
    VaultChange.@Nullable Item after = change.after();
    if (!snapshotting
        && after != null
        && after.organization() != null
        && (before == null || !after.organization().equals(before.organization()))) {
      items.settle(change.id());
    }
  }

  private static void moved(
      Row row, @Nullable Organization organization, List<VaultChange> meaning) {
    meaning.add(new VaultChange.ItemMoved(Fields.id(row, "cipher_uuid")));
    unsettled(organization, meaning);
  }

  private @Nullable Organization policy(@Nullable Id<Kind.Organization> organization) {
    return organization == null ? null : graph.policyChanged(organization);
  }

  private static void member(@Nullable Member member, List<VaultChange> meaning) {
    if (member != null) {
      meaning.add(new VaultChange.MembershipChanged(member.user, member.organization.id));
    }
  }

  private void related(@Nullable Organization organization, List<VaultChange> meaning) {
    sight.forget();
    unsettled(organization, meaning);
  }

  /// Said of every write, even if it left all as it was: it explains why users were bumped.
  private static void unsettled(@Nullable Organization organization, List<VaultChange> meaning) {
    if (organization != null) {
      meaning.add(new VaultChange.OrganizationUnsettled(organization.id));
    }
  }

  /// The snapshot is whole: what it did not show is gone. The model is equal to it from here on.
  public Reconciliation endSnapshot() {
    boolean first = known.isEmpty();
    graph.sweep(generation, covered);
    sight.forget();
    items.sweep(generation, covered, gone -> differences.add(gone, false));
    List<VaultChange> gone = new ArrayList<>();
    belongings.sweep(generation, covered, gone);
    belongings.sweepPolicies(generation, covered).forEach(graph::policyChanged);
    gone.forEach(change -> differences.add(change, false));
    Reconciliation reconciliation = first ? settled() : summedUp();
    known.addAll(covered);
    snapshotting = false;
    recency.endSnapshot();
    return reconciliation;
  }

  private Reconciliation settled() {
    graph.unsettled().forEach(settling::settle);
    return new Reconciliation(true, false, List.of(), List.of());
  }

  private Reconciliation summedUp() {
    boolean overwhelmed = differences.overwhelmed();
    Set<Id<Kind.Cipher>> told = differences.ciphers();
    People people = new People();
    List<VaultChange> changes = new ArrayList<>();
    for (VaultChange change : differences.drain()) {
      VaultChange now = asOfNow(change);
      overwhelmed |= now instanceof CipherChanged item && !people.add(item.sees());
      if (overwhelmed) {
        changes.clear();
        break;
      }
      changes.add(now);
    }
    List<Settlement> settlements = new ArrayList<>();
    int room = Settling.PEOPLE_MAX;
    for (Organization organization : graph.unsettled()) {
      if (overwhelmed) {
        settling.settle(organization);
      } else {
        Settlement settlement = settling.settlement(organization, told, room);
        room -= settlement.people();
        settlements.add(settlement);
      }
    }
    return new Reconciliation(false, overwhelmed, changes, settlements);
  }

  /// While the snapshot ran, relations were half old and half new: who sees an item is known only
  /// now.
  private VaultChange asOfNow(VaultChange change) {
    if (change instanceof CipherChanged(var id, var before, var after, var saw, _)) {
      @Nullable Cipher cipher = items.find(id);
      return new CipherChanged(
          id, before, after, saw, cipher == null ? Set.of() : sight.audience(cipher, View.CURRENT));
    }
    return change;
  }

  /// Makes the current view of an organization's relations the settled one.
  ///
  /// @return what that changes for whom
  public Settlement settle(Id<Kind.Organization> id) {
    return settling.settlement(graph.organization(id), Set.of(), Settling.PEOPLE_MAX);
  }

  /// Everyone who sees this item, in the settled or in the current view; nobody if there is none.
  public Set<Id<Kind.User>> audience(Id<Kind.Cipher> id) {
    @Nullable Cipher cipher = items.find(id);
    return cipher == null ? Set.of() : sight.everyoneSeeing(cipher);
  }

  /// The item as it is now; null if there is none.
  public VaultChange.@Nullable Item item(Id<Kind.Cipher> id) {
    @Nullable Cipher cipher = items.find(id);
    return cipher == null ? null : Items.state(cipher);
  }

  /// The organizations that a user has to do with, invited and revoked ones among them.
  public Set<Id<Kind.Organization>> organizationsOf(Id<Kind.User> user) {
    return graph.organizationsOf(user);
  }

  /// A Send as it is now; null if there is none.
  public VaultChange.@Nullable Send send(Id<Kind.Send> id) {
    return belongings.send(id);
  }

  /// An account as it is now; null if there is none.
  public VaultChange.@Nullable Account account(Id<Kind.User> id) {
    return belongings.account(id);
  }

  /// A folder as it is now; null if there is none.
  public VaultChange.@Nullable Folder folder(Id<Kind.Folder> id) {
    return belongings.folder(id);
  }

  /// Shows every account there is.
  public void accounts(BiConsumer<Id<Kind.User>, VaultChange.Account> each) {
    belongings.accounts(each);
  }

  /// How many items there are.
  public int items() {
    return items.size();
  }
}
