package io.wardbell.observe;

import org.jspecify.annotations.Nullable;

/// Guards state that belongs to one thread: the first caller becomes the owner, and any other
/// thread is a bug that stops it.
public final class Owner {
  private final String role;
  private volatile @Nullable Thread thread;

  /// @param role the thread's role, for the message
  public Owner(String role) {
    this.role = role;
  }

  /// @throws IllegalStateException if another thread than the owner calls
  public void check() {
    Thread current = Thread.currentThread();
    Thread owner = thread;
    if (owner == null) {
      thread = current;
    } else if (owner != current) {
      throw new IllegalStateException(
          "this belongs to the thread " + role + ", not to " + current.getName());
    }
  }
}
