package io.wardbell.hub;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Why a session ended: the one table of it. The names are the metric's labels.
enum CloseReason {
  /// The client closed in good order.
  CLIENT_LEFT(1000, "", null),
  /// The connection broke.
  CONNECTION_LOST(1006, "", null),
  /// The client's token no longer stands for its account; it was told LogOut.
  LOGGED_OUT(1000, "logged out", null),
  /// The account opened more connections than it may: this was the oldest.
  REPLACED(1008, "too many connections of this account", "Connection closed with an error."),
  HANDSHAKE_LATE(1008, "no handshake in time", null),
  HANDSHAKE_REFUSED(1000, "handshake refused", null),
  /// A message that is not of the protocol, or too large.
  BAD_MESSAGE(1002, "protocol error", "Connection closed with an error."),
  TOO_MANY_MESSAGES(1008, "too many messages", "Connection closed with an error."),
  /// It used to ping, and then fell silent.
  SILENT(1000, "silent for too long", "Connection closed with an error."),
  /// It took none of the bytes sent to it for too long.
  SLOW(1008, "too slow", "Connection closed with an error."),
  /// Wardbell stops.
  STOPPING(1001, "going away", null);

  private final int wsCode;
  private final String phrase;
  private final @Nullable String error;

  CloseReason(int wsCode, String phrase, @Nullable String error) {
    this.wsCode = wsCode;
    this.phrase = phrase;
    this.error = error;
  }

  /// The code of the WebSocket close frame; 1006 stands for none.
  int wsCode() {
    return wsCode;
  }

  /// The text of the WebSocket close frame.
  String phrase() {
    return phrase;
  }

  /// The error in SignalR's Close message; null for a close without error.
  @Nullable String error() {
    return error;
  }

  /// The metric's label.
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
