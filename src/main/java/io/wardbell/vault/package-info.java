/// Who may see what, folded from row changes; the only room that knows table and column names.
@Room(
    holds =
        "Who may see what, folded from row changes; the only room that knows table and column names.",
    mayTouch = {"id", "change"},
    thread = "pipeline")
@NullMarked
package io.wardbell.vault;

import io.wardbell.Room;
import org.jspecify.annotations.NullMarked;
