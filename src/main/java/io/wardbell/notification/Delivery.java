package io.wardbell.notification;

/// One notification and those who get it.
///
/// @param again whether nothing changed: what was told a moment ago is told once more
public record Delivery(Notification notification, Audience audience, boolean again) {
  /// Something changed.
  public Delivery(Notification notification, Audience audience) {
    this(notification, audience, false);
  }
}
