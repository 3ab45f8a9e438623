package io.wardbell.hub;

/// What a session tells the hub. On the session's I/O thread.
interface Home {
  /// The client can now hear what it missed: it pinged, or it had a second to prepare itself.
  void ready(Session session);

  /// A message goes to the client's socket.
  void sending(Message message);

  /// Messages were dropped because the client did not take them. It takes some again.
  void fellBehind(Session session);

  /// The session is over.
  void gone(Session session, CloseReason why);
}
