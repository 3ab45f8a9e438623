/// The one loop: read, fold, route, hand over.
@Room(
    holds = "The one loop: read, fold, route, hand over.",
    mayTouch = {"id", "change", "vault", "routing", "notification", "observe"},
    thread = "pipeline")
@NullMarked
package io.wardbell.pipeline;

import io.wardbell.Room;
import org.jspecify.annotations.NullMarked;
