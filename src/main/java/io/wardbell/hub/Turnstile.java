package io.wardbell.hub;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts connections against their limits, from before the upgrade to the end. Any thread.
final class Turnstile {
  private final HubConfig limits;
  private final AtomicInteger all = new AtomicInteger();
  private final AtomicInteger handshakes = new AtomicInteger();
  private final ConcurrentHashMap<String, Integer> byAddress = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<String, Integer> anonymousByAddress = new ConcurrentHashMap<>();
  private volatile boolean shut;

  Turnstile(HubConfig limits) {
    this.limits = limits;
  }

  Admission admit(Caller caller, String address) {
    if (shut) {
      return new Admission.Refused(503, "stopping");
    }
    if (!took(all, limits.connectionsMax())) {
      return new Admission.Refused(503, "connections");
    }
    if (!took(handshakes, limits.handshakesMax())) {
      all.decrementAndGet();
      return new Admission.Refused(503, "handshakes");
    }
    if (!took(byAddress, address, limits.connectionsPerAddressMax())) {
      handshakes.decrementAndGet();
      all.decrementAndGet();
      return new Admission.Refused(429, "address");
    }
    if (caller instanceof Caller.Waiting
        && !took(anonymousByAddress, address, limits.anonymousPerAddressMax())) {
      give(byAddress, address);
      handshakes.decrementAndGet();
      all.decrementAndGet();
      return new Admission.Refused(429, "anonymous");
    }
    return new Place(caller, address);
  }

  void shut() {
    shut = true;
  }

  int connections() {
    return all.get();
  }

  private static boolean took(AtomicInteger count, int max) {
    if (count.incrementAndGet() <= max) {
      return true;
    }
    count.decrementAndGet();
    return false;
  }

  private static boolean took(ConcurrentHashMap<String, Integer> counts, String key, int max) {
    boolean[] taken = new boolean[1];
    counts.compute(
        key,
        (_, count) -> {
          int now = count == null ? 0 : count;
          taken[0] = now < max;
          return taken[0] ? (Integer) (now + 1) : count;
        });
    return taken[0];
  }

  private static void give(ConcurrentHashMap<String, Integer> counts, String key) {
    counts.computeIfPresent(key, (_, count) -> count == 1 ? null : count - 1);
  }

  /// A place held by one connection.
  final class Place implements Admission.Ticket {
    final Caller caller;
    private final String address;
    private final AtomicBoolean held = new AtomicBoolean(true);
    private final AtomicBoolean handshaking = new AtomicBoolean(true);

    private Place(Caller caller, String address) {
      this.caller = caller;
      this.address = address;
    }

    void handshakeDone() {
      if (handshaking.compareAndSet(true, false)) {
        handshakes.decrementAndGet();
      }
    }

    @Override
    public void release() {
      if (!held.compareAndSet(true, false)) {
        return;
      }
      handshakeDone();
      all.decrementAndGet();
      give(byAddress, address);
      if (caller instanceof Caller.Waiting) {
        give(anonymousByAddress, address);
      }
    }
  }
}
