package io.wardbell.source.engine;

import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/// What an engine is going to read of a SQLite database, and what it cannot.
///
/// @param tables the columns of each table that is there, in the order of the snapshot
/// @param faults what is missing although the database has it
record SqlitePlan(SequencedMap<String, List<String>> tables, List<String> faults)
    implements Supervisor.Plan {
  @Override
  public Set<String> tableNames() {
    return tables.keySet();
  }

  @Override
  public boolean readsSameAs(Supervisor.Plan other) {
    return other instanceof SqlitePlan plan && tables.equals(plan.tables);
  }
}
