/// Typed identifiers, and the hash of a security stamp.
@Room(holds = "Typed identifiers, and the hash of a security stamp.")
@NullMarked
package io.wardbell.id;

import io.wardbell.Room;
import org.jspecify.annotations.NullMarked;
