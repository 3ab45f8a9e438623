/// What happened to a row, in no database's words.
@Room(holds = "What happened to a row, in no database's words.")
@NullMarked
package io.wardbell.change;

import io.wardbell.Room;
import org.jspecify.annotations.NullMarked;
