package io.wardbell.bench;

import io.wardbell.change.Columns;
import io.wardbell.change.Row;
import io.wardbell.change.RowChange;
import io.wardbell.notification.Delivery;
import io.wardbell.routing.Router;
import io.wardbell.routing.RoutingConfig;
import io.wardbell.server.Memory;
import io.wardbell.vault.VaultModel;
import io.wardbell.vault.VaultTables;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/// The model and the router with so many items in memory, in a process of their own. Arguments: how
/// many items, a seed. Says what it measured, a line each: a name and numbers.
///
/// Half of the items are personal, of 10,000 users; the others are in 1,000 organizations of ten
/// members, each item in one of five collections, each member in two of them.
final class StateWorker {
  private static final int ORGANIZATIONS = 1_000;
  private static final int MEMBERS = 10;
  private static final int COLLECTIONS = 5;
  private static final int USERS = ORGANIZATIONS * MEMBERS;
  private static final int BATCHES = 20;
  private static final int BATCH = 1_000;
  private static final int GRANTS = 100;
  private static final Duration GAP_EDITS = Duration.ofHours(1);
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

  private static final Columns USER =
      new Columns(List.of("uuid", "updated_at", "security_stamp", "enabled"));
  private static final Columns ORGANIZATION = new Columns(List.of("uuid"));
  private static final Columns MEMBER =
      new Columns(List.of("uuid", "user_uuid", "org_uuid", "status", "atype", "access_all"));
  private static final Columns COLLECTION = new Columns(List.of("uuid", "org_uuid"));
  private static final Columns GRANT =
      new Columns(List.of("user_uuid", "collection_uuid", "read_only", "hide_passwords", "manage"));
  private static final Columns ITEM =
      new Columns(List.of("uuid", "user_uuid", "organization_uuid", "updated_at", "deleted_at"));
  private static final Columns LINK = new Columns(List.of("cipher_uuid", "collection_uuid"));

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final int items;
  private final VaultModel model = new VaultModel(true, Duration.ofMillis(1));
  private final Router router = new Router(model, RoutingConfig.defaults());
  private long told;
  private long now;

  private StateWorker(int items) {
    this.items = items;
  }

  public static void main(String[] args) throws Exception {
    StateWorker worker = new StateWorker(Integer.parseInt(args[0]));
    worker.measure(new SplittableRandom(Long.parseLong(args[1])));
  }

  private void measure(SplittableRandom random) throws Exception {
    long empty = Memory.liveHeapBytes();
    say("snapshot", seconds(() -> snapshot(_ -> 0)));
    say("heap", (Memory.liveHeapBytes() - empty) / 1048576.0);
    batches(random); // warm
    say("personal", batch(random, i -> item(2 * i, T0)));
    say("organization", batch(random, i -> item(2 * i + 1, T0)));
    double[] grants = new double[GRANTS];
    for (int i = 0; i < grants.length; i++) {
      int organization = random.nextInt(ORGANIZATIONS);
      grants[i] = 1e6 * seconds(() -> granted(organization));
    }
    say("grant", grants);
    model.lost(Duration.ZERO);
    router.lost(now);
    // One of a hundred items was edited meanwhile.
    say("reconcile", seconds(() -> snapshot(i -> i % 100 == 7 ? GAP_EDITS.toMillis() : 0)));
    System.out.println("told " + told);
    System.out.println("end");
  }

  private void batches(SplittableRandom random) {
    for (int i = 0; i < 2; i++) {
      var _ = batch(random, j -> item(j, T0));
    }
  }

  /// Microseconds a change, of random items.
  private double[] batch(SplittableRandom random, IntFunction<RowChange> change) {
    double[] micros = new double[BATCHES];
    for (int i = 0; i < BATCHES; i++) {
      RowChange[] changes = new RowChange[BATCH];
      for (int j = 0; j < BATCH; j++) {
        changes[j] = change.apply(random.nextInt(items / 2));
      }
      micros[i] =
          1e6
              / BATCH
              * seconds(() -> {
                for (RowChange one : changes) {
                  now += Duration.ofMillis(20).toNanos();
                  take(one);
                  tick();
                }
              });
    }
    return micros;
  }

  /// A member gets a collection, which settles.
  private void granted(int organization) {
    int member = organization * MEMBERS;
    take(grant(member, organization * COLLECTIONS + 4));
    now += Duration.ofMinutes(1).toNanos();
    tick();
  }

  private void nobody(Delivery delivery) {
    told++;
  }

  private void take(RowChange change) {
    model.apply(
        List.of(change), meaning -> router.route(meaning, T0.plusNanos(now), now, this::nobody));
  }

  private void tick() {
    if (router.due() <= now) {
      router.tick(T0.plusNanos(now), now, this::nobody);
    }
  }

  private void snapshot(LongUnaryOperator millisLater) {
    model.beginSnapshot(VaultTables.CAPTURE.tables().keySet());
    for (int i = 0; i < USERS; i++) {
      put("users", USER, id('1', i), T0, "stamp", true);
    }
    for (int i = 0; i < ORGANIZATIONS; i++) {
      put("organizations", ORGANIZATION, id('2', i));
      for (int j = 0; j < MEMBERS; j++) {
        int member = i * MEMBERS + j;
        put(
            "users_organizations",
            MEMBER,
            id('3', member),
            id('1', member),
            id('2', i),
            2L,
            2L,
            false);
      }
      for (int j = 0; j < COLLECTIONS; j++) {
        put("collections", COLLECTION, id('4', i * COLLECTIONS + j), id('2', i));
      }
      for (int j = 0; j < MEMBERS; j++) {
        var _ = model.apply(grant(i * MEMBERS + j, i * COLLECTIONS + j % COLLECTIONS));
        var _ = model.apply(grant(i * MEMBERS + j, i * COLLECTIONS + (j + 1) % COLLECTIONS));
      }
    }
    for (int i = 0; i < items; i++) {
      var _ = model.apply(item(i, T0.plusMillis(millisLater.applyAsLong(i))));
      if (i % 2 == 1) {
        int organization = i / 2 % ORGANIZATIONS;
        put(
            "ciphers_collections",
            LINK,
            id('5', i),
            id('4', organization * COLLECTIONS + i / 2 / ORGANIZATIONS % COLLECTIONS));
      }
    }
    router.reconciled(model.endSnapshot(), T0.plusNanos(now), now, this::nobody);
  }

  private void put(String table, Columns columns, @Nullable Object... values) {
    var _ = model.apply(new RowChange.Upserted(table, new Row(columns, values)));
  }

  private static RowChange grant(int user, int collection) {
    return new RowChange.Upserted(
        "users_collections",
        new Row(
            GRANT,
            new @Nullable Object[] {id('1', user), id('4', collection), false, false, false}));
  }

  private static RowChange item(int i, Instant date) {
    String user = i % 2 == 0 ? id('1', i / 2 % USERS) : null;
    String organization = i % 2 == 1 ? id('2', i / 2 % ORGANIZATIONS) : null;
    return new RowChange.Upserted(
        "ciphers",
        new Row(ITEM, new @Nullable Object[] {id('5', i), user, organization, date, null}));
  }

  private static String id(char kind, int number) {
    return new UUID(
            0x4000L | (long) kind << 32 | number * 0x9E3779B97F4A0000L,
            0x8000000000000000L | number)
        .toString();
  }

  /// Of the processor, by this thread: others may want it, too.
  private static double seconds(Runnable work) {
    long begun = THREADS.getCurrentThreadCpuTime();
    work.run();
    return (THREADS.getCurrentThreadCpuTime() - begun) / 1e9;
  }

  private static void say(String name, double... values) {
    StringBuilder line = new StringBuilder(name);
    for (double value : values) {
      line.append(' ').append(value);
    }
    System.out.println(line);
  }
}
