package io.wardbell.pipeline;

import io.wardbell.change.RowChange;
import io.wardbell.notification.Delivery;
import java.time.Instant;

/// Looks over the pipeline's shoulder, for `wardbell demo` and `wardbell tail`. Called by the
/// pipeline's thread; must be quick.
public interface Watcher {
  /// A change was read from the log.
  void changed(RowChange change, Instant committedAt);

  /// A delivery was handed over.
  void delivered(Delivery delivery);

  /// Two that watch.
  static Watcher both(Watcher one, Watcher other) {
    return new Watcher() {
      @Override
      public void changed(RowChange change, Instant committedAt) {
        one.changed(change, committedAt);
        other.changed(change, committedAt);
      }

      @Override
      public void delivered(Delivery delivery) {
        one.delivered(delivery);
        other.delivered(delivery);
      }
    };
  }

  /// Watches nothing.
  Watcher NONE =
      new Watcher() {
        @Override
        public void changed(RowChange change, Instant committedAt) {}

        @Override
        public void delivered(Delivery delivery) {}
      };
}
