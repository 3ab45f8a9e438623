package io.wardbell.hub.signalr;

import org.jspecify.annotations.Nullable;

/// What a client may say after the handshake. Arguments are not read: nobody asks for them.
public sealed interface ClientMessage {
  /// The client is alive, and from now on the server may expect to hear from it.
  record Ping() implements ClientMessage {}

  /// The client is about to leave.
  record Close() implements ClientMessage {}

  /// A call of a hub method.
  ///
  /// @param invocationId null if no answer is wanted
  record Invocation(@Nullable String invocationId, String target) implements ClientMessage {}

  /// A call whose answer is a stream.
  record StreamInvocation(String invocationId, String target) implements ClientMessage {}

  /// A message that is to be skipped: stream items, completions, cancellations, acknowledgements
  /// and any type that a later version of the protocol may bring.
  record Other(int type) implements ClientMessage {}
}
