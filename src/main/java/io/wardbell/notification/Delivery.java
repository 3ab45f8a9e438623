package io.wardbell.notification;

/// One notification and those who get it.
public record Delivery(Notification notification, Audience audience) {}
