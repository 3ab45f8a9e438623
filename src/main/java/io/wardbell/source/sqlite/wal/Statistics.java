package io.wardbell.source.sqlite.wal;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// What was read so far. Any thread may look.
public final class Statistics {
  private final AtomicLong commits = new AtomicLong();
  private final AtomicLong rows = new AtomicLong();
  private final AtomicLong retries = new AtomicLong();
  private final AtomicLong trusted = new AtomicLong();
  private final Map<Gap, AtomicLong> gaps = new ConcurrentHashMap<>();

  Statistics() {}

  void commit() {
    commits.incrementAndGet();
  }

  void row() {
    rows.incrementAndGet();
  }

  void retry() {
    retries.incrementAndGet();
  }

  void trusted(long all) {
    trusted.set(all);
  }

  void gap(Gap gap) {
    gaps.computeIfAbsent(gap, _ -> new AtomicLong()).incrementAndGet();
  }

  /// Commits followed one by one, those of other tables included.
  public long commits() {
    return commits.get();
  }

  /// Row events given out.
  public long rows() {
    return rows.get();
  }

  /// Readings of everything that had to be begun again.
  public long retries() {
    return retries.get();
  }

  /// Commits whose checksums did not add up, taken on the index's word. Not 0 only with SQLite
  /// before 3.50.2.
  public long trusted() {
    return trusted.get();
  }

  /// How often rows had to be compared, by cause.
  public Map<Gap, Long> gaps() {
    Map<Gap, Long> all = new EnumMap<>(Gap.class);
    gaps.forEach((gap, count) -> all.put(gap, count.get()));
    return all;
  }
}
