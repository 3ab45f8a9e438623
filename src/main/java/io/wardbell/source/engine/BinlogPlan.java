package io.wardbell.source.engine;

import java.time.Duration;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;

/// What an engine is going to read of a MariaDB or MySQL database, and what it cannot.
///
/// @param server which of the two it is
/// @param tables the columns of each table that is there, in the order of the snapshot
/// @param absent tables that this server's release does not have yet
/// @param faults what is missing although the database has it, with what mends it
/// @param encrypted whether the connection uses TLS
/// @param settle how long a commit that is in the log may take to be visible; zero if a position
///   can be read that is exact
record BinlogPlan(
    BinlogServer server,
    SequencedMap<String, List<String>> tables,
    List<String> absent,
    List<String> faults,
    boolean encrypted,
    Duration settle)
    implements Supervisor.Plan {
  @Override
  public Set<String> tableNames() {
    return tables.keySet();
  }

  @Override
  public boolean readsSameAs(Supervisor.Plan other) {
    return other instanceof BinlogPlan plan
        && server == plan.server
        && encrypted == plan.encrypted
        && tables.equals(plan.tables);
  }
}
