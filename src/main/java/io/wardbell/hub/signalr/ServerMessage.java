package io.wardbell.hub.signalr;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the server says after the handshake.
public sealed interface ServerMessage {
  /// Calls a method at the client, which is not to answer.
  record Invocation(String target, List<Value> arguments) implements ServerMessage {
    /// A defensive copy.
    public Invocation {
      arguments = List.copyOf(arguments);
    }
  }

  /// Answers a client's call with an error: the hub has no methods.
  record Completion(String invocationId, String error) implements ServerMessage {
    private static final int QUOTED_MAX = 100;

    /// That there is no such method. A long name is cut, so that the answer costs no more than the
    /// question.
    public static Completion unknownMethod(String invocationId, String target) {
      String quoted =
          target.length() <= QUOTED_MAX ? target : target.substring(0, QUOTED_MAX) + "...";
      return new Completion(invocationId, "Unknown hub method '" + quoted + "'");
    }
  }

  /// Keeps the connection alive: a client hangs up after 30 s without any message.
  record Ping() implements ServerMessage {}

  /// The last message.
  ///
  /// @param error null for an ordinary end
  record Close(@Nullable String error) implements ServerMessage {}
}
