/// A throw-away database in the server's shape, the statements the server would run, a client.
@Room(
    holds =
        "A throw-away database in the server's shape, the statements the server would run, a client.",
    mayTouch = {"id", "observe"},
    libraries = {
      "java.sql",
      "org.postgresql",
      "org.apache.commons.compress",
      "com.nimbusds",
      "org.msgpack"
    })
@NullMarked
package io.wardbell.demo;

import io.wardbell.Room;
import org.jspecify.annotations.NullMarked;
