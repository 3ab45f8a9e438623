/// The only room that knows Undertow: the public and the operator listener.
@Room(
    holds = "The only room that knows Undertow: the public and the operator listener.",
    mayTouch = {"hub", "hub.signalr", "auth", "ops", "config", "observe"},
    libraries = {"io.undertow", "org.xnio"},
    thread = "XNIO I/O")
@NullMarked
package io.wardbell.server;

import io.wardbell.Room;
import org.jspecify.annotations.NullMarked;
