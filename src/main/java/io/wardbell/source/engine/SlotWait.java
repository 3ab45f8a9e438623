package io.wardbell.source.engine;

import io.wardbell.change.SourceFault;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Says what one engine's slot waits for. Used by the watching thread alone.
final class SlotWait {
  /// A slot that nothing is in the way of is made within this.
  private static final Duration USUAL = Duration.ofSeconds(2);

  private static final Duration ASK_EVERY = Duration.ofSeconds(5);

  /// So many questions in a row without an answer mean that nobody is there.
  private static final int UNANSWERED_MAX = 3;

  private final PostgresSlots slots;
  private final SocketGroup sockets;
  private final LongSupplier nanoTime;
  private @Nullable Long asked;
  private @Nullable String said;
  private int unanswered;

  SlotWait(PostgresSlots slots, SocketGroup sockets, LongSupplier nanoTime) {
    this.slots = slots;
    this.sockets = sockets;
    this.nanoTime = nanoTime;
  }

  /// Whether the server has stopped answering while the slot is made.
  boolean isSilent() {
    return sockets.slotWaitNanos() > 0 && unanswered >= UNANSWERED_MAX;
  }

  /// For people; null if nothing is waited for. Asks the server from time to time.
  @Nullable String waitsFor() {
    if (sockets.slotWaitNanos() < USUAL.toNanos()) {
      return null;
    }
    long now = nanoTime.getAsLong();
    if (asked == null || now - asked > ASK_EVERY.toNanos()) {
      asked = now;
      said = ask();
    }
    return said;
  }

  private String ask() {
    @Nullable String blocker = null;
    try {
      blocker = slots.blocker(sockets.name());
      unanswered = 0;
    } catch (SourceFault e) {
      unanswered++;
    }
    String what =
        "the server waits for running transactions to end, in any of its databases, before it"
            + " tells changes [WB-PG-30]";
    return blocker == null ? what : what + ": the next is of " + blocker;
  }
}
