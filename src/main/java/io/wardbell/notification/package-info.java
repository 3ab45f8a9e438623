/// What a client is told, and who is told.
@Room(
    holds = "What a client is told, and who is told.",
    mayTouch = {"id"})
@NullMarked
package io.wardbell.notification;

import io.wardbell.Room;
import org.jspecify.annotations.NullMarked;
