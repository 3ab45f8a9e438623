package io.wardbell.pipeline;

import io.wardbell.notification.Delivery;

/// Where deliveries go. Called by the pipeline's thread alone, in order; must not wait for any
/// client.
public interface Outlet {
  /// Takes one delivery over.
  void accept(Delivery delivery);

  /// The model has caught up with the database: what was accepted on trust can be checked now.
  void caughtUp();
}
