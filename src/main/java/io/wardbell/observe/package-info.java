/// The clock, the counters, named queues and thread ownership.
@Room(
    holds = "The clock, the counters, named queues and thread ownership.",
    libraries = {"io.micrometer", "io.prometheus"})
@NullMarked
package io.wardbell.observe;

import io.wardbell.Room;
import org.jspecify.annotations.NullMarked;
