/// Pure rules from a vault change to deliveries; settling.
@Room(
    holds = "Pure rules from a vault change to deliveries; settling.",
    mayTouch = {"id", "vault", "notification", "config"},
    thread = "pipeline")
@NullMarked
package io.wardbell.routing;

import io.wardbell.Room;
import org.jspecify.annotations.NullMarked;
