package io.wardbell.hub;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/// The sessions of one I/O thread that have something to send. However many messages are delivered
/// meanwhile, the thread is woken once, and each session stands here once.
final class Lane implements Runnable {
  private final Executor ioThread;
  private final ConcurrentLinkedQueue<Session> due = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean called = new AtomicBoolean();

  Lane(Executor ioThread) {
    this.ioThread = ioThread;
  }

  /// Has the session send what waits for it. Any thread.
  void wake(Session session) {
    if (session.inLane.compareAndSet(false, true)) {
      due.add(session);
      if (called.compareAndSet(false, true)) {
        execute(this);
      }
    }
  }

  /// Runs a task on the I/O thread; not if that is ending, and its connections with it. Any thread.
  void execute(Runnable task) {
    try {
      ioThread.execute(task);
    } catch (RejectedExecutionException e) {
      // The listener was closed.
    }
  }

  @Override
  public void run() {
    called.set(false);
    for (Session session = due.poll(); session != null; session = due.poll()) {
      session.inLane.set(false);
      session.drain();
    }
  }
}
