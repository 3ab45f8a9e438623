/// Health, status and metrics as values.
@Room(
    holds = "Health, status and metrics as values.",
    mayTouch = {"config", "observe"},
    libraries = {"com.fasterxml.jackson"})
@NullMarked
package io.wardbell.ops;

import io.wardbell.Room;
import org.jspecify.annotations.NullMarked;
