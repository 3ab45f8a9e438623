package io.wardbell.source.engine;

import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/// What an engine is going to read of a PostgreSQL database, and what it cannot.
///
/// @param publication changes when the publication is made anew or publishes otherwise
/// @param tables in the order of the snapshot
/// @param faults what is missing although the database has it, with what mends it
/// @param synchronous whether commits wait for standbys: rows show in the log before others see
///   them
record PostgresPlan(
    String publication,
    SequencedMap<String, Table> tables,
    List<String> faults,
    boolean synchronous)
    implements Supervisor.Plan {
  /// @param oid changes when a table is made anew, which takes it out of the publication silently
  /// @param membership changes when the table leaves the publication and returns
  record Table(String schema, long oid, long membership, List<String> columns) {}

  @Override
  public Set<String> tableNames() {
    return tables.keySet();
  }

  @Override
  public boolean readsSameAs(Supervisor.Plan other) {
    return other instanceof PostgresPlan plan
        && publication.equals(plan.publication())
        && tables.equals(plan.tables());
  }
}
