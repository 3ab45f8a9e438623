/// A token gives a Principal or a refusal.
@Room(
    holds = "A token gives a Principal or a refusal.",
    mayTouch = {"id", "config", "observe"},
    libraries = {"com.nimbusds"})
@NullMarked
package io.wardbell.auth;

import io.wardbell.Room;
import org.jspecify.annotations.NullMarked;
