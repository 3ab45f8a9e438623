package io.wardbell.hub;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// A connection in memory. Tasks for its I/O thread wait until the test runs them; it can be made
/// to take nothing, as a reader does that stopped reading.
final class FakeTransport implements Transport, Executor {
  final List<byte[]> sent = new ArrayList<>();
  final List<Boolean> text = new ArrayList<>();
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private @Nullable Sent stuck;
  boolean stalled;
  boolean aborted;
  @Nullable Integer closeCode;

  @Override
  public Executor ioThread() {
    return this;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  /// Does what the I/O thread would do.
  void run() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  @Override
  public void send(byte[] data, boolean asText, Sent done) {
    sent.add(data);
    text.add(asText);
    if (stalled) {
      stuck = done;
    } else {
      done.sent(true);
    }
  }

  /// Takes what it would not take before.
  void unstall() {
    stalled = false;
    Sent waiting = stuck;
    stuck = null;
    if (waiting != null) {
      waiting.sent(true);
    }
    run();
  }

  @Override
  public void close(int wsCode, String phrase) {
    closeCode = wsCode;
  }

  @Override
  public void abort() {
    aborted = true;
  }

  /// What was sent since this was last asked, in hexadecimal.
  List<String> taken() {
    run();
    List<String> hex = sent.stream().map(HexFormat.of()::formatHex).toList();
    sent.clear();
    text.clear();
    return hex;
  }
}
