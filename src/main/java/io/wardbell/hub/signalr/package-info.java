/// The SignalR wire: handshake, framing, MessagePack and JSON.
@Room(
    holds = "The SignalR wire: handshake, framing, MessagePack and JSON.",
    libraries = {"org.msgpack", "com.fasterxml.jackson"})
@NullMarked
package io.wardbell.hub.signalr;

import io.wardbell.Room;
import org.jspecify.annotations.NullMarked;
