/// Settings, read once into immutable records; all faults reported at once.
@Room(
    holds = "Settings, read once into immutable records; all faults reported at once.",
    libraries = {
      "io.smallrye.config",
      "org.eclipse.microprofile.config",
      "com.fasterxml.jackson.core"
    })
@NullMarked
package io.wardbell.config;

import io.wardbell.Room;
import org.jspecify.annotations.NullMarked;
