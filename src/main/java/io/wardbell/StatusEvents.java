package io.wardbell;

import io.wardbell.change.RowChange;
import io.wardbell.notification.Delivery;
import io.wardbell.observe.Clock;
import io.wardbell.ops.Activity;
import io.wardbell.ops.Event;
import io.wardbell.pipeline.Watcher;
import java.time.Instant;

/// Keeps what happened for the status page. Shows shortened ids, never a value of another column.
final class StatusEvents implements Watcher {
  private final Activity activity;
  private final Clock clock;

  StatusEvents(Activity activity, Clock clock) {
    this.activity = activity;
    this.clock = clock;
  }

  @Override
  public void changed(RowChange change, Instant committedAt) {
    activity.add(() ->
        new Event(
            committedAt,
            change.table() + " " + EventLines.what(change),
            EventLines.shortKey(change),
            ""));
  }

  @Override
  public void delivered(Delivery delivery) {
    Instant now = clock.now();
    String type = delivery.notification().type().toString();
    activity.notified(type, now);
    activity.add(() ->
        new Event(
            now,
            type,
            EventLines.shortId(delivery.notification()),
            EventLines.shortPeople(delivery.audience())));
  }
}
