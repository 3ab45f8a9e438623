package io.wardbell.bench;

import static io.wardbell.change.Changes.collection;
import static io.wardbell.change.Changes.grant;
import static io.wardbell.change.Changes.member;
import static io.wardbell.change.Changes.organization;
import static io.wardbell.change.Changes.put;
import static io.wardbell.change.Changes.user;

import io.wardbell.change.RowChange;
import io.wardbell.routing.Router;
import io.wardbell.routing.RoutingConfig;
import io.wardbell.vault.VaultModel;
import io.wardbell.vault.VaultTables;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/// Folding a change of an organization's item into the model, and routing it to ten members.
@State(Scope.Benchmark)
public class VaultBenchmark {
  private static final int MEMBERS = 10;
  private static final int ITEMS = 1_024;
  private static final int CONFIRMED = 2;
  private static final Instant T0 = Instant.parse("2026-01-01T00:00:00Z");

  private final VaultModel model = new VaultModel(true, Duration.ofMillis(1));
  private final Router router = new Router(model, RoutingConfig.defaults());
  private final List<List<RowChange>> edits = new ArrayList<>();
  private int next;
  private long now;

  public VaultBenchmark() {
    model.beginSnapshot(VaultTables.CAPTURE.tables().keySet());
    List<RowChange> rows = new ArrayList<>(List.of(organization("org"), collection("box", "org")));
    for (int i = 0; i < MEMBERS; i++) {
      rows.add(user("user" + i, T0, "stamp", true));
      rows.add(member("member" + i, "user" + i, "org", CONFIRMED, false));
      rows.add(grant("user" + i, "box", false));
    }
    for (int i = 0; i < ITEMS; i++) {
      String id = "00000000-0000-4000-8000-%012d".formatted(i);
      rows.add(item(id, T0));
      rows.add(put("ciphers_collections", "cipher_uuid", id, "collection_uuid", "box"));
      edits.add(List.of(item(id, T0.plusSeconds(1))));
    }
    rows.forEach(model::apply);
    router.reconciled(model.endSnapshot(), T0, now, _ -> {});
  }

  private static RowChange item(String id, Instant date) {
    return put(
        "ciphers",
        "uuid",
        id,
        "user_uuid",
        null,
        "organization_uuid",
        "org",
        "updated_at",
        date,
        "deleted_at",
        null);
  }

  private List<RowChange> edit() {
    next = (next + 1) % ITEMS;
    return edits.get(next);
  }

  @Benchmark
  public void fold(Blackhole told) {
    model.apply(edit(), told::consume);
  }

  /// With what comes due: 50 changes a second.
  @Benchmark
  public void foldAndRoute(Blackhole told) {
    now += Duration.ofMillis(20).toNanos();
    Instant at = T0.plusNanos(now);
    model.apply(edit(), meaning -> router.route(meaning, at, now, told::consume));
    if (router.due() <= now) {
      router.tick(at, now, told::consume);
    }
  }
}
