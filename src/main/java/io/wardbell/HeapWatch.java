package io.wardbell;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryNotificationInfo;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.Comparator;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.NotificationEmitter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says when what stays in memory leaves little room: the process would rather come to a standstill
/// between collections than end.
final class HeapWatch {
  private static final double MUCH = 0.9;

  private static final long SAY_EVERY_MILLIS = 60_000;

  private static final Logger log = LoggerFactory.getLogger(HeapWatch.class);

  private HeapWatch() {}

  /// Watches from now on; says so when it has become too much, once a minute at most.
  static void start() {
    ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .filter(MemoryPoolMXBean::isCollectionUsageThresholdSupported)
        .max(Comparator.comparingLong(pool -> pool.getUsage().getMax())) // What lasts.
        .ifPresent(HeapWatch::watch);
  }

  private static void watch(MemoryPoolMXBean pool) {
    long most = pool.getUsage().getMax();
    if (most <= 0 || !(ManagementFactory.getMemoryMXBean() instanceof NotificationEmitter memory)) {
      return;
    }
    pool.setCollectionUsageThreshold((long) (most * MUCH));
    AtomicLong sayFrom = new AtomicLong();
    memory.addNotificationListener(
        (notification, _) -> {
          long now = notification.getTimeStamp();
          if (MemoryNotificationInfo.MEMORY_COLLECTION_THRESHOLD_EXCEEDED.equals(
                  notification.getType())
              && now >= sayFrom.get()) {
            sayFrom.set(now + SAY_EVERY_MILLIS);
            log.error(
                "Memory is short: {} of {} MiB stay in use, so that Wardbell may come to a"
                    + " standstill: set WARDBELL_HEAP to twice the {} MiB that it is [WB-RUN-04]",
                pool.getCollectionUsage().getUsed() >> 20,
                most >> 20,
                Runtime.getRuntime().maxMemory() >> 20);
          }
        },
        null,
        null);
  }
}
