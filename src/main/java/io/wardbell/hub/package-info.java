/// Open sessions and their outboxes; nothing here knows why a user may see something.
@Room(
    holds = "Open sessions and their outboxes; nothing here knows why a user may see something.",
    mayTouch = {"id", "notification", "auth", "config", "observe", "hub.signalr"},
    thread = "session")
@NullMarked
package io.wardbell.hub;

import io.wardbell.Room;
import org.jspecify.annotations.NullMarked;
