package io.wardbell.source.engine;

import static io.wardbell.source.engine.PostgresTables.quoted;

import io.wardbell.change.Capture;
import io.wardbell.source.engine.PostgresTables.Found;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Why changes of a table would not come, or not whole, with the statement that mends it.
///
/// @param role who reads
/// @param publication what publishes; null while there is none, which is said once for all tables
record PostgresTableFaults(String role, @Nullable String publication) {
  static final String RUN_SETUP = "as the owner of the tables run what `wardbell setup-sql` prints";

  /// The first thing that keeps its changes from coming, or the columns that are not done without;
  /// null if there is nothing.
  @Nullable String of(Found table, Capture.Table wanted) {
    @Nullable String fault = ofKey(table);
    if (fault == null && publication != null) {
      fault = ofPublication(table, wanted, quoted(publication));
    }
    return fault == null && !wanted.later().containsAll(denied(table, wanted))
        ? ofGrants(table, wanted)
        : fault;
  }

  /// The columns that the role may not read.
  static List<String> denied(Found table, Capture.Table wanted) {
    return wanted.columns().stream()
        .filter(table.columns()::contains)
        .filter(column -> !table.readable().contains(column))
        .toList();
  }

  private static @Nullable String ofKey(Found table) {
    if (!table.key().exists()) {
      return ("table %s has no primary key, so that it cannot be published without making the"
              + " server's own updates fail: let the vault server finish its migrations, then %s [WB-PG-11]")
          .formatted(table.name(), RUN_SETUP);
    }
    if (table.key().deferrable()) {
      return ("table %s has a deferrable primary key, so that it cannot be published without making"
              + " the server's own updates fail: run ALTER TABLE %s DROP CONSTRAINT %s, ADD PRIMARY"
              + " KEY (%s); and then %s [WB-PG-12]")
          .formatted(
              table.name(),
              table.qualified(),
              quoted(table.key().constraint()),
              list(table.key().columns()),
              RUN_SETUP);
    }
    if (!table.identified()) {
      return "table %s has another replica identity than its key: run ALTER TABLE %s REPLICA IDENTITY DEFAULT; [WB-PG-13]"
          .formatted(table.name(), table.qualified());
    }
    return null;
  }

  private static @Nullable String ofPublication(
      Found table, Capture.Table wanted, String publication) {
    if (!table.isPublished()) {
      return "table %s is not in publication %s: run ALTER PUBLICATION %s ADD TABLE %s; or %s [WB-PG-14]"
          .formatted(table.name(), publication, publication, table.qualified(), RUN_SETUP);
    }
    Set<String> needed = new LinkedHashSet<>(wanted.columns());
    needed.retainAll(table.columns());
    needed.addAll(table.key().columns());
    table.published().forEach(needed::remove);
    if (needed.isEmpty() && !table.filtered()) {
      return null;
    }
    return ("publication %s leaves out %s of table %s: run ALTER PUBLICATION %s DROP TABLE %s;"
            + " ALTER PUBLICATION %s ADD TABLE %s; or %s [WB-PG-15]")
        .formatted(
            publication,
            needed.isEmpty() ? "rows (WHERE)" : String.join(", ", needed),
            table.name(),
            publication,
            table.qualified(),
            publication,
            table.qualified(),
            RUN_SETUP);
  }

  /// What the role may not read; null if it may read all.
  @Nullable String ofGrants(Found table, Capture.Table wanted) {
    List<String> denied = denied(table, wanted);
    return denied.isEmpty()
        ? null
        : "the role may not read %s of table %s: run GRANT SELECT (%s) ON %s TO %s; or %s [WB-PG-16]"
            .formatted(
                String.join(", ", denied),
                table.name(),
                list(denied),
                table.qualified(),
                quoted(role),
                RUN_SETUP);
  }

  private static String list(List<String> names) {
    return names.stream().map(PostgresTables::quoted).collect(Collectors.joining(", "));
  }
}
